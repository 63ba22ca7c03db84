import assert from 'node:assert/strict'
import type { ProviderChatRequest } from '../../../../src/core/provider.js'
import { llamaServer } from '../../../../src/providers/llamaServer.js'
import {
  bodiesOf,
  type CallOptions,
  collect,
  createCallContext,
  createModel,
  jsonReply,
  readFixture,
  streamReply,
} from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const counting = '/v1/chat/completions/input_tokens'

describe('token counts by a llama-server', () => {
  const server = useWireServer()
  const request: ProviderChatRequest = {
    model: createModel(llamaServer, 'qwen3'),
    messages: [{ role: 'user', content: [{ type: 'text', text: 'How warm is it?' }] }],
    tools: [{ name: 'get_weather', description: 'Tells the weather.' }],
    toolMode: 'required',
    parameters: { reasoningEffort: 'none', responseFormat: { type: 'json' } },
  }
  const options: CallOptions = {
    fields: { extraBody: { chat_template_kwargs: { enable_thinking: false } }, headers: {} },
  }
  const contextOf = () =>
    createCallContext(llamaServer, server, { ...options, baseUrl: `${server.origin}/v1` })
  const count = async () => await llamaServer.countTokens?.(request, contextOf())

  it('are of the chat’s very body: tools, effort and template arguments included', async () => {
    server.answer(({ path }) => {
      if (path === counting) return jsonReply({ input_tokens: 24, object: 'response.input_tokens' })
      return streamReply('text/event-stream', readFixture('llama-server/text.sse'))
    })
    assert.equal(await count(), 24)
    await collect(llamaServer.chat(request, contextOf()))
    const [counted] = bodiesOf(server.requests, counting)
    const [chat] = bodiesOf(server.requests, '/v1/chat/completions')
    assert.ok(typeof counted === 'object' && typeof chat === 'object')
    assert.deepEqual({ ...counted, stream: true, stream_options: { include_usage: true } }, chat)
    for (const member of ['tools', 'reasoning_effort', 'chat_template_kwargs', 'response_format'])
      assert.ok(counted !== null && member in counted, member)
  })

  it('are made by the template and the tokenizer where the server is older', async () => {
    server.answer(({ path }) => {
      if (path === '/apply-template') return jsonReply({ prompt: '<|im_start|>user' })
      return path === '/tokenize' ? jsonReply({ tokens: [1, 2, 3] }) : undefined
    })
    assert.equal(await count(), 3)
    const [templated] = bodiesOf(server.requests, '/apply-template')
    assert.ok(typeof templated === 'object' && templated !== null && 'chat_template_kwargs' in templated)
    const tokenized = { model: 'qwen3', content: '<|im_start|>user', add_special: true, parse_special: true }
    assert.deepEqual(bodiesOf(server.requests, '/tokenize'), [tokenized])
  })

  it('fail as the server says, without a second way', async () => {
    server.answer(jsonReply({ error: { message: 'Loading model', type: 'unavailable_error' } }, 503))
    await assert.rejects(count(), { code: 'overloaded' })
    assert.equal(server.requests.length, 1)
  })
})
