import assert from 'node:assert/strict'
import { createReasoningReader } from '../../../../../src/providers/shared/chatWire/reasoning.js'
import type { Subject } from '../../../../../src/providers/shared/subject.js'

const subject: Subject = {
  provider: 'x',
  providerName: 'X',
  connection: 'work',
  host: 'x.example',
  location: 'cloud',
  secrets: () => [],
}

describe('createReasoningReader', () => {
  it('keeps members of any name as a piece’s own', () => {
    const reader = createReasoningReader(subject)
    const pieces = ['{"type":"a","text":"one"}', '{"type":"a","text":" two","__proto__":{"data":"x"}}']
    for (const piece of pieces) reader.read(JSON.parse(`{"reasoning_details":[${piece}]}`))
    reader.read({ reasoning_details: [{ type: 'a', text: ' three' }] })
    const kept = JSON.stringify(reader.state())
    assert.equal(
      kept,
      '{"lists":{"reasoning_details":[{"type":"a","text":"one two three","__proto__":{"data":"x"}}]}}',
    )
  })
})
