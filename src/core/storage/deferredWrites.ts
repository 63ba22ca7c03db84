import type { Database } from '../ports.js'

/** Writes that are kept while the database is locked; those before them are dropped. */
const mostWaiting = 1_000

/**
 * Runs a write that no answer waits for. One that meets a locked database runs once that is free, in the order in which
 * they came; any other failure is the caller's.
 */
export function createDeferredWrites(database: Pick<Database, 'isLocked' | 'onDidUnlock'>) {
  let waiting: (() => void)[] = []

  function run(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!database.isLocked) throw error
      waiting = [...waiting, work].slice(-mostWaiting)
    }
  }

  database.onDidUnlock(() => {
    for (const work of waiting.splice(0)) run(work)
  })
  return run
}
