import assert from 'node:assert/strict'
import type { ErrorCode } from '../../../../src/core/errors.js'
import { findModelError, responseError } from '../../../../src/providers/shared/errors.js'
import type { Subject } from '../../../../src/providers/shared/subject.js'

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
  readonly status?: number
  readonly body: unknown
  readonly code: ErrorCode
  readonly retryable: boolean
}

const rows: readonly Row[] = [
  {
    status: 400,
    body: {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
    },
    code: 'context-length',
    retryable: false,
  },
  {
    status: 400,
    body: {
      error: {
        type: 'invalid_request_error',
        message: 'x',
        details: { error_code: 'enforced_spend_limit_reached' },
      },
    },
    code: 'quota-exhausted',
    retryable: false,
  },
  {
    status: 429,
    body: {
      error: {
        type: 'rate_limit_error',
        message: 'x',
        details: { error_code: 'contract_spend_limit_reached' },
      },
    },
    code: 'quota-exhausted',
    retryable: false,
  },
  {
    status: 429,
    body: { error: { code: 'credit_balance_exhausted', message: 'x' } },
    code: 'quota-exhausted',
    retryable: false,
  },
  {
    status: 429,
    body: [
      {
        error: {
          code: 429,
          status: 'RESOURCE_EXHAUSTED',
          message: 'x',
          details: [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProject' }] }],
        },
      },
    ],
    code: 'quota-exhausted',
    retryable: false,
  },
  {
    status: 429,
    body: {
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message: 'x',
        details: [{ violations: [{ quotaId: 'GenerateRequestsPerMinute' }] }],
      },
    },
    code: 'rate-limited',
    retryable: true,
  },
  {
    status: 529,
    body: { error: { type: 'overloaded_error', message: 'Overloaded' } },
    code: 'overloaded',
    retryable: true,
  },
  {
    body: { error: { type: 'overloaded_error', message: 'Overloaded' } },
    code: 'overloaded',
    retryable: true,
  },
  {
    body: { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
    code: 'overloaded',
    retryable: true,
  },
  {
    body: { error: { code: 400, message: 'x', type: 'exceed_context_size_error' } },
    code: 'context-length',
    retryable: false,
  },
  { body: { error: 'something' }, code: 'provider-error', retryable: true },
  {
    status: 400,
    body: { error: { type: 'invalid_request_error', code: 'tool_use_failed', message: 'x' } },
    code: 'provider-error',
    retryable: true,
  },
  {
    status: 400,
    body: { error: 'registry.ollama.ai/library/x does not support tools' },
    code: 'capability-unsupported',
    retryable: false,
  },
  {
    status: 400,
    body: { error: { code: 'content_filter', message: 'x' } },
    code: 'content-filtered',
    retryable: false,
  },
  { status: 404, body: { detail: 'Not Found' }, code: 'not-found', retryable: false },
  {
    status: 422,
    body: { detail: [{ type: 'missing', msg: 'Field required' }] },
    code: 'invalid-request',
    retryable: false,
  },
  {
    status: 400,
    body: { error: { status: 'INVALID_ARGUMENT', message: 'x', details: [{ reason: 'API_KEY_INVALID' }] } },
    code: 'unauthorized',
    retryable: false,
  },
  { status: 408, body: '', code: 'timeout', retryable: true },
  { status: 409, body: '', code: 'provider-error', retryable: true },
  { status: 418, body: '', code: 'invalid-request', retryable: false },
  { status: 501, body: '', code: 'capability-unsupported', retryable: false },
  { status: 502, body: '<html><title>Bad gateway</title></html>', code: 'provider-error', retryable: true },
  { status: 504, body: 'upstream timed out', code: 'timeout', retryable: true },
]

describe('responseError', () => {
  for (const { status, body, code, retryable } of rows) {
    it(`${status ?? 'in a stream'} ${JSON.stringify(body).slice(0, 80)} is ${code}${retryable ? ', worth a retry' : ''}`, () => {
      const error = responseError(subject, { ...(status === undefined ? {} : { status }), body, now: 0 })
      assert.deepEqual({ code: error.code, retryable: error.retryable }, { code, retryable })
    })
  }

  it('obeys x-should-retry both ways, but never retries where the account is empty', () => {
    const retryable = (status: number, told: string, type = '') =>
      responseError(subject, {
        status,
        headers: new Headers({ 'x-should-retry': told }),
        body: { error: { type } },
        now: 0,
      }).retryable
    assert.equal(retryable(500, 'false'), false)
    assert.equal(retryable(400, 'true'), true)
    assert.equal(retryable(429, 'true', 'insufficient_quota'), false)
  })

  it('takes the request id from the header or the body', () => {
    const fromHeader = responseError(subject, {
      status: 500,
      headers: new Headers({ 'request-id': 'req_h' }),
      body: {},
      now: 0,
    })
    const fromBody = responseError(subject, { status: 500, body: { error: {}, request_id: 'req_b' }, now: 0 })
    assert.deepEqual([fromHeader.requestId, fromBody.requestId], ['req_h', 'req_b'])
  })

  it('says what happened, the server’s own words and the next step in one line', () => {
    const refusal = { status: 401, body: { error: { message: 'Bad key.' } }, now: 0 }
    assert.equal(
      responseError({ ...subject, secrets: () => ['a-key-of-its-own'] }, refusal).message,
      'X (work) did not accept the key (401): Bad key. Enter the key of this connection again.',
    )
    assert.equal(
      responseError(subject, refusal).message,
      'X (work) asks for a key, and this connection has none (401): Bad key. Enter its key.',
    )
  })

  it('leaves out the names of classes that a proxy puts first', () => {
    const told = 'litellm.NotFoundError: OpenAIException - The model does not exist.'
    const { message } = responseError(subject, { status: 404, body: { error: told }, now: 0 })
    assert.match(message, /\(404\): The model does not exist\. Refresh/)
  })
  it('tries a provider’s own rules first', () => {
    const error = responseError(subject, { status: 403, body: '', now: 0 }, [
      { status: [403], code: 'context-length' },
    ])
    assert.equal(error.code, 'context-length')
  })

  it('survives a body of any shape', () => {
    for (const body of [
      null,
      3,
      [],
      [null],
      { error: null },
      { error: [] },
      { error: { details: 'x', message: 4 } },
    ]) {
      assert.equal(responseError(subject, { status: 500, body, now: 0 }).code, 'provider-error')
    }
  })
})

describe('findModelError', () => {
  it('finds the one that an SDK has wrapped', () => {
    const inner = responseError(subject, { status: 500, body: '', now: 0 })
    assert.equal(findModelError(new Error('outer', { cause: new Error('middle', { cause: inner }) })), inner)
  })
  it('ends on a chain that runs in a circle', () => {
    const error = new Error('round')
    error.cause = error
    assert.equal(findModelError(error), undefined)
  })
})
