import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { ByteReader } from '../core/ports.js'

/** To stop and start a socket for each piece would cost more than reading it. */
const readAheadBytes = 64 * 1024

export interface ByteSource {
  readonly message: IncomingMessage
  /** What is read: the message itself, or the last of the decoders behind it. */
  readonly body: Readable
  readonly signal: AbortSignal | undefined
}

/** Bytes as they come; a reader that is slow slows the server down. What came before a failure is read before it. */
export function createByteReader({ message, body, signal }: ByteSource): ByteReader {
  const chunks: Uint8Array[] = []
  let bytes = 0
  let end: { readonly error?: unknown } | undefined
  let wake: (() => void) | undefined
  const finish = (how: { readonly error?: unknown }): void => {
    end ??= how
    wake?.()
  }
  const fail = (error: Error | undefined): void => {
    // Every answer is closed in the end, and to make an error is dear.
    if (end === undefined)
      finish({ error: signal?.aborted === true ? signal.reason : (error ?? brokenOff()) })
  }
  body.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes >= readAheadBytes) body.pause()
    wake?.()
  })
  body.on('end', () => (message.complete ? finish({}) : fail(undefined)))
  body.on('error', fail)
  body.on('close', () => fail(undefined))

  function take(): Uint8Array | undefined {
    const value = chunks.shift()
    bytes -= value?.byteLength ?? 0
    if (bytes < readAheadBytes && body.isPaused()) body.resume()
    return value
  }

  return {
    async read() {
      if (chunks.length === 0 && end === undefined) await new Promise<void>((resolve) => (wake = resolve))
      const value = take()
      if (value !== undefined) return { done: false, value }
      if (end !== undefined && 'error' in end) throw end.error
      return { done: true }
    },
    isOver: () => chunks.length === 0 && end !== undefined,
    async cancel() {
      finish({})
      message.destroy()
      body.destroy()
    },
  }
}

function brokenOff(): Error {
  return Object.assign(new Error('The connection was closed in the middle of an answer.'), {
    code: 'ECONNRESET',
  })
}
