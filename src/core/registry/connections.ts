import type { Event } from '../event.js'
import type { Connection } from '../provider.js'

/** One thing wrong in the setting `roundhouse.connections`; the other entries still load. */
export interface ConnectionProblem {
  /** e.g. `roundhouse.connections[2].baseUrl` */
  readonly path: string
  /** What is wrong and what to do. */
  readonly message: string
}

/** The user's configured connections, kept in settings. */
export interface Connections {
  list(): readonly Connection[]
  problems(): readonly ConnectionProblem[]
  /** Adds, or replaces the one with the same id; entries that could not be read stay as they are. */
  save(connection: Connection): Promise<void>
  remove(connectionId: string): Promise<void>
  readonly onDidChange: Event<void>
}
