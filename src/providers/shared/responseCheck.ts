import { parseJson } from '../../core/json.js'
import type { HttpAnswer } from '../../core/ports.js'
import { readCapped } from './body.js'
import { encodingError, headersTooLarge, unexpectedAnswer } from './networkError.js'
import type { RequestScope } from './requestScope.js'
import type { ExchangeKind } from './timeouts.js'
import { toldError } from './toldErrors.js'
import { type FailedAnswer, failedBody, failedResponse, webPage } from './transportErrors.js'

export interface ExpectedAnswer extends FailedAnswer {
  readonly kind: ExchangeKind
}

/** Bytes. */
const maximumErrorBytes = 256 * 1024
/** Characters of names and values. */
const maximumHeaders = 64 * 1024

const readEncodings = new Set(['', 'identity', 'gzip', 'x-gzip', 'deflate', 'br', 'zstd'])

/** Throws ModelError for an answer that says of a failure, and for one that is not of the expected kind. */
export async function checkResponse(
  response: HttpAnswer,
  scope: RequestScope,
  { kind, ...failed }: ExpectedAnswer,
): Promise<void> {
  const { headers, status } = response
  const { subject } = failed
  const type = headers.get('content-type') ?? ''
  if (sizeOf(response) > maximumHeaders) throw headersTooLarge(subject)
  if (!response.ok) throw failedResponse(failed, status, await readCapped(response, maximumErrorBytes, scope))
  if (!isReadable(response)) throw encodingError(subject)
  if (type.includes('text/html')) throw webPage(subject, status)
  if (kind !== 'chat' || !isDocument(type)) return
  const body = parseJson(await readCapped(response, maximumErrorBytes, scope))
  const told = toldError(body)
  if (told !== undefined) throw failedBody(failed, told)
  throw unexpectedAnswer(subject, 'one document where a stream was asked for')
}

function sizeOf({ headers }: HttpAnswer): number {
  let size = 0
  for (const [name, value] of headers) size += name.length + value.length
  return size
}

/** The platform's own fetch hands over the bytes of an encoding that it does not know. */
function isReadable({ headers }: HttpAnswer): boolean {
  const encodings = headers.get('content-encoding')?.toLowerCase().split(',') ?? []
  return encodings.every((name) => readEncodings.has(name.trim()))
}

/** Not those whose JSON comes line by line. */
function isDocument(contentType: string): boolean {
  return contentType.includes('json') && !/ndjson|jsonl|json-seq/.test(contentType)
}
