import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { splitBatches } from '../../../../src/core/retrieval/batches.js'

describe('batches', () => {
  it('hold everything once in its order, none is empty, and only a lone item breaks a limit', () => {
    const lengths = fc.array(fc.nat({ max: 30 }), { maxLength: 60 })
    fc.assert(
      fc.property(
        lengths,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 40 }),
        (items, most, characters) => {
          const batches = splitBatches(items, (length) => length, { items: most, length: characters })
          assert.deepEqual(batches.flat(), items)
          for (const batch of batches) {
            const sum = batch.reduce((total, length) => total + length, 0)
            assert.ok(batch.length === 1 || (batch.length > 0 && batch.length <= most && sum <= characters))
          }
        },
      ),
    )
  })

  it('are as few as their order allows', () => {
    assert.deepEqual(
      splitBatches([5, 5, 5, 1], (length) => length, { items: 3, length: 10 }),
      [
        [5, 5],
        [5, 1],
      ],
    )
  })
})
