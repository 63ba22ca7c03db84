import assert from 'node:assert/strict'
import type { ListedModel } from '../../../../src/core/model.js'
import { lazyEmbeddingProvider, lazyProvider } from '../../../../src/providers/shared/lazyProvider.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

const facts = { id: 'x', name: 'X', location: 'cloud', fields: [], description: '' } as const
const context = createProviderContext({ provider: 'x' })

function createWork() {
  const listed: readonly ListedModel[] = [{ id: 'm' }]
  return {
    listModels: () => Promise.resolve(listed),
    async *chat() {},
    embed: () => Promise.reject(new Error('embeds')),
  }
}

describe('a provider that is loaded late', () => {
  it('is loaded with its first use, and once', async () => {
    let loads = 0
    const provider = lazyEmbeddingProvider(facts, () => {
      loads++
      return Promise.resolve(createWork())
    })
    assert.equal(loads, 0)
    assert.deepEqual(await provider.listModels(context), [{ id: 'm' }])
    await provider.listModels(context)
    assert.ok(provider.embed !== undefined)
    const model = {
      ...facts,
      connection: 'work',
      family: '',
      version: '',
      capabilities: {},
      pricing: {},
      sources: {},
    }
    await assert.rejects(
      provider.embed({ model: { ...model, provider: 'x' }, inputs: [] }, context),
      /embeds/,
    )
    assert.equal(loads, 1)
  })

  it('says before it is loaded whether it embeds', () => {
    assert.equal('embed' in lazyProvider(facts, () => Promise.resolve(createWork())), false)
  })
})
