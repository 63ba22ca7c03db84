import type { ModelError } from '../../core/errors.js'
import type { ByteReader, HttpAnswer } from '../../core/ports.js'
import { tooLarge } from './body.js'
import { findModelError } from './errors.js'
import { createEventParser, createLineParser, type TakeEvent } from './eventParser.js'
import { readingError } from './networkError.js'
import type { RequestScope } from './requestScope.js'
import type { Subject } from './subject.js'
import { translate } from './transportErrors.js'

/** The events of one answer, read as they arrive; for a single reader. */
export interface EventStream {
  /**
   * Waits for something to arrive, and hands over each event that is whole with it. False when no more come. Throws
   * ModelError; what `take` throws ends the stream, too.
   */
  read(take: TakeEvent): Promise<boolean>
  /** Whether `data: [DONE]` went by. */
  sawDone(): boolean
  /** As `close`, where nothing but the stream's own end is left: with that, its socket can be used again. */
  finish(): void
  /** Gives up what is left. May be called twice, and at the end. */
  close(): void
}

export interface EventStreamOptions {
  readonly subject: Subject
  /** `lines` is newline-delimited JSON. */
  readonly format: 'events' | 'lines'
  /** Characters of one event. */
  readonly limit: number
}

const drainReads = 16
const drainMs = 1_000

/** Watches over the life of the exchange: what may end it early, and that it ends. */
export function openEventStream(
  response: HttpAnswer,
  scope: RequestScope,
  { subject, format, limit }: EventStreamOptions,
): EventStream {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  const createParser = format === 'lines' ? createLineParser : createEventParser
  const parser = createParser({ limit, tooLarge: () => tooLarge(subject, limit) })
  let isOver = reader === undefined
  if (isOver) scope.dispose()

  const fail = (error: ModelError): ModelError => {
    isOver = true
    scope.fail(error)
    return scope.failure() ?? error
  }

  const receive = async (from: ByteReader): Promise<Uint8Array | undefined> => {
    try {
      scope.waiting()
      const { value } = await from.read()
      return value
    } catch (thrown) {
      throw fail(scope.failure() ?? findModelError(thrown) ?? readingError(subject, thrown))
    }
  }

  const parse = (bytes: Uint8Array | undefined, take: TakeEvent): void => {
    try {
      parser.take(bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true }), take)
      if (bytes === undefined) parser.end(take)
    } catch (thrown) {
      throw fail(scope.failure() ?? translate(subject, thrown))
    }
  }

  const leave = (end: (from: ByteReader, scope: RequestScope) => Promise<void>): void => {
    if (isOver || reader === undefined) return
    isOver = true
    void end(reader, scope)
  }
  const close = (): void => leave(parser.sawDone() ? drain : giveUp)

  return {
    sawDone: () => parser.sawDone(),
    finish: () => leave(drain),
    close,
    async read(take) {
      if (isOver || reader === undefined) return false
      const bytes = await receive(reader)
      parse(bytes, take)
      isOver ||= bytes === undefined
      if (bytes === undefined) scope.dispose()
      else scope.arrived(parser.progressed())
      if (parser.sawDone()) close()
      return !isOver
    },
  }
}

async function giveUp(reader: ByteReader, scope: RequestScope): Promise<void> {
  await reader.cancel().catch(() => undefined)
  scope.dispose()
}

/** Never rejects; the scope's own timeouts end it where the server does not. */
async function drain(reader: ByteReader, scope: RequestScope): Promise<void> {
  if (reader.isOver?.() === true) return scope.dispose()
  scope.endWithin(drainMs)
  try {
    for (let reads = 0; reads < drainReads; reads++) if ((await reader.read()).done) return
    await reader.cancel()
  } catch {
    // The answer is complete already; only its socket is lost.
  } finally {
    scope.dispose()
  }
}
