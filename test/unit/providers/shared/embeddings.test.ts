import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { openai } from '../../../../src/providers/index.js'
import {
  batchInputs,
  embedInBatches,
  readEmbeddings,
  readVector,
} from '../../../../src/providers/shared/embeddings.js'
import { createModel } from '../../../fakes/providerCalls.js'

const texts = fc.array(fc.string({ minLength: 1, maxLength: 60 }), { maxLength: 40 })
const limits = fc.record({ inputs: fc.integer({ min: 1, max: 9 }), tokens: fc.integer({ min: 1, max: 30 }) })

describe('batchInputs', () => {
  it('loses, doubles and moves no text, and makes no empty batch', () => {
    fc.assert(
      fc.property(texts, limits, (inputs, limit) => {
        const batches = batchInputs(inputs, limit)
        assert.deepEqual(batches.flat(), inputs)
        assert.ok(batches.every((batch) => batch.length > 0))
      }),
    )
  })

  it('keeps both limits, except for a text that breaks one alone', () => {
    fc.assert(
      fc.property(texts, limits, (inputs, limit) => {
        for (const batch of batchInputs(inputs, limit)) {
          const tokens = batch.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0)
          assert.ok(batch.length <= limit.inputs)
          assert.ok(batch.length === 1 || tokens <= limit.tokens)
        }
      }),
    )
  })

  it('makes no more batches than it must', () => {
    const batches = batchInputs(
      Array.from({ length: 10 }, () => 'abcd'),
      { inputs: 4, tokens: 100 },
    )
    assert.deepEqual(
      batches.map((batch) => batch.length),
      [4, 4, 2],
    )
  })
})

describe('embedInBatches', () => {
  const request = { model: createModel(openai, 'm'), inputs: ['aaaa', 'bbbb', 'cccc'] }
  const one = { inputs: 1, tokens: 10 }

  it('adds up what every request took, and says where a part of it is estimated', async () => {
    const counts = [5, undefined, 7]
    const { usage, embeddings } = await embedInBatches(request, one, async () => ({
      embeddings: [[counts.length]],
      inputTokens: counts.shift(),
    }))
    assert.deepEqual([usage.inputTokens, usage.outputTokens, usage.accuracy], [13, 0, 'estimated'])
    assert.deepEqual(embeddings, [[3], [2], [1]])
  })

  it('asks nothing more after a request that failed', async () => {
    let asked = 0
    const failing = embedInBatches(request, one, () => {
      asked++
      return Promise.reject(new Error('down'))
    })
    await assert.rejects(failing, /down/)
    assert.equal(asked, 1)
  })
})

describe('readEmbeddings', () => {
  it('puts the vectors in the order of their index, and in the order given where there is none', () => {
    const entry = (embedding: unknown, index?: number) => ({
      embedding,
      ...(index === undefined ? {} : { index }),
    })
    assert.deepEqual(readEmbeddings({ data: [entry([2], 1), entry([1], 0)] }).embeddings, [[1], [2]])
    assert.deepEqual(readEmbeddings({ data: [entry([1]), entry([2])] }).embeddings, [[1], [2]])
  })

  it('takes nothing else for a vector, and throws for no body', () => {
    for (const value of [[], [1, 'x'], [Number.NaN], 'AAAA', null, undefined]) {
      assert.equal(readVector(value), undefined)
    }
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        for (const vector of readEmbeddings(body).embeddings) assert.ok(vector.length > 0)
      }),
    )
  })
})
