import type { Memory } from './memory.js'

export interface RecentModels {
  /** `connection/id`, the latest first. */
  list(): readonly string[]
  add(model: string): Promise<void>
}

const key = 'recentModels'
const kept = 5

export function createRecentModels(store: Memory): RecentModels {
  const list = (): readonly string[] => {
    const value = store.get(key)
    return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
  }
  return {
    list,
    async add(model) {
      await store.update(key, [model, ...list().filter((entry) => entry !== model)].slice(0, kept))
    },
  }
}
