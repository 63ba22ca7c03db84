import type { Event } from '../event.js'
import type { Disposable } from '../ports.js'
import type { Connection } from '../provider.js'

/** What others may know of a key: never the key. */
export type KeyStatus =
  | { readonly state: 'notNeeded' }
  | { readonly state: 'stored' }
  | { readonly state: 'environment'; readonly variable: string }
  | { readonly state: 'missing'; readonly required: boolean }
  /** The stored key was given for `origin`, which is not the connection's any more. */
  | { readonly state: 'otherOrigin'; readonly origin: string }
  | { readonly state: 'unavailable'; readonly message: string }

/** Whether a server can only refuse, for want of a key. */
export function lacksKey(key: KeyStatus): boolean {
  if (key.state === 'missing') return key.required
  return key.state === 'otherOrigin' || key.state === 'unavailable'
}

export interface KeyRefusal {
  readonly connectionId: string
  /** E.g. `given for another server`; never an address, never a key. */
  readonly reason: string
}

export interface Credentials extends Disposable {
  status(connection: Connection): Promise<KeyStatus>
  /** Undefined where no key is needed. Throws ModelError `unauthorized`. */
  resolve(connection: Connection): Promise<string | undefined>
  /** Binds the key to the connection's present origin. */
  store(connection: Connection, key: string): Promise<void>
  forget(connectionId: string): Promise<void>
  /** Fires where a stored key could not be given to whoever resolved it, and says why in a few words. */
  readonly onDidRefuse: Event<KeyRefusal>
  /** Carries the connection's id; fires for changes by other windows too. */
  readonly onDidChange: Event<string>
}
