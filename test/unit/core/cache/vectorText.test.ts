import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { readVector, writeVector } from '../../../../src/core/cache/vectorText.js'

const anyNumber = fc.double({ noNaN: true })
const shortNumber = fc.float({ noNaN: true })

describe('a vector as text', () => {
  it('is read again as it was, to the last bit, whatever its numbers and its length', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyNumber, shortNumber), { maxLength: 50 }), (vector) => {
        assert.deepEqual(readVector(writeVector(vector)), vector)
      }),
    )
    const long = Array.from({ length: 9_000 }, (_, index) => Math.fround(Math.sin(index)))
    assert.deepEqual(readVector(writeVector(long)), long)
  })

  it('takes four bytes for a number of 32 bits, and eight for any other', () => {
    const short = [0.5, -2, Math.fround(0.1)]
    assert.equal(writeVector(short).length, 1 + 16)
    assert.equal(writeVector([...short, 0.1]).length, 1 + 44)
  })

  it('is none where it was damaged', () => {
    for (const text of ['', '[1]', 'fAAA=', 'dAAAAAA==', 'f*', 'xAAAAAA==']) {
      assert.equal(readVector(text), undefined, text)
    }
  })
})
