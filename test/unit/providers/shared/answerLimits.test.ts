import assert from 'node:assert/strict'
import type { ResponsePart } from '../../../../src/core/chat.js'
import { createAnswerMeter, grow } from '../../../../src/providers/shared/answerLimits.js'

const subject = { provider: 'x', providerName: 'X', connection: 'Work' }

function measure(parts: readonly ResponsePart[]): number {
  const meter = createAnswerMeter(subject)
  for (const part of parts) meter.add(part)
  return meter.written()
}

describe('the meter of an answer', () => {
  it('counts what the model wrote, and not what has to go back', () => {
    const state = { provider: 'x', model: 'm', value: 'signature' }
    assert.equal(
      measure([
        { type: 'text', text: 'abc' },
        { type: 'reasoning', text: 'de' },
        { type: 'reasoning', text: '', state },
        { type: 'toolCall', callId: 'a', name: 'read', input: { x: 1 } },
      ]),
      3 + 2 + 'read{"x":1}'.length,
    )
  })
  it('ends an answer that brings ever more to send back', () => {
    const state = { provider: 'x', model: 'm', value: 'x'.repeat(1_000_000) }
    const parts = (count: number): ResponsePart[] =>
      Array.from({ length: count }, () => ({ type: 'reasoning', text: '', state }))
    assert.equal(measure(parts(19)), 0)
    assert.throws(() => measure(parts(21)), {
      code: 'provider-error',
      message: /^X \(Work\) sent more than 20,000,000 characters of state for the next request/,
    })
  })
})

describe('a text that grows with an answer', () => {
  it('is as long as it may be, and no longer', () => {
    const full = grow('', 'x'.repeat(1_000_000), subject, 'input')
    assert.equal(full.length, 1_000_000)
    assert.throws(() => grow(full, 'x', subject, 'input'), { code: 'provider-error' })
    assert.equal(grow(full, 'x', subject, 'reasoning').length, 1_000_001)
  })
})
