import assert from 'node:assert/strict'
import { ModelError } from '../../../src/core/errors.js'
import { wrapError } from '../../../src/core/wrapError.js'

const provider = { id: 'scripted', name: 'Scripted' }
const model = { connection: 'work', id: 'm' }

describe('error wrapping', () => {
  it('keeps a foreign error’s text out of the message and in the cause', () => {
    const foreign = new Error('request with sk-123 failed: "my secret prompt"')
    const wrapped = wrapError(foreign, { provider, model })
    assert.equal(wrapped.code, 'provider-error')
    assert.equal(wrapped.cause, foreign)
    assert.doesNotMatch(wrapped.message, /sk-123|prompt/)
    assert.match(wrapped.message, /^Scripted /)
  })

  it('fills in provider and model and keeps everything else', () => {
    const bare = new ModelError({
      code: 'rate-limited',
      message: 'Wait a little.',
      status: 429,
      retryable: true,
      retryAfterMs: 1_500,
      requestId: 'r1',
    })
    const { code, message, status, retryable, retryAfterMs, requestId, ...rest } = wrapError(bare, {
      provider,
      model,
    })
    assert.deepEqual(
      [code, message, status, retryable, retryAfterMs, requestId],
      ['rate-limited', 'Wait a little.', 429, true, 1_500, 'r1'],
    )
    assert.deepEqual([rest.provider, rest.model], ['scripted', model])
  })

  it('passes on an error that lacks nothing as it is', () => {
    const full = new ModelError({ code: 'timeout', message: 'Too slow.', provider: 'other', model })
    assert.equal(wrapError(full, { provider, model }), full)
  })

  it('calls every failure after an abort a cancellation', () => {
    const wrapped = wrapError(new TypeError('terminated'), { provider, model, signal: AbortSignal.abort() })
    assert.equal(wrapped.code, 'cancelled')
  })

  it('takes anything that can be thrown', () => {
    for (const thrown of [undefined, null, 'text', 42, {}]) {
      assert.equal(wrapError(thrown, { provider }).code, 'provider-error')
    }
  })
})
