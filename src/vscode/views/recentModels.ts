import { createEmitter, type Event } from '../../core/event.js'
import type { Disposable } from '../../core/ports.js'
import type { Memory } from './memory.js'

/** What was last chosen or asked on this machine. */
export interface RecentModels extends Disposable {
  /** `connection/id`, the latest first. */
  list(): readonly string[]
  add(model: string): Promise<void>
  readonly onDidChange: Event<void>
}

const key = 'recentModels'
const kept = 5

export function createRecentModels(store: Memory): RecentModels {
  const changed = createEmitter<void>()
  const list = (): readonly string[] => {
    const value = store.get(key)
    return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
  }
  return {
    list,
    async add(model) {
      const known = list()
      if (known[0] === model) return
      await store.update(key, [model, ...known.filter((entry) => entry !== model)].slice(0, kept))
      changed.fire()
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  }
}
