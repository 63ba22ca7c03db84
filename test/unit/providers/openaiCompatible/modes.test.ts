import assert from 'node:assert/strict'
import type { Connection } from '../../../../src/core/provider.js'
import { anyOpenaiCompatible } from '../../../../src/providers/index.js'
import {
  bodiesOf,
  collect,
  createModel,
  jsonReply,
  readFixture,
  streamReply,
} from '../../../fakes/providerCalls.js'
import { createProviderContext } from '../../../fakes/providerContext.js'
import { createWireServer, type WireServer } from '../../../fakes/wireServer.js'

describe('a server with the OpenAI API, or another', () => {
  let server: WireServer
  beforeEach(async () => void (server = await createWireServer()))
  afterEach(() => server.close())

  const contextOf = (fields: Connection['fields'], path = '/v1', environment = {}) =>
    createProviderContext({
      provider: 'openai-compatible',
      baseUrl: server.origin + path,
      key: 'a-key-of-the-user',
      fields,
      environment,
    })
  const model = createModel(anyOpenaiCompatible, 'm', { capabilities: { reasoning: true } })
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const
  const ask = (fields: Connection['fields'], environment = {}) =>
    collect(
      anyOpenaiCompatible.chat(
        { model, messages, parameters: { temperature: 0.5, maxOutputTokens: 9 } },
        contextOf(fields, '/v1', environment),
      ),
    )

  it('is spoken to in the API that the connection names', async () => {
    for (const [mode, path, fixture] of [
      ['chat', '/v1/chat/completions', 'openai-compatible/text.sse'],
      ['responses', '/v1/responses', 'openai/text.sse'],
      ['messages', '/v1/messages', 'anthropic/text.sse'],
    ] as const) {
      server.clear()
      server.answer(streamReply('text/event-stream', readFixture(fixture)))
      const { error } = await ask({ mode })
      assert.equal(error, undefined)
      assert.equal(server.requests.at(-1)?.path, path)
      assert.equal(server.requests.at(-1)?.headers['authorization'], 'Bearer a-key-of-the-user')
      // A model of another maker samples, whatever OpenAI’s and Claude’s own do.
      assert.equal(Reflect.get(Object(bodiesOf(server.requests, path)[0]), 'temperature'), 0.5)
    }
  })

  it('lists its models below the version, wherever Anthropic’s base URL ends', async () => {
    server.answer(({ path }) => (path === '/v1/models' ? jsonReply({ data: [{ id: 'm' }] }) : undefined))
    for (const path of ['', '/', '/v1', '/v1/']) {
      const models = await anyOpenaiCompatible.listModels(contextOf({ mode: 'messages' }, path))
      assert.deepEqual(models, [{ id: 'm' }], path)
    }
  })

  it('gets the key in the header that the connection names, and in no other', async () => {
    server.answer(jsonReply({ data: [] }))
    await anyOpenaiCompatible.listModels(contextOf({ keyHeader: 'X-Gateway-Key' }))
    const headers = server.requests[0]?.headers ?? {}
    assert.deepEqual([headers['x-gateway-key'], headers['authorization']], ['a-key-of-the-user', undefined])
  })

  it('gets no key in a header that cannot carry one', async () => {
    for (const keyHeader of ['Host', 'a b', 'x:y']) {
      await assert.rejects(anyOpenaiCompatible.listModels(contextOf({ keyHeader })), {
        code: 'invalid-request',
      })
    }
    assert.equal(server.requests.length, 0)
  })

  it('gets the query with every request, and headers, query and body with their variables replaced', async () => {
    server.answer(streamReply('text/event-stream', readFixture('openai-compatible/text.sse')))
    await ask(
      {
        headers: { 'x-team': '${env:TEAM}' },
        query: { version: '2 ${env:TEAM}' },
        extraBody: { user: '${env:TEAM}' },
      },
      { TEAM: 'blue' },
    )
    const [request] = server.requests
    assert.equal(request?.path, '/v1/chat/completions?version=2+blue')
    assert.equal(request.headers['x-team'], 'blue')
    assert.equal(JSON.parse(request.body).user, 'blue')
  })

  it('is asked nothing where a variable is not set, and the error names it', async () => {
    for (const fields of [
      { headers: { a: '${env:NOPE}' } },
      { query: { a: '${env:NOPE}' } },
      { extraBody: { a: ['${env:NOPE}'] } },
    ]) {
      for (const mode of ['chat', 'responses', 'messages']) {
        const { error } = await ask({ ...fields, mode })
        assert.equal(error?.code, 'invalid-request')
        assert.match(error.message, /NOPE/)
      }
    }
    assert.equal(server.requests.filter(({ method }) => method === 'POST').length, 0)
  })

  it('can quote no value of a variable in an error', async () => {
    const secret = 'tiny-secret'
    server.answer(jsonReply({ error: { message: `bad user ${secret} in header ${secret}` } }, 400))
    const { error } = await ask({ extraBody: { user: '${env:S}' } }, { S: secret })
    assert.ok(error !== undefined && !error.message.includes(secret), error?.message)
  })
})
