import assert from 'node:assert/strict'
import { createAnthropic } from '../../../../src/providers/anthropic.js'
import { createChat, streamReply } from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const start = { type: 'message_start', message: { usage: { input_tokens: 5, output_tokens: 1 } } }
const end = (reason: string) => [
  { type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
]

describe('the Messages stream', () => {
  const server = useWireServer()
  const chat = createChat({ create: createAnthropic, server, model: 'claude-test-4-8' })
  const answer = (blocks: readonly object[], reason = 'end_turn') => {
    const lines = [start, ...blocks, ...end(reason)].map((event) => `data: ${JSON.stringify(event)}\n\n`)
    server.answer(streamReply('text/event-stream', lines.join('')))
    return chat()
  }

  for (const wrong of [7, true, {}, { toString: 2 }, ['a']])
    it(`leaves out text and thoughts that are ${JSON.stringify(wrong)}, not text`, async () => {
      const { parts, error } = await answer([
        { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: wrong } },
        { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: wrong } },
        { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: wrong } },
        { type: 'content_block_stop', index: 0 },
        { type: 'content_block_start', index: 1, content_block: { type: 'text', text: wrong } },
        { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: wrong } },
        { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Fine.' } },
        { type: 'content_block_stop', index: 1 },
      ])
      assert.equal(error, undefined)
      assert.deepEqual(
        parts.filter(({ type }) => type === 'text' || type === 'reasoning'),
        [{ type: 'text', text: 'Fine.' }],
      )
    })

  const call = (piece: unknown) => [
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'a', name: 'look', input: {} },
    },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: piece } },
    { type: 'content_block_stop', index: 0 },
  ]

  it('takes arguments that come as an object', async () => {
    const { parts, error } = await answer(call({ place: 'Oslo' }), 'tool_use')
    assert.equal(error, undefined)
    const calls = parts.filter(({ type }) => type === 'toolCall')
    assert.deepEqual(calls, [{ type: 'toolCall', callId: 'a', name: 'look', input: { place: 'Oslo' } }])
  })

  it('refuses a call whose arguments are no object, and does not run it without any', async () => {
    const { parts, error } = await answer(call(5), 'tool_use')
    assert.equal(error?.code, 'provider-error')
    assert.ok(parts.every(({ type }) => type !== 'toolCall'))
  })
})
