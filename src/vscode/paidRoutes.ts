import type { Log } from '../core/ports.js'
import type { Memory } from './views/memory.js'

/** Routes whose first answer that costs money was agreed to, on this machine. */
export interface PaidRoutes {
  has(route: string): boolean
  /** Never rejects: the user has agreed, whether it can be kept or not. */
  add(route: string): Promise<void>
}

const key = 'paidRoutes'

export function createPaidRoutes(memory: Memory, log: Pick<Log, 'error'>): PaidRoutes {
  const list = (): readonly unknown[] => {
    const value = memory.get(key)
    return Array.isArray(value) ? value : []
  }
  return {
    has: (route) => list().includes(route),
    async add(route) {
      if (list().includes(route)) return
      try {
        await memory.update(key, [...list(), route])
      } catch (error) {
        log.error(`That “${route}” may cost money could not be kept, so it is asked about again`, error)
      }
    },
  }
}
