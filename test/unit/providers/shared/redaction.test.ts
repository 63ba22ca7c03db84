import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { redactMessage, redactName } from '../../../../src/providers/shared/redaction.js'
import { measureProcessorMs } from '../../../fakes/processorTime.js'

const key = 'sk-live-0123456789abcdef'

describe('redactMessage', () => {
  it('removes the key, plain, encoded and masked in part', () => {
    const text = `bad ${key}, ${encodeURIComponent(key)}, ${btoa(key)}, sk-li*****cdef`
    assert.doesNotMatch(redactMessage(text, { secrets: [key] }), /sk-li|cdef|c2stbGl2/)
  })
  it('keeps a short message as it is', () => {
    assert.equal(redactMessage('Unknown parameter: top_k.', { secrets: [key] }), 'Unknown parameter: top_k.')
  })
  it('cuts to 300 characters', () => {
    assert.equal(redactMessage('no '.repeat(400), { secrets: [] }).length <= 300, true)
  })
  it('leaves out long quotations and base64', () => {
    const text = `Invalid value "${'a b '.repeat(20)}" and ${'QUJD'.repeat(40)}`
    assert.equal(redactMessage(text, { secrets: [] }), 'Invalid value … and …')
  })
  it('leaves out what validators print of the input', () => {
    const text = `1 validation error: {'type': 'missing', 'loc': ('body',), 'input': {'role': 'user', 'content': 'my diary'}}`
    assert.doesNotMatch(redactMessage(text, { secrets: [] }), /diary/)
  })
  it('keeps the model’s name though it was sent, and long', () => {
    const model = 'meta-llama/Llama-3.3-70B-Instruct-Turbo'
    const sent = { model, messages: [{ content: 'hello there' }] }
    const text = `The model ${model} is not available`
    assert.equal(redactMessage(text, { secrets: [], sent, keep: [model] }), text)
  })
  it('never repeats a whole text of the request', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{2,9}$/), { minLength: 2, maxLength: 60 }),
        fc.stringMatching(/^[A-Z]{3,8}$/),
        (words, around) => {
          const prompt = words.join(' ')
          fc.pre(prompt.length >= 8)
          const sent = { messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }] }
          const shown = redactMessage(`${around}: ${prompt} ${around}`, { secrets: [], sent })
          assert.ok(!shown.includes(prompt), shown)
        },
      ),
    )
  })
  it('never repeats five words of a long text of the request', () => {
    const story = Array.from({ length: 400 }, (_, index) => `word${index}`).join(' ')
    const sent = { input: [{ content: [{ text: story }] }] }
    const shown = redactMessage('Unexpected word17 word18 word19 word20 word21 word22 in input', {
      secrets: [],
      sent,
    })
    assert.equal(shown, 'Unexpected … in input')
  })
  it('leaves nothing of a key that stands where the message is cut', () => {
    // The quotation is left out, so that what stands behind it is shown.
    for (let size = 3_900; size < 4_010; size++) {
      const text = `"${'q'.repeat(size)}" key ${key} was refused`
      assert.doesNotMatch(redactMessage(text, { secrets: [key] }), /sk-|live|0123/)
      assert.doesNotMatch(redactMessage(text, { secrets: [] }), /sk-|live|0123/)
    }
  })
  it('reads a long message, and what was sent, once', () => {
    const words = Array.from({ length: 400 }, (_, index) => `word${index}`).join(' ')
    const sent = { messages: [{ content: 'some words of a long prompt '.repeat(150_000) }] }
    for (const message of [words, 'sk-'.repeat(80_000), '"\\"'.repeat(80_000), "{'input':".repeat(30_000)]) {
      const ms = measureProcessorMs(() => redactMessage(message, { secrets: [key], sent }))
      assert.ok(ms < 2_000, `${ms} ms`)
    }
  }).timeout(20_000)
})

describe('redactName', () => {
  it('shows a name that a server has chosen without a key, in 100 characters at most', () => {
    assert.equal(redactName(`read_${key}`, [key]), 'read_[redacted]')
    assert.equal(redactName('req_0123456789', [key]), 'req_0123456789')
    assert.equal(redactName('ab '.repeat(100), []).length, 100)
  })
})
