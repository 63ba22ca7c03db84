import assert from 'node:assert/strict'
import type { ResponsePart } from '../../../../src/core/chat.js'
import { createResponsesReader } from '../../../../src/providers/openai/stream.js'
import { createToolNames } from '../../../../src/providers/shared/toolSchema.js'
import { createTransport } from '../../../../src/providers/shared/transport.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

async function read(events: readonly unknown[]): Promise<readonly ResponsePart[]> {
  const context = createProviderContext({ provider: 'openai', baseUrl: 'http://127.0.0.1:1' })
  const transport = createTransport(context, {
    provider: { id: 'openai', name: 'OpenAI', location: 'cloud' },
    kind: 'chat',
  })
  const toolNames = createToolNames([])
  const options = { connection: 'work', model: 'm', transport, toolNames, callIds: new Set<string>() }
  const reader = createResponsesReader(options)
  return events.flatMap((event) => [...reader.read(event, '')])
}

const completed = { type: 'response.completed', response: { status: 'completed' } }
const finish = { type: 'finish', reason: 'stop' }
const done = (output_index: number, item: unknown) => ({
  type: 'response.output_item.done',
  output_index,
  item,
})

describe('reading a Responses stream', () => {
  it('does not finish without the terminal event', async () => {
    assert.deepEqual(
      await read([
        { type: 'response.output_text.delta', delta: 'a' },
        { type: 'response.output_text.done', text: 'a' },
      ]),
      [{ type: 'text', text: 'a' }],
    )
  })
  it('goes by the place of an item, since a proxy may give every delta another id', async () => {
    const delta = (item_id: string, text: string) => ({
      type: 'response.output_text.delta',
      output_index: 0,
      item_id,
      delta: text,
    })
    const message = { type: 'message', id: 'm9', content: [{ type: 'output_text', text: 'ab' }] }
    const parts = await read([delta('m1', 'a'), delta('m2', 'b'), done(0, message), completed])
    assert.deepEqual(parts, [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }, finish])
  })
  it('puts a gap between the parts of a summary, and shows one of two kinds of reasoning', async () => {
    const parts = await read([
      { type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 0 },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, delta: 'a' },
      { type: 'response.reasoning_text.delta', output_index: 0, delta: 'x' },
      { type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 1 },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, delta: 'b' },
      completed,
    ])
    assert.deepEqual(
      parts.map((part) => (part.type === 'reasoning' ? part.text : part.type)),
      ['a', '\n\n', 'b', 'finish'],
    )
  })
  it('says what no delta brought, once', async () => {
    const message = { type: 'message', content: [{ type: 'output_text', text: 'whole' }] }
    const whole = [{ type: 'text', text: 'whole' }, finish]
    assert.deepEqual(await read([done(0, message), completed]), whole)
    assert.deepEqual(await read([{ type: 'response.completed', response: { output: [message] } }]), whole)
    assert.deepEqual(
      await read([done(0, message), { type: 'response.completed', response: { output: [message] } }]),
      whole,
    )
  })
  it('keeps a message’s phase to be told again', async () => {
    const [part] = await read([
      { type: 'response.output_text.delta', output_index: 0, delta: 'a' },
      done(0, { type: 'message', phase: 'commentary' }),
    ]).then((parts) => parts.slice(1))
    assert.deepEqual(part?.type === 'reasoning' && part.state?.value, {
      connection: 'work',
      item: { type: 'message', phase: 'commentary' },
    })
  })
  it('takes a call’s input from its deltas where its end has none', async () => {
    const parts = await read([
      { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{"x":' },
      { type: 'response.function_call_arguments.delta', output_index: 1, delta: '1}' },
      done(1, { type: 'function_call', call_id: 'c', name: 'f' }),
      completed,
    ])
    assert.deepEqual(parts, [
      { type: 'toolCall', callId: 'c', name: 'f', input: { x: 1 } },
      { type: 'finish', reason: 'toolCalls' },
    ])
  })
  it('makes no call and keeps no reasoning of an item that was cut', async () => {
    const parts = await read([
      done(0, { type: 'reasoning', status: 'incomplete', encrypted_content: 'half' }),
      done(1, { type: 'function_call', status: 'incomplete', call_id: 'c', name: 'f', arguments: '{"x' }),
      { type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } },
    ])
    assert.deepEqual(parts, [{ type: 'finish', reason: 'length' }])
  })
  it('shows a refusal as text and as the reason', async () => {
    const parts = await read([{ type: 'response.refusal.delta', output_index: 0, delta: 'No.' }, completed])
    assert.deepEqual(parts, [
      { type: 'text', text: 'No.' },
      { type: 'finish', reason: 'refusal' },
    ])
  })
  for (const [shape, event] of [
    ['flat', { type: 'error', code: 'rate_limit_exceeded', message: 'slow', param: null }],
    ['nested', { type: 'error', error: { type: 'x', code: 'rate_limit_exceeded', message: 'slow' } }],
    [
      'of a failed response',
      { type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'slow' } } },
    ],
  ] as const) {
    it(`throws an error that is ${shape}`, async () => {
      await assert.rejects(read([event]), { code: 'rate-limited', retryable: true })
    })
  }
  it('ends as the response’s own status says, whatever its event is called', async () => {
    const ended = async (response: object) => (await read([{ type: 'response.completed', response }])).at(-1)
    const incomplete = (reason: string) => ({ status: 'incomplete', incomplete_details: { reason } })
    assert.deepEqual(await ended({ status: 'incomplete' }), { type: 'finish', reason: 'length' })
    assert.deepEqual(await ended(incomplete('max_output_tokens')), { type: 'finish', reason: 'length' })
    assert.deepEqual(await ended(incomplete('content_filter')), { type: 'finish', reason: 'contentFilter' })
    await assert.rejects(ended({ status: 'failed' }), { code: 'provider-error' })
    await assert.rejects(ended({ status: 'cancelled' }), { code: 'incomplete' })
    await assert.rejects(ended(incomplete('model_error')), { code: 'provider-error' })
  })
  it('ignores events that it does not know', async () => {
    assert.deepEqual(
      await read([null, 'x', {}, { type: 'response.sparkle' }, { type: 'toString' }, completed]),
      [finish],
    )
  })
})
