import type { ModelError } from '../errors.js'
import { createEmitter, type Event } from '../event.js'
import type { Disposable } from '../ports.js'

/** How a connection answered when it was asked for nothing but its health. */
export interface HealthCheck {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly latencyMs: number
  /** Absent where it answered. */
  readonly error?: ModelError
}

/** The last check of each connection, for this window's memory: whoever checks writes it, whoever shows it reads. */
export interface HealthRecords extends Disposable {
  last(connectionId: string): HealthCheck | undefined
  set(connectionId: string, check: HealthCheck): void
  /** Fires with the id of a connection that has been checked. */
  readonly onDidChange: Event<string>
}

export function createHealthRecords(): HealthRecords {
  const changed = createEmitter<string>()
  const checks = new Map<string, HealthCheck>()
  return {
    last: (connectionId) => checks.get(connectionId),
    set(connectionId, check) {
      checks.set(connectionId, check)
      changed.fire(connectionId)
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  }
}
