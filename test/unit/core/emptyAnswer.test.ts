import assert from 'node:assert/strict'
import type { ResponsePart } from '../../../src/core/chat.js'
import { createAnswerGate, emptyAnswer } from '../../../src/core/emptyAnswer.js'

const nothing: readonly ResponsePart[] = [
  { type: 'text', text: ' \n' },
  { type: 'reasoning', text: '', state: { provider: 'x', model: 'm', value: 'opaque' } },
  { type: 'data', mimeType: 'image/png', data: new Uint8Array() },
]
const something: readonly ResponsePart[] = [
  { type: 'text', text: ' a' },
  { type: 'reasoning', text: 'Hm.' },
  { type: 'data', mimeType: 'image/png', data: Uint8Array.of(1) },
  { type: 'toolCall', callId: 'a', name: 'look', input: {} },
]
const model = { connection: 'work', id: 'm' }

describe('an answer with nothing in it', () => {
  it('is held back until it says something, and then shown whole and in order', () => {
    for (const part of something) {
      const gate = createAnswerGate()
      assert.deepEqual(
        nothing.flatMap((each) => gate.pass(each)),
        [],
      )
      assert.equal(gate.isEmpty(), true)
      assert.deepEqual(gate.pass(part), [...nothing, part])
      assert.equal(gate.isEmpty(), false)
      assert.deepEqual(gate.pass({ type: 'text', text: '\n' }), [{ type: 'text', text: '\n' }])
    }
  })

  it('fails by why it is empty, with the model and the next step', () => {
    const fail = (reason: 'stop' | 'length' | 'refusal', detail?: string) => {
      const { code, retryable, message } = emptyAnswer({ who: 'X', provider: 'x', model, reason, detail })
      return [code, retryable, message]
    }
    assert.deepEqual(fail('stop'), [
      'empty-response',
      true,
      'X ended the answer of the model work/m, and nothing was in it. Try again, or choose another model.',
    ])
    assert.deepEqual(fail('length'), [
      'empty-response',
      false,
      'X reached the output limit before the model work/m wrote anything. Allow a longer output, or choose another model.',
    ])
    assert.deepEqual(fail('refusal', 'violence.'), [
      'content-filtered',
      false,
      'X refused the answer of the model work/m by its content rules: violence. Change the request, or choose another model.',
    ])
  })
})
