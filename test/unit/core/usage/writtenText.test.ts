import assert from 'node:assert/strict'
import { createWrittenText } from '../../../../src/core/usage/writtenText.js'

describe('what an answer has written', () => {
  it('is all of its pieces in their order, however many', () => {
    for (const count of [0, 1, 4_095, 4_096, 4_097, 20_000]) {
      const text = createWrittenText()
      const pieces = Array.from({ length: count }, (_, index) => `${index} `)
      pieces.forEach((piece) => text.add(piece))
      assert.equal(text.whole(), pieces.join(''))
      assert.equal(text.isEmpty(), count === 0)
    }
  })
})
