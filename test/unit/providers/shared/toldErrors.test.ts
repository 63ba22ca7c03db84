import assert from 'node:assert/strict'
import type { ErrorCode } from '../../../../src/core/errors.js'
import { responseError } from '../../../../src/providers/shared/errors.js'
import type { Subject } from '../../../../src/providers/shared/subject.js'
import { toldError } from '../../../../src/providers/shared/toldErrors.js'

const subject: Subject = {
  provider: 'x',
  providerName: 'X',
  connection: 'work',
  host: 'x.example',
  location: 'cloud',
  model: { connection: 'work', id: 'm' },
  secrets: () => [],
}

interface Row {
  readonly what: string
  readonly value: unknown
  readonly name?: string
  readonly code: ErrorCode
  readonly status?: number
  readonly retryAfterMs?: number
}

const words = 'Come back later'

const errors: readonly Row[] = [
  {
    what: 'an error object',
    value: { error: { message: words, code: 503 } },
    code: 'overloaded',
    status: 503,
  },
  { what: 'an error text', value: { error: words, status: 429 }, code: 'rate-limited', status: 429 },
  {
    what: 'an error flag',
    value: { error: true, message: words, code: 429 },
    code: 'rate-limited',
    status: 429,
  },
  {
    what: 'a list of one',
    value: [{ error: { message: words, code: 500 } }],
    code: 'provider-error',
    status: 500,
  },
  {
    what: 'the choice’s own error beside text',
    value: { choices: [{ delta: { content: 'It' }, error: { message: words, code: '502' } }] },
    code: 'provider-error',
    status: 502,
  },
  {
    what: 'an object by its name',
    value: { object: 'error', message: words, type: 'NotFoundError', code: 404 },
    code: 'not-found',
    status: 404,
  },
  { what: 'a detail', value: { detail: words, status_code: 401 }, code: 'unauthorized', status: 401 },
  { what: 'a list of details', value: { detail: [{ loc: ['body'], msg: words }] }, code: 'provider-error' },
  {
    what: 'a problem document',
    value: { type: 'about:blank', title: 'Too Many Requests', status: 429, detail: words },
    code: 'rate-limited',
    status: 429,
  },
  {
    what: 'a code and a message',
    value: { code: 'rate_limit_exceeded', message: words, retry_after: 7 },
    code: 'rate-limited',
    retryAfterMs: 7000,
  },
  { what: 'a code and a msg', value: { code: 403, msg: words }, code: 'forbidden', status: 403 },
  { what: 'a message alone', value: { message: words }, code: 'provider-error' },
  { what: 'a type and a message', value: { type: 'error', message: words }, code: 'provider-error' },
  {
    what: 'a list of errors',
    value: { success: false, errors: [{ code: 429, message: words }], result: null },
    code: 'rate-limited',
    status: 429,
  },
  {
    what: 'MiniMax’s status beside choices',
    value: { choices: [], base_resp: { status_code: 1002, status_msg: words } },
    code: 'rate-limited',
  },
  {
    what: 'whatever stands under the name',
    value: { hint: 1, message: words },
    name: 'error',
    code: 'provider-error',
  },
  { what: 'a text under the name', value: words, name: 'error', code: 'provider-error' },
  {
    what: 'a delay in OpenRouter’s metadata',
    value: { error: { code: 429, message: words, metadata: { headers: { 'Retry-After': '9' } } } },
    code: 'rate-limited',
    status: 429,
    retryAfterMs: 9000,
  },
  {
    what: 'a delay in the error',
    value: { error: { code: 503, message: words, retry_after_ms: 1500 } },
    code: 'overloaded',
    status: 503,
    retryAfterMs: 1500,
  },
]

/** No error, though something in it looks like one. */
const answers: readonly unknown[] = [
  { choices: [{ delta: { content: 'It' } }], error: null },
  { choices: [{ delta: { content: 'It' } }], error: '' },
  { choices: [{ delta: {}, error: null }], base_resp: { status_code: 0, status_msg: 'success' } },
  { choices: [], usage: { prompt_tokens: 1 }, detail: 'cached', message: 'ok', code: 1 },
  { data: [], message: 'nothing here', code: 'empty' },
  { code: 0, message: 'success' },
  { code: 200, msg: 'OK' },
  { type: 'progress', message: 'Warming up' },
  { type: 'response.output_text.delta', delta: 'error', code: 3 },
  { message: { role: 'assistant', content: '' }, done: false },
  { embeddings: [[1]], detail: 'x' },
  { results: [{ index: 0, relevance_score: 1 }], message: 'x', code: 'x' },
  { input_tokens: 3, message: 'x' },
  { candidates: [], detail: 'x' },
  [{ error: 'x' }, { error: 'y' }],
  null,
  'error',
  7,
  {},
]

describe('an error inside a good status', () => {
  for (const { what, value, name, ...expected } of errors) {
    it(`is found where it is ${what}, with the server’s own words`, () => {
      const told = toldError(value, name)
      assert.ok(told !== undefined)
      const { code, status, retryAfterMs, message } = responseError(subject, { body: told, now: 0 })
      assert.deepEqual(
        { code, status, retryAfterMs },
        { status: undefined, retryAfterMs: undefined, ...expected },
      )
      assert.match(message, /Come back later/)
    })
  }

  it('is not seen in an answer', () => {
    for (const answer of answers) assert.equal(toldError(answer), undefined, JSON.stringify(answer))
  })
})
