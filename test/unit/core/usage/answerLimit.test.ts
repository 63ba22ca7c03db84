import assert from 'node:assert/strict'
import { takesAnswerLimit } from '../../../../src/core/usage/answerLimit.js'

describe('the limit of an answer', () => {
  it('is sent unless the model refuses it, or the connection leaves it out', () => {
    const plain = { fields: { omitParameters: ['seed'] } }
    assert.equal(takesAnswerLimit({}, undefined), true)
    assert.equal(takesAnswerLimit({ refusedParameters: ['temperature'] }, plain), true)
    assert.equal(takesAnswerLimit({ refusedParameters: ['maxOutputTokens'] }, plain), false)
    for (const name of ['maxOutputTokens', 'max_tokens', 'max_completion_tokens', 'max_output_tokens'])
      assert.equal(takesAnswerLimit({}, { fields: { omitParameters: [name] } }), false, name)
  })
})
