import { memoryUsage } from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { settle } from './manualClock.js'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

/**
 * Bytes of memory that this process holds once all garbage is collected: the least of several looks, since the
 * allocator gives pages back late. Stops at the first look at or below `enough`.
 */
export async function residentBytes(enough = 0): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let look = 0; look < 12 && least > enough; look++) {
    if (typeof collect === 'function') collect()
    await settle()
    least = Math.min(least, memoryUsage.rss())
  }
  return least
}
