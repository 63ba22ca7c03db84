import type { ResponsePart } from '../../core/chat.js'
import type { Usage } from '../../core/model.js'
import type { EventStream } from './eventStream.js'
import type { Transport } from './transport.js'

/** Turns the events of one answer into parts. */
export interface EventReader {
  /** Throws ModelError for an event that tells of a failure. */
  read(event: unknown, name: string): Iterable<ResponsePart>
  /** Whether the API's own end was seen. */
  isTold(): boolean
  /** What the server has counted so far; an answer that fails is paid for, too. */
  usage?(): Usage | undefined
}

export interface AnswerOptions {
  readonly transport: Transport
  /**
   * Milliseconds of silence that are waited for behind the end; the connection's own end, too, so that the next request
   * finds it free. Where absent nothing is waited for: a connection on this machine is made in no time.
   */
  readonly afterEndMs?: number
}

const lostConnection = new Set(['incomplete', 'timeout'])

/**
 * The parts of an answer, those that arrive together in one batch: a step of an asynchronous iteration costs more than
 * reading an event. What came before a failure comes before it. A connection that is lost once the answer is told has
 * taken nothing with it.
 */
export async function* readAnswer(
  stream: EventStream,
  reader: EventReader,
  { transport, afterEndMs }: AnswerOptions,
): AsyncGenerator<readonly ResponsePart[]> {
  let parts: ResponsePart[] = []
  let isEnding = false
  const take = (event: unknown, name: string): void => {
    transport.served(event)
    for (const part of reader.read(event, name)) parts.push(part)
  }
  const tellUsage = (): void => {
    const usage = reader.usage?.()
    if (usage !== undefined) parts.push({ type: 'usage', usage })
  }
  try {
    for (let isOpen = true; isOpen; ) {
      let failure: unknown
      try {
        isOpen = await stream.read(take)
      } catch (thrown) {
        isOpen = false
        const error = transport.error(thrown)
        if (!reader.isTold() || !lostConnection.has(error.code)) failure = error
      }
      if (!reader.isTold() && (failure !== undefined || !isOpen)) tellUsage()
      const brought = parts.length > 0
      if (brought) {
        const batch = parts
        parts = []
        yield batch
      }
      if (failure !== undefined) throw failure
      // A server that goes on behind its end has the same time again; one that only pings has not.
      if (!reader.isTold() || (isEnding && !brought)) continue
      if (afterEndMs === undefined) {
        stream.finish()
        break
      }
      isEnding = true
      transport.endWithin(afterEndMs)
    }
  } finally {
    stream.close()
  }
}

/** All parts at once; those before a failure before it. */
export function* inOneBatch(parts: Iterable<ResponsePart>): Generator<readonly ResponsePart[]> {
  const batch: ResponsePart[] = []
  try {
    for (const part of parts) batch.push(part)
  } catch (thrown) {
    yield batch
    throw thrown
  }
  yield batch
}
