import type { Clock } from '../ports.js'
import type { Connection } from '../provider.js'
import type { ConnectionView, Registry } from './registry.js'

/** How long requests for models may wait for a list that was never read before, in milliseconds. */
const firstListWaitMs = 250

/**
 * Waits, briefly and once for each connection, for models that nobody has seen yet: a server that never answers
 * delays the others' models no second time.
 */
export function createFirstListWait(
  registry: Pick<Registry, 'views' | 'refresh'>,
  clock: Clock,
): () => Promise<void> {
  const waitedSince = new WeakMap<Connection, number>()
  return async () => {
    const now = clock.monotonic()
    const left = ({ connection }: ConnectionView): number => {
      const since = waitedSince.get(connection) ?? now
      waitedSince.set(connection, since)
      return since + firstListWaitMs - now
    }
    const unseen = registry
      .views()
      .filter((view) => view.listedAt === undefined && view.state.kind === 'refreshing' && left(view) > 0)
    if (unseen.length === 0) return
    const enough = new AbortController()
    const lists = Promise.all(unseen.map((view) => registry.refresh(view.connection.id)))
    const waited = clock.sleep(Math.max(...unseen.map(left)), enough.signal).catch(() => undefined)
    await Promise.race([lists, waited])
    enough.abort()
  }
}
