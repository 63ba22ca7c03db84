import assert from 'node:assert/strict'
import { cohere } from '../../../../src/providers/cohere.js'
import { createProviderContext } from '../../../fakes/providerContext.js'
import { useWireServer } from '../../../fakes/wireServer.js'

describe('embeddings from Cohere', () => {
  const server = useWireServer()

  it('are made for what the connection says they are for', async () => {
    server.answer({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ embeddings: { float: [[1, 0]] } }),
    })
    const context = createProviderContext({
      provider: 'cohere',
      baseUrl: server.origin,
      key: 'key',
      fields: { inputType: 'search_query' },
    })
    const model = {
      connection: 'work',
      id: 'embed-v4.0',
      provider: 'cohere',
      name: 'Embed',
      family: '',
      version: '',
      location: 'cloud',
      capabilities: {},
      pricing: {},
      sources: {},
    } as const
    const result = await cohere.embed?.({ model, inputs: ['Oslo'] }, context)
    const body: unknown = JSON.parse(server.requests[0]?.body ?? '')
    assert.deepEqual(body, {
      model: 'embed-v4.0',
      texts: ['Oslo'],
      input_type: 'search_query',
      embedding_types: ['float'],
    })
    assert.equal(result?.usage.accuracy, 'estimated')
  })
})
