import assert from 'node:assert/strict'
import { openai } from '../../../src/providers/openai.js'
import { collect, createCallContext, createModel } from '../../fakes/providerCalls.js'
import { useWireServer } from '../../fakes/wireServer.js'

describe('the organization and the project of a connection to OpenAI', () => {
  const server = useWireServer()
  const model = createModel(openai, 'gpt-5')
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const

  for (const api of ['responses', 'chat']) {
    it(`go with every request, where chats take ${api}`, async () => {
      server.answer({ headers: { 'content-type': 'application/json' }, body: '{"data": []}' })
      const fields = { api, organization: 'org-1', project: 'proj_7' }
      const context = createCallContext(openai, server, { fields })
      await openai.listModels(context)
      await collect(openai.chat({ model, messages }, context))
      await assert.rejects(async () => openai.embed?.({ model, inputs: ['a'] }, context))
      assert.deepEqual(
        server.requests.map(({ path, headers }) => [
          path,
          headers['openai-organization'],
          headers['openai-project'],
        ]),
        ['/models', api === 'chat' ? '/chat/completions' : '/responses', '/embeddings'].map((path) => [
          path,
          'org-1',
          'proj_7',
        ]),
      )
    })
  }

  it('are in no header by default', async () => {
    server.answer({ headers: { 'content-type': 'application/json' }, body: '{"data": []}' })
    await openai.listModels(createCallContext(openai, server))
    const [request] = server.requests
    assert.ok(request !== undefined)
    assert.ok(!Object.keys(request.headers).some((name) => name.startsWith('openai-')))
  })
})
