import assert from 'node:assert/strict'
import type { Message } from '../../../../src/core/chat.js'
import { llamaServer } from '../../../../src/providers/index.js'
import { prepareConversation } from '../../../../src/providers/shared/messages.js'
import {
  bodiesOf,
  collect,
  createCallContext,
  createModel,
  readFixture,
  streamReply,
} from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const png = { type: 'data', mimeType: 'image/png', data: Uint8Array.of(1) } as const
const history: readonly Message[] = [
  { role: 'user', content: [{ type: 'text', text: 'How warm is it?' }] },
  {
    role: 'assistant',
    content: [
      { type: 'text', text: 'I look.' },
      { type: 'toolCall', callId: 'a', name: 'get_weather', input: { city: 'Oslo' } },
      { type: 'toolCall', callId: 'b', name: 'take_picture', input: {} },
    ],
  },
  {
    role: 'user',
    content: [
      {
        type: 'toolResult',
        callId: 'b',
        content: [{ type: 'text', text: 'No camera.' }, png],
        isError: true,
      },
      { type: 'toolResult', callId: 'a', content: [{ type: 'text', text: '4 °C' }] },
    ],
  },
]

describe('calls and results of a model without tools', () => {
  const server = useWireServer()

  it('are told in words, in their order, with what was asked and whether it failed', () => {
    const { messages } = prepareConversation(history, { toolCalling: false })
    const parts = messages.flatMap(({ content }) => content)
    assert.ok(parts.every(({ type }) => type === 'text' || type === 'data'))
    const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text.trim()] : []))
    assert.deepEqual(texts, [
      'How warm is it?',
      'I look.',
      'Called the tool get_weather with {"city":"Oslo"}',
      'Called the tool take_picture with {}',
      'The tool get_weather answered:\n4 °C',
      'The tool take_picture failed:\nNo camera.',
    ])
    assert.deepEqual(
      parts.filter(({ type }) => type === 'data'),
      [png],
    )
  })

  it('stay calls and results where the model has tools, or nothing says that it has none', () => {
    for (const capabilities of [{ toolCalling: true }, {}]) {
      const { messages } = prepareConversation(history, capabilities)
      const types = new Set(messages.flatMap(({ content }) => content.map(({ type }) => type)))
      assert.ok(types.has('toolCall') && types.has('toolResult'))
    }
  })

  it('reach a llama-server as messages that any template knows', async () => {
    server.answer(streamReply('text/event-stream', readFixture('llama-server/text.sse')))
    const model = createModel(llamaServer, 'm', { capabilities: { toolCalling: false, imageInput: false } })
    const context = createCallContext(llamaServer, server, { baseUrl: `${server.origin}/v1` })
    const asked = history.map(
      (message): Message => ({
        ...message,
        content: message.content.map((part) =>
          part.type === 'toolResult'
            ? { ...part, content: part.content.filter(({ type }) => type === 'text') }
            : part,
        ),
      }),
    )
    const { error } = await collect(llamaServer.chat({ model, messages: asked }, context))
    assert.equal(error, undefined)
    const [body] = bodiesOf(server.requests, '/v1/chat/completions')
    const sent = JSON.stringify(body)
    assert.doesNotMatch(sent, /"tool_calls"|"role":"tool"/)
    assert.match(sent, /I look\.\\n\\nCalled the tool get_weather with/)
    assert.match(sent, /The tool take_picture failed:\\nNo camera\./)
  })
})
