import type { Memory } from './memory.js'

/** Which rows of the tree the user has opened and closed. VS Code forgets it when a row is filtered out, or reloaded. */
export interface OpenedRows {
  /** Undefined where the user has not touched the row. */
  get(id: string): boolean | undefined
  set(id: string, open: boolean): Promise<void>
}

const key = 'openedRows'

function readAll(store: Memory): Readonly<Record<string, unknown>> {
  const value = store.get(key)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

export function createOpenedRows(store: Memory): OpenedRows {
  const rows = new Map(Object.entries(readAll(store)))
  return {
    get(id) {
      const open = rows.get(id)
      return typeof open === 'boolean' ? open : undefined
    },
    async set(id, open) {
      rows.set(id, open)
      await store.update(key, Object.fromEntries(rows))
    },
  }
}
