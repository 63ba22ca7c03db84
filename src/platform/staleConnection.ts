import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'

/** A kept connection had ended before anything of the answer came: the request may be sent again on a new one. */
export class StaleConnection extends Error {}

/** Of a connection that the other side has ended, on every operating system. */
const endedCodes = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ENOTCONN', 'ERR_STREAM_DESTROYED'])

/** Watches a request from its start; tells of its failure whether a kept connection was to blame. */
export function watchForStaleness(request: ClientRequest): (error: NodeJS.ErrnoException) => boolean {
  let socket: Socket | undefined
  let before = 0
  request.once('socket', (given) => {
    socket = given
    before = given.bytesRead
  })
  const hasAnswered = (): boolean => socket !== undefined && socket.bytesRead > before
  return ({ code }) => request.reusedSocket && endedCodes.has(code ?? '') && !hasAnswered()
}
