import assert from 'node:assert/strict'
import type { ResponsePart } from '../../../../src/core/chat.js'
import type { ListedModel } from '../../../../src/core/model.js'
import type { ProviderChatRequest } from '../../../../src/core/provider.js'
import { lazyEmbeddingProvider, lazyProvider } from '../../../../src/providers/shared/lazyProvider.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

const facts = { id: 'x', name: 'X', location: 'cloud', fields: [], description: '' } as const
const context = createProviderContext({ provider: 'x' })

const request: ProviderChatRequest = {
  model: {
    connection: 'work',
    id: 'm',
    provider: 'x',
    name: 'M',
    family: '',
    version: '',
    location: 'cloud',
    capabilities: {},
    pricing: {},
    sources: {},
  },
  messages: [],
}

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

  it('passes on the parts of a chat, and closes it when its reader leaves', async () => {
    let closed = 0
    async function* chat(): AsyncGenerator<ResponsePart> {
      try {
        for (let count = 0; ; count++) yield { type: 'text', text: String(count) }
      } finally {
        closed++
      }
    }
    const provider = lazyProvider(facts, () => Promise.resolve({ ...createWork(), chat }))
    const texts: string[] = []
    for await (const part of provider.chat(request, context)) {
      if (part.type === 'text') texts.push(part.text)
      if (texts.length === 3) break
    }
    assert.deepEqual(texts, ['0', '1', '2'])
    assert.equal(closed, 1)
  })

  it('fails with its first part where it cannot be loaded, and leaves nothing to close', async () => {
    const provider = lazyProvider(facts, () => Promise.reject(new Error('not here')))
    const parts = provider.chat(request, context)[Symbol.asyncIterator]()
    await assert.rejects(parts.next(), /not here/)
    assert.deepEqual(await parts.return?.(), { done: true, value: undefined })
    assert.deepEqual(await parts.next(), { done: true, value: undefined })
  })
})
