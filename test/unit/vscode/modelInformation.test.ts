import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { formatCount, formatUsd } from '../../../src/vscode/modelInformation.js'

describe('formatCount', () => {
  it('writes every count as English does', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (count) => {
        assert.equal(formatCount(count), count.toLocaleString('en'))
      }),
    )
  })
})

describe('formatUsd', () => {
  for (const [perMillion, written] of [
    [0, '$0'],
    [0.075, '$0.075'],
    [0.15, '$0.15'],
    [0.5, '$0.50'],
    [1, '$1'],
    [4.5, '$4.50'],
    [15, '$15'],
    [1234.56, '$1234.56'],
  ] as const) {
    it(`writes ${perMillion} as ${written}`, () => assert.equal(formatUsd(perMillion), written))
  }
})
