import type { Clock } from '../../core/ports.js'

const patienceMs = 1_000

/**
 * Reads what is left of a stream whose own end marker came, so that its socket can be used again; after a second it
 * calls `abort` instead. Never rejects: the answer is complete already, only its socket can be lost.
 */
export async function drain(rest: AsyncIterator<unknown>, clock: Clock, abort: () => void): Promise<void> {
  const over = new AbortController()
  const waiting = clock.sleep(patienceMs, over.signal).then(abort, () => undefined)
  try {
    while ((await rest.next()).done !== true);
  } catch {
    // Nothing of the answer is missing.
  }
  over.abort()
  await waiting
}
