import assert from 'node:assert/strict'
import { besidesOf, keepBeside } from '../../../../../src/providers/shared/chatWire/besideCalls.js'
import { readMarker, restoreReasoning, writeMarker } from '../../../../../src/vscode/reasoningMarker.js'

const owner = { provider: 'x', connection: 'work', model: 'm' }
const signed = { call: { extra_content: { google: { thought_signature: 'c2ln' } } }, function: {} }
const kept = keepBeside('a', signed, owner)

describe('what a server put beside a call', () => {
  it('goes back with the call of its id', () => {
    assert.deepEqual([...besidesOf([kept], owner)], [['a', signed]])
  })
  it('goes to no other provider, connection or model', () => {
    for (const other of [{ provider: 'y' }, { connection: 'home' }, { model: 'n' }])
      assert.equal(besidesOf([kept], { ...owner, ...other }).size, 0)
  })
  it('survives the way through the chat of VS Code, which keeps calls and a marker alone', () => {
    const call = { type: 'toolCall', callId: 'a', name: 'read', input: {} } as const
    const marker = readMarker(writeMarker('m', [{ part: kept, callsBefore: 0 }]))
    assert.deepEqual([...besidesOf(restoreReasoning([call], marker ?? []), owner)], [['a', signed]])
  })
  it('is nothing where the kept value is of another shape', () => {
    for (const value of [null, 7, {}, { connection: 'work' }, { connection: 'work', beside: { callId: 7 } }])
      assert.equal(besidesOf([{ ...kept, state: { provider: 'x', model: 'm', value } }], owner).size, 0)
  })
})
