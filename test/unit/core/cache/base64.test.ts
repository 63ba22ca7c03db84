import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { fromBase64, toBase64 } from '../../../../src/core/cache/base64.js'

describe('Base64 of the cache', () => {
  it('is what Node makes of the same bytes, and gives them back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = toBase64(bytes)
        assert.equal(text, Buffer.from(bytes).toString('base64'))
        assert.deepEqual(fromBase64(text), bytes)
      }),
    )
  })

  it('has no border where the bytes are written in more than one piece', () => {
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251)
    assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'))
  })

  it('is nothing where the text is damaged', () => {
    assert.equal(fromBase64('AA=A'), undefined)
  })
})
