import assert from 'node:assert/strict'
import { responseError } from '../../../../src/providers/shared/errors.js'
import type { Subject } from '../../../../src/providers/shared/subject.js'
import { errorMeanings, errorShapes } from '../../../fakes/errorShapes.js'

const subject: Subject = {
  provider: 'x',
  providerName: 'X',
  connection: 'work',
  host: 'x.example',
  location: 'cloud',
  model: { connection: 'work', id: 'm' },
  secrets: () => [],
}

describe('what errors mean', () => {
  for (const [name, { statuses, messages, code }] of Object.entries(errorMeanings)) {
    for (const [shape, build] of Object.entries(errorShapes)) {
      it(`${name} is ${code} and final as ${shape}`, () => {
        for (const status of [...statuses, undefined])
          for (const message of messages) {
            const body = build(message, status ?? 500)
            const error = responseError(subject, {
              ...(status === undefined ? {} : { status }),
              body,
              now: 0,
            })
            assert.deepEqual([error.code, error.retryable], [code, false], `${status} ${message}`)
            assert.ok(error.message.includes(message.slice(0, 20).replace(/[.\s]+$/, '')), error.message)
          }
      })
    }
  }

  for (const [status, body, code, retryable] of [
    [
      429,
      { error: { message: 'On requests per day (RPD): Limit 0, Requested 1.' } },
      'quota-exhausted',
      false,
    ],
    [
      429,
      { error: { message: 'Quota exceeded for metric x, limit: 0, model: y' } },
      'quota-exhausted',
      false,
    ],
    [
      413,
      { error: { message: 'TPM: Limit 6,000, Requested 7,000', type: 'tokens' } },
      'context-length',
      false,
    ],
    [429, { error: { message: 'Rate limit reached for gpt-4: Limit 9, Requested 9' } }, 'rate-limited', true],
    [400, { error: { type: 'too_many_prompt_tokens', code: 400, message: 'x' } }, 'context-length', false],
    [
      429,
      { message: 'Tokens per minute limit exceeded', type: 'too_many_tokens_error' },
      'rate-limited',
      true,
    ],
    [500, { error: { message: 'Insufficient Balance' } }, 'quota-exhausted', false],
    [
      500,
      { error: { code: 500, message: 'Unsupported tool type: web', type: 'server_error' } },
      'invalid-request',
      false,
    ],
    [500, { error: { message: 'Compute error.', type: 'server_error' } }, 'provider-error', true],
    [500, { error: { message: 'The engine is currently overloaded' } }, 'overloaded', true],
    [
      404,
      { code: 'Some requested entity was not found', error: 'The model x does not exist' },
      'not-found',
      false,
    ],
    [400, "{'error': {'message': 'No.', 'code': 'context_length_exceeded'}}", 'context-length', false],
    [
      400,
      { error: { message: 'No.', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      'content-filtered',
      false,
    ],
    [400, { error: { message: 'Failed to load image from the address' } }, 'invalid-request', false],
    [400, { error: { message: 'Invalid model parameter: temperature' } }, 'invalid-request', false],
    [
      400,
      { error: { message: 'max_tokens is too large: 100000. At most 4096 completion tokens' } },
      'invalid-request',
      false,
    ],
    [
      502,
      { error: { message: 'Provider returned error', metadata: { raw: 'upstream broke' } } },
      'provider-error',
      true,
    ],
  ] as const) {
    it(`${status} ${JSON.stringify(body).slice(0, 90)} is ${code}`, () => {
      const error = responseError(subject, { status, body, now: 0 })
      assert.deepEqual([error.code, error.retryable], [code, retryable], error.message)
    })
  }

  it('shows the sentence that tells most: of the server behind a gateway, not a label', () => {
    const shown = (body: unknown): string => responseError(subject, { status: 500, body, now: 0 }).message
    const raw = '{"error":{"message":"The flux is low"}}'
    assert.match(
      shown({ error: { message: 'Provider returned error', metadata: { raw } } }),
      /: The flux is low\./,
    )
    assert.match(shown({ error: 'Internal Server Error', message: 'The flux is low' }), /: The flux is low\./)
    assert.match(shown({ error: 'Unauthorized' }), /: Unauthorized\./)
    assert.match(
      shown({ base_resp: { status_code: 1000, status_msg: 'The flux is low' } }),
      /: The flux is low\./,
    )
    assert.match(shown({ error: { message: `Wrapped: ${raw}` } }), /: The flux is low\./)
  })

  it('follows errors in errors for a while, and not for ever', () => {
    let body: unknown = { message: 'deep' }
    for (let level = 0; level < 100; level++) body = { error: body }
    assert.equal(responseError(subject, { status: 500, body, now: 0 }).code, 'provider-error')
    let text = '{"message":"deep"}'
    for (let level = 0; level < 12; level++) text = JSON.stringify({ error: { message: text } })
    assert.equal(responseError(subject, { status: 500, body: text, now: 0 }).code, 'provider-error')
  })

  it('shows a request id without the key', () => {
    const headers = new Headers({ 'x-request-id': 'req-sk-test-0123456789abcdef' })
    const secrets = () => ['sk-test-0123456789abcdef']
    const error = responseError({ ...subject, secrets }, { status: 500, headers, body: '', now: 0 })
    assert.equal(error.requestId, 'req-[redacted]')
  })
})
