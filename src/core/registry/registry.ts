import type { KeyStatus } from '../credentials/credentials.js'
import type { ModelError } from '../errors.js'
import type { Event } from '../event.js'
import type { ModelInfo, ModelRef } from '../model.js'
import type { Disposable } from '../ports.js'
import type { Connection, Provider } from '../provider.js'
import type { ConnectionTestRecord } from './connectionTests.js'
import type { Pause } from './pace.js'

export type ConnectionState =
  | { readonly kind: 'ready' }
  /** The first listing has not answered yet, or a later one is under way. */
  | { readonly kind: 'refreshing' }
  | { readonly kind: 'noKey' }
  | { readonly kind: 'disabled' }
  /** A cloud's, while nothing may leave for one: it is asked for nothing, and its last list is shown. */
  | { readonly kind: 'heldBack' }
  /** `since`: milliseconds since the epoch of the first failure in a row. */
  | { readonly kind: 'unreachable'; readonly since: number; readonly error: ModelError }

/** A connection as the tree, the switcher and the exported API show it. */
export interface ConnectionView {
  readonly connection: Connection
  readonly provider: Provider
  readonly state: ConnectionState
  readonly key: KeyStatus
  /** After include and exclude patterns; kept from the last good list while offline. */
  readonly models: readonly ModelInfo[]
  /** How many more the provider listed than are used; absent if none. */
  readonly leftOut?: number
  /** Milliseconds since the epoch of the last good list; undefined before the first. */
  readonly listedAt: number | undefined
  /** How its last test went; absent where it was never tested as it is. */
  readonly test?: ConnectionTestRecord
}

export interface RefreshPause extends Pause {
  readonly connection: Connection
}

export interface Registry extends Disposable {
  /** Loads the lists kept on disk, then refreshes in the background. */
  start(): Promise<void>
  views(): readonly ConnectionView[]
  /** Models of enabled connections; the same array until something changes. */
  models(): readonly ModelInfo[]
  find(ref: ModelRef): ModelInfo | undefined
  view(connectionId: string): ConnectionView | undefined
  /**
   * Refreshes one connection, or all; a refresh under way is joined. Never rejects: the outcome is the view's state. Answers
   * with the connections that were asked a moment ago, and are not asked again before their pause is over.
   */
  refresh(connectionId?: string): Promise<readonly RefreshPause[]>
  /** Fires only when a view has really changed. */
  readonly onDidChange: Event<void>
}
