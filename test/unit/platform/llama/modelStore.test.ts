import assert from 'node:assert/strict'
import { gpuLayersFor } from '../../../../src/platform/llama/modelStore.js'

describe('layers on the GPU', () => {
  it('are as many as are asked for, and as many as fit where nobody asks', () => {
    assert.equal(gpuLayersFor(true, 12), 12)
    assert.equal(gpuLayersFor(true, 0), 0)
    assert.equal(gpuLayersFor(true, undefined), 'auto')
  })

  it('are none where there is no GPU, whatever is asked for', () => {
    assert.equal(gpuLayersFor(false, 12), 0)
    assert.equal(gpuLayersFor(false, undefined), 0)
  })
})
