import type { Clock, Disposable } from '../../core/ports.js'

export interface Leases extends Disposable {
  /** Keeps something in use until the returned function is called, and for `lingerMs` after that. */
  hold(key: string, lingerMs: number): () => void
}

interface Lease {
  users: number
  lingering: AbortController | undefined
}

/** Tells when something has not been used for a while; `last` says that nothing else is in use either. */
export function createLeases(clock: Clock, onIdle: (key: string, last: boolean) => void): Leases {
  const leases = new Map<string, Lease>()

  const linger = async (key: string, lease: Lease, ms: number): Promise<void> => {
    const lingering = new AbortController()
    lease.lingering = lingering
    try {
      await clock.sleep(ms, lingering.signal)
    } catch {
      // In use again, or disposed: either way the wait is over.
      return
    }
    leases.delete(key)
    onIdle(key, leases.size === 0)
  }

  return {
    hold(key, lingerMs) {
      const lease = leases.get(key) ?? { users: 0, lingering: undefined }
      leases.set(key, lease)
      lease.lingering?.abort()
      lease.users++
      let held = true
      return () => {
        if (!held) return
        held = false
        lease.users--
        if (lease.users === 0 && leases.get(key) === lease) void linger(key, lease, lingerMs)
      }
    },
    dispose() {
      for (const lease of leases.values()) lease.lingering?.abort()
      leases.clear()
    },
  }
}
