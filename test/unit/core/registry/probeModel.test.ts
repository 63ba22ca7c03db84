import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { ModelInfo } from '../../../../src/core/model.js'
import { chooseProbeModel } from '../../../../src/core/registry/probeModel.js'

function createModel(id: string, facts: Partial<ModelInfo> = {}): ModelInfo {
  return {
    connection: 'work',
    id,
    provider: 'scripted',
    name: id,
    family: id,
    version: '',
    location: 'cloud',
    capabilities: {},
    pricing: {},
    sources: {},
    ...facts,
  }
}

const priced = (id: string, input: number, output: number): ModelInfo =>
  createModel(id, { pricing: { input, output } })

describe('the model that a test asks', () => {
  it('is the cheapest whose price is known, input and output together', () => {
    const models = [priced('a', 5, 1), priced('b', 1, 2), createModel('c-nano'), priced('d', 2, 2)]
    assert.equal(chooseProbeModel(models)?.id, 'b')
  })

  it('is one with a small name where no price is known', () => {
    const models = ['grand-opus', 'grand-haiku', 'grand-70b'].map((id) => createModel(id))
    assert.equal(chooseProbeModel(models)?.id, 'grand-haiku')
    const sizes = ['big-70b', 'other-8b'].map((id) => createModel(id))
    assert.equal(chooseProbeModel(sizes)?.id, 'other-8b')
  })

  it('is the smallest of this machine, before any that a cloud runs', () => {
    const local = (id: string, sizeBytes?: number): ModelInfo =>
      createModel(id, { location: 'local', ...(sizeBytes === undefined ? {} : { sizeBytes }) })
    const models = [priced('cloud', 0, 0), local('unknown'), local('large', 9e9), local('small', 1e9)]
    assert.equal(chooseProbeModel(models)?.id, 'small')
  })

  it('is never one that makes no text, embeds, is gone, or does something else by its name', () => {
    const models = [
      createModel('e', { capabilities: { embedding: true } }),
      createModel('p', { outputModalities: ['image'] }),
      createModel('r', { lifecycle: { status: 'retired' } }),
      ...['nomic-embed-text', 'whisper-large', 'tts-1', 'gpt-image-2', 'llama-guard-4', 'rerank-3'].map(
        (id) => createModel(id),
      ),
    ]
    assert.equal(chooseProbeModel(models), undefined)
    assert.equal(chooseProbeModel([...models, createModel('chat')])?.id, 'chat')
  })

  it('is not a deprecated one where another costs the same', () => {
    const old = { ...priced('a', 1, 1), lifecycle: { status: 'deprecated' } } as const
    assert.equal(chooseProbeModel([old, priced('b', 1, 1)])?.id, 'b')
  })

  it('does not depend on the order of the list, but for equals', () => {
    const model = fc.record({ price: fc.option(fc.integer({ min: 0, max: 9 })), isLocal: fc.boolean() })
    fc.assert(
      fc.property(fc.array(model, { minLength: 1 }), (rows) => {
        const models = rows.map(({ price, isLocal }, index) =>
          createModel(`m${index}`, {
            location: isLocal ? 'local' : 'cloud',
            pricing: price === null ? {} : { input: price, output: price },
          }),
        )
        const worth = (chosen: ModelInfo | undefined) => [
          chosen?.location,
          chosen?.location === 'local' ? 0 : chosen?.pricing.input,
        ]
        assert.deepEqual(worth(chooseProbeModel(models)), worth(chooseProbeModel(models.toReversed())))
      }),
    )
  })
})
