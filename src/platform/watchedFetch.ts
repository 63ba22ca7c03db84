import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Connecting, Disposable, Fetch } from '../core/ports.js'

export interface WatchedFetch extends Disposable {
  /**
   * The platform's own fetch, which takes no limit for its connections; where a caller wants one, it is told when a
   * request asks for a connection and when it has one. A fetch that does not report to Node's diagnostics (undici's
   * channels) tells nothing, and its own limit holds alone.
   */
  readonly fetch: Fetch
}

/** Of undici, which Node's fetch and VS Code's are. */
const channels = { asked: 'undici:request:create', sent: 'undici:client:sendHeaders' }

export function createWatchedFetch(plain: Fetch): WatchedFetch {
  const caller = new AsyncLocalStorage<Connecting>()
  const waiting = new WeakMap<object, Connecting>()
  let isSubscribed = false
  const asked = (message: unknown): void => {
    const connecting = caller.getStore()
    const request = requestOf(message)
    if (connecting === undefined || request === undefined) return
    waiting.set(request, connecting)
    connecting.began()
  }
  const sent = (message: unknown): void => {
    const request = requestOf(message)
    if (request !== undefined) waiting.get(request)?.done()
  }
  return {
    async fetch(input, init = {}) {
      const { connecting, ...rest } = init
      if (connecting === undefined) return await plain(input, init)
      if (!isSubscribed) {
        subscribe(channels.asked, asked)
        subscribe(channels.sent, sent)
        isSubscribed = true
      }
      return await caller.run(connecting, () => plain(input, rest))
    },
    dispose() {
      unsubscribe(channels.asked, asked)
      unsubscribe(channels.sent, sent)
      isSubscribed = false
    },
  }
}

/** The same object in every message about one request. */
function requestOf(message: unknown): object | undefined {
  if (typeof message !== 'object' || message === null || !('request' in message)) return undefined
  return typeof message.request === 'object' && message.request !== null ? message.request : undefined
}
