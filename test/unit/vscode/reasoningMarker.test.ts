import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { ContentPart, ReasoningPart } from '../../../src/core/chat.js'
import { readMarker, restoreReasoning, writeMarker } from '../../../src/vscode/reasoningMarker.js'

function reasoning(value: unknown): ReasoningPart {
  return { type: 'reasoning', text: '', state: { provider: 'anthropic', model: 'm', value } }
}

function call(callId: string): ContentPart {
  return { type: 'toolCall', callId, name: 'read', input: {} }
}

describe('reasoning markers', () => {
  it('give back what was written, whatever JSON the state holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(20), (value, callsBefore) => {
        const read = readMarker(writeMarker('home/model', [{ part: reasoning(value), callsBefore }]))
        const expected = JSON.parse(JSON.stringify([{ part: reasoning(value), callsBefore }]))
        assert.deepEqual(JSON.parse(JSON.stringify(read)), expected)
      }),
    )
  })

  it('of another extension are not taken for ours', () => {
    const texts = ['gpt-5\\resp_123', 'x\\{"a":1}', 'x\\[{"text":"t"}]', 'no separator', '']
    for (const text of texts) assert.equal(readMarker(new TextEncoder().encode(text)), undefined)
  })

  it('put each block back before the tool call that followed it', () => {
    const placed = [
      { part: reasoning(1), callsBefore: 0 },
      { part: reasoning(2), callsBefore: 1 },
    ]
    const restored = restoreReasoning([{ type: 'text', text: 'a' }, call('1'), call('2')], placed)
    assert.deepEqual(
      restored.map((part) => (part.type === 'reasoning' ? part.state?.value : part.type)),
      [1, 'text', 'toolCall', 2, 'toolCall'],
    )
  })

  it('replace the thinking that the host kept, so that no block is sent twice', () => {
    const restored = restoreReasoning(
      [reasoning('host'), call('1')],
      [{ part: reasoning('marker'), callsBefore: 0 }],
    )
    assert.deepEqual(restored, [reasoning('marker'), call('1')])
  })
})
