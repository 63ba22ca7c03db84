import type { Clock } from '../ports.js'
import type { CacheStore } from './store.js'

/** Milliseconds until another window's deletion reaches the front. */
const deletionDelay = 1_000

/** A quick store in front of a lasting one, which has every entry and the last word. */
export function createLayeredStore(front: CacheStore, back: CacheStore, clock: Clock): CacheStore {
  let lookedAt = Number.NEGATIVE_INFINITY
  let seen: number | undefined

  /** Empties the front when somebody else has deleted from the back. */
  async function follow(): Promise<void> {
    lookedAt = clock.monotonic()
    const deletions = await back.deletions()
    if (seen !== undefined && seen !== deletions) await front.delete({})
    seen = deletions
  }

  return {
    async get(key) {
      if (clock.monotonic() - lookedAt >= deletionDelay) await follow()
      const near = await front.get(key)
      if (near !== undefined) return near
      const far = await back.get(key)
      if (far !== undefined) await front.set(far)
      return far
    },
    async set(...entries) {
      await front.set(...entries)
      await back.set(...entries)
    },
    async delete(filter) {
      await front.delete(filter)
      return await back.delete(filter)
    },
    size: () => back.size(),
    deletions: () => back.deletions(),
    dispose() {
      front.dispose()
      back.dispose()
    },
  }
}
