import type { Chat } from './chat.js'
import { openLate } from './openLate.js'
import type { Log } from './ports.js'

export interface LateChatOptions {
  /** Called with the first request, and with a later one where it has failed. */
  readonly load: () => Promise<Chat>
  /** Answers while nothing better can be had. */
  readonly plain: Chat
  /** Throws where the plain one must not answer. */
  readonly allowPlain: (cause: unknown) => void
  readonly log: Pick<Log, 'error'>
}

/**
 * A chat that is loaded when it is first needed. Where that fails, a request goes the plain way: a full disk is no
 * reason to answer nothing.
 */
export function createLateChat({ load, plain, allowPlain, log }: LateChatOptions): Chat {
  let isFailing = false

  async function choose(): Promise<Chat> {
    try {
      const chat = await load()
      isFailing = false
      return chat
    } catch (error) {
      if (!isFailing) log.error('Usage, routes and the cache are not to be had', error)
      isFailing = true
      allowPlain(error)
      return plain
    }
  }

  return (request, signal) => openLate(async () => (await choose())(request, signal))
}
