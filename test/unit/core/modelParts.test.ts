import assert from 'node:assert/strict'
import { firstPartOf, nameModelFiles, partName } from '../../../src/core/modelParts.js'

describe('files of one model', () => {
  it('are known by their names, in any folder', () => {
    assert.equal(firstPartOf('/m/big-00002-of-00003.gguf'), '/m/big-00001-of-00003.gguf')
    assert.equal(firstPartOf('C:\\m\\Big-00012-of-00012.GGUF'), 'C:\\m\\Big-00001-of-00012.GGUF')
    assert.equal(firstPartOf('/m/big-2-of-3.gguf'), '/m/big-2-of-3.gguf')
    assert.equal(partName('big-00001-of-00003.gguf', { number: 3, count: 3 }), 'big-00003-of-00003.gguf')
    assert.equal(partName('big-00001-of-00003.gguf', { number: 2, count: 4 }), undefined)
    assert.equal(partName('big.gguf', { number: 2, count: 3 }), undefined)
  })

  it('are one model, whichever of them are listed', () => {
    const files = [
      '/m/b-00002-of-00003.gguf',
      '/m/a.gguf',
      '/m/b-00001-of-00003.gguf',
      '/n/b-00003-of-00003.gguf',
    ]
    assert.deepEqual(nameModelFiles(files), [
      { id: 'b', file: '/m/b-00002-of-00003.gguf' },
      { id: 'a', file: '/m/a.gguf' },
      { id: 'b-2', file: '/n/b-00003-of-00003.gguf' },
    ])
  })
})
