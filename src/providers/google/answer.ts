import type { ResponsePart } from '../../core/chat.js'
import { isRecord, type JsonRecord } from '../../core/json.js'
import type { Usage } from '../../core/model.js'
import { type EventReader, inOneBatch, readAnswer } from '../shared/answer.js'
import { toldError } from '../shared/toldErrors.js'
import type { Transport } from '../shared/transport.js'

/** Turns one answer's events into parts, over as many requests as it takes. */
export interface AnswerReader {
  /** A request goes out. */
  begin(): void
  /** Throws ModelError for an event that says of a failure. */
  read(event: JsonRecord): Iterable<ResponsePart>
  /** Whether the API's own end of this request's part was seen. */
  isTold(): boolean
  /** Where the answer goes on in a further request. */
  continuation(): string | undefined
  /** What was counted so far. */
  usage(): Usage | undefined
  /** `usage`, and `finish` where the answer's own end was seen. Throws ModelError, behind the usage, where it failed. */
  end(): Iterable<ResponsePart>
}

export interface AnswerRequest {
  readonly path: string
  /** `continuation` is the token of the request before. */
  body(continuation: string | undefined): JsonRecord
}

/** Silence behind the end is worth no longer wait: at most a last count of tokens follows. */
const afterEndMs = 1_000
const maximumRequests = 20

/** Follows an answer that is longer than one request may be, as long as it gets on. */
export async function* followAnswer(
  transport: Transport,
  request: AnswerRequest,
  reader: AnswerReader,
): AsyncGenerator<readonly ResponsePart[]> {
  const events = readerOf(reader, transport)
  let token: string | undefined
  for (let count = 0; count < maximumRequests; count++) {
    reader.begin()
    const stream = await transport.stream(`/${request.path}`, request.body(token))
    yield* readAnswer(stream, events, { transport, afterEndMs })
    const next = reader.continuation()
    if (next === undefined || next === token) break
    token = next
  }
  yield* inOneBatch(reader.end())
}

function readerOf(reader: AnswerReader, transport: Transport): EventReader {
  return {
    isTold: () => reader.isTold(),
    usage: () => reader.usage(),
    read(event, name) {
      const told = toldError(event, name)
      if (told !== undefined) throw transport.bodyError(told)
      const content: unknown = Array.isArray(event) ? event[0] : event
      return isRecord(content) ? reader.read(content) : []
    },
  }
}
