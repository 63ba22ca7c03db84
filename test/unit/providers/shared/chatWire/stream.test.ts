import assert from 'node:assert/strict'
import type { ResponsePart, ToolCallPart } from '../../../../../src/core/chat.js'
import { isModelError } from '../../../../../src/core/errors.js'
import { createChatStreamReader } from '../../../../../src/providers/shared/chatWire/stream.js'
import { createToolNames } from '../../../../../src/providers/shared/toolSchema.js'
import { createTransport } from '../../../../../src/providers/shared/transport.js'
import { createProviderContext } from '../../../../fakes/providerContext.js'
import { type Case, createCase, isCertain, tools } from '../../../../fakes/toolCallDeltas.js'
import { createUsage } from '../../../../fakes/usagePipeline.js'

type Delta = Readonly<Record<string, unknown>>

async function read(
  deltas: readonly Delta[],
  finish: string | null = 'stop',
  more: readonly unknown[] = [],
  { callIds = new Set<string | undefined>(), doneEndsAlone = false, sawDone = false } = {},
): Promise<ResponsePart[]> {
  const context = createProviderContext({ provider: 'x', baseUrl: 'http://127.0.0.1:1' })
  const transport = createTransport(context, {
    provider: { id: 'x', name: 'X', location: 'cloud' },
    kind: 'chat',
  })
  const events = [
    ...deltas.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] })),
    ...more,
    { choices: [{ index: 0, delta: {}, finish_reason: finish }] },
  ]
  const toolNames = createToolNames([{ name: 'a.b', description: '' }])
  const options = {
    provider: 'x',
    connection: 'work',
    model: 'm',
    transport,
    toolNames,
    callIds,
    doneEndsAlone,
  }
  const reader = createChatStreamReader(options)
  return [...events.flatMap((event) => [...reader.read(event, '')]), ...reader.end(sawDone)]
}

const usageOf = (parts: readonly ResponsePart[]) =>
  parts.flatMap((part) => (part.type === 'usage' ? [part.usage] : []))[0]
/** Reads one case, as what came out and whether it was refused. */
function readCase({ deltas }: Case) {
  const context = createProviderContext({ provider: 'x', baseUrl: 'http://127.0.0.1:1' })
  const provider = { id: 'x', name: 'X', location: 'cloud' } as const
  const reader = createChatStreamReader({
    provider: 'x',
    connection: 'work',
    model: 'm',
    transport: createTransport(context, { provider, kind: 'chat' }),
    toolNames: createToolNames(tools),
    callIds: new Set<string>(),
    doneEndsAlone: false,
  })
  const choice = (delta: object, finish_reason: string | null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  })
  for (const delta of deltas)
    assert.deepEqual([...reader.read(choice({ tool_calls: [delta] }, null), '')], [])
  assert.deepEqual([...reader.read(choice({}, 'tool_calls'), '')], [])
  const calls: ToolCallPart[] = []
  try {
    for (const part of reader.end(true)) if (part.type === 'toolCall') calls.push(part)
  } catch (error) {
    return { calls, error }
  }
  return { calls, error: undefined }
}

const finishOf = (parts: readonly ResponsePart[]) =>
  parts.flatMap((part) => (part.type === 'finish' ? [part.reason] : []))[0]
const textOf = (parts: readonly ResponsePart[]) =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
const reasoningOf = (parts: readonly ResponsePart[]) =>
  parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join('')

const caseCount = 5_000
const delta0 = (args: string) => ({ tool_calls: [{ index: 0, function: { arguments: args } }] })

describe('reading a Chat Completions stream', () => {
  it('keeps usage that a later chunk zeroes, and finds it inside the choice', async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 4, cost: 0.5 }
    const zeroes = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
    for (const events of [
      [
        { choices: [], usage },
        { choices: [], usage: zeroes },
      ],
      [
        { choices: [], usage: zeroes },
        { choices: [], usage },
      ],
      [{ choices: [{ index: 0, delta: {}, usage }] }],
      [{ choices: [{ index: 0, delta: {}, usage }], usage: null, service_tier: 'default' }],
    ])
      assert.deepEqual(usageOf(await read([{ content: 'a' }], 'stop', events)), {
        ...createUsage({ inputTokens: 9, outputTokens: 4 }),
        billedUsd: 0.5,
      })
  })
  it('says which service tier answered', async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 4 }
    const told = usageOf(await read([], 'stop', [{ choices: [], usage, service_tier: 'flex' }]))
    assert.equal(told?.serviceTier, 'flex')
  })
  it('shows reasoning once where both fields carry it', async () => {
    assert.equal(
      reasoningOf(
        await read([
          { reasoning: 'ab', reasoning_content: 'ab' },
          { reasoning: 'c', reasoning_content: 'c' },
        ]),
      ),
      'abc',
    )
  })
  it('stays with the field that came first', async () => {
    assert.equal(
      reasoningOf(await read([{ reasoning_content: 'a' }, { reasoning: 'x' }, { reasoning_content: 'b' }])),
      'ab',
    )
  })
  it('keeps reasoning with the field it came in, to be sent back', async () => {
    const parts = await read([{ reasoning_content: 'a' }, { content: 'b' }])
    const state = parts.flatMap((part) => (part.type === 'reasoning' && part.state ? [part.state] : []))[0]
    assert.deepEqual(state, { provider: 'x', model: 'm', value: { field: 'reasoning_content', text: 'a' } })
  })
  it('reads content in pieces, and a whole message where a delta belongs', async () => {
    assert.equal(textOf(await read([{ content: [{ type: 'text', text: 'a' }, { type: 'other' }] }])), 'a')
    assert.equal(textOf(await read([], 'stop', [{ choices: [{ message: { content: 'whole' } }] }])), 'whole')
  })
  it('shows a refusal as text and as the reason', async () => {
    const parts = await read([{ refusal: 'I will not.' }])
    assert.deepEqual([textOf(parts), finishOf(parts)], ['I will not.', 'refusal'])
  })
  it('gives tools their own names back', async () => {
    const parts = await read(
      [{ tool_calls: [{ index: 0, id: 'c', function: { name: 'a_b', arguments: '{}' } }] }],
      'tool_calls',
    )
    assert.deepEqual(
      parts.filter(({ type }) => type === 'toolCall'),
      [{ type: 'toolCall', callId: 'c', name: 'a.b', input: {} }],
    )
  })
  it('says toolCalls where a server calls tools and says stop', async () => {
    assert.equal(
      finishOf(
        await read([{ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }] }]),
      ),
      'toolCalls',
    )
  })
  it('makes no call of what the limit cut off', async () => {
    const parts = await read(
      [{ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{"x":' } }] }],
      'length',
    )
    assert.deepEqual(parts, [{ type: 'finish', reason: 'length' }])
  })
  it('fails where the server says that it gave up, by the word of the model’s maker too', async () => {
    await assert.rejects(read([{ content: 'a' }], 'error'), { code: 'provider-error' })
    await assert.rejects(read([{ content: 'a' }], 'abort'), { code: 'incomplete' })
    const hidden = {
      index: 0,
      delta: {},
      finish_reason: 'stop',
      native_finish_reason: 'MALFORMED_FUNCTION_CALL',
    }
    await assert.rejects(read([{ content: 'a' }], null, [{ choices: [hidden] }]), { code: 'provider-error' })
  })
  it('finishes at [DONE] alone only where a row says that its server ends so', async () => {
    const end = async (doneEndsAlone: boolean) =>
      finishOf(await read([{ content: 'a' }], null, [], { doneEndsAlone, sawDone: true }))
    assert.deepEqual([await end(true), await end(false)], ['stop', undefined])
  })
  it('does not finish without a reason', async () => {
    assert.equal(finishOf(await read([{ content: 'a' }], null)), undefined)
  })
  it('takes the last of several counts', async () => {
    const counted = (n: number) => ({ choices: [], usage: { prompt_tokens: 3, completion_tokens: n } })
    const parts = await read([], 'stop', [counted(1), counted(2), { choices: [], usage: null }])
    assert.deepEqual(
      parts.flatMap((part) => (part.type === 'usage' ? [part.usage.outputTokens] : [])),
      [2],
    )
  })
  it('throws an error object in the stream, whatever its shape', async () => {
    for (const error of [{ message: 'x', type: 'server_error' }, 'x', { code: 500, message: 'x' }]) {
      await assert.rejects(read([], 'stop', [{ error }]), { code: 'provider-error' })
    }
  })
  it('ignores events and choices that say nothing', async () => {
    const parts = await read([{ content: null, tool_calls: null }], 'stop', [
      null,
      3,
      {},
      { choices: null },
      { choices: [null] },
    ])
    assert.deepEqual(parts, [{ type: 'finish', reason: 'stop' }])
  })
  it('runs the calls that were meant or none, however a server numbers and cuts them', () => {
    const counts = { exact: 0, refused: 0 }
    for (let seed = 0; seed < caseCount; seed++) {
      const made = createCase(seed)
      const { calls, error } = readCase(made)
      const shown = `seed ${seed}: ${JSON.stringify(made)} became ${JSON.stringify(calls)}`
      const meant = made.calls.map(({ name, input }) => JSON.stringify([name, input]))
      const came = calls.map(({ name, input }) => JSON.stringify([name, input]))
      counts[error === undefined ? 'exact' : 'refused'] += 1
      if (error === undefined) assert.deepEqual(came.toSorted(), meant.toSorted(), shown)
      else {
        assert.ok(isModelError(error) && error.code === 'provider-error', shown)
        assert.ok(!isCertain(made), `refused, ${shown}`)
        assert.ok(came.every((call) => meant.includes(call)) && came.length <= meant.length, shown)
      }
      assert.equal(new Set(calls.map(({ callId }) => callId)).size, calls.length, shown)
    }
    assert.ok(counts.exact > caseCount / 2 && counts.refused > caseCount / 20, JSON.stringify(counts))
  })
  it('blames the server for calls that cannot be told apart', async () => {
    const call = (args: string) => ({
      tool_calls: [{ index: 0, function: { name: 'a_b', arguments: args } }],
    })
    const mixed = [
      call(''),
      { tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] },
      delta0('{}'),
    ]
    await assert.rejects(read(mixed, 'tool_calls'), (error) => {
      assert.ok(isModelError(error))
      assert.match(error.message, /^The server of X \(Work\) sent tool calls .+ that cannot be told apart/)
      assert.match(error.message, /none of them was run/)
      return true
    })
  })
  it('gives no call the id of another one, nor of one in the conversation', async () => {
    const call = (index: number, x: number) => ({
      tool_calls: [{ index, id: 'c', function: { name: 'f', arguments: JSON.stringify({ x }) } }],
    })
    const ids = (await read([call(0, 1), call(1, 2)], 'tool_calls')).flatMap((part) =>
      part.type === 'toolCall' ? [part.callId] : [],
    )
    assert.deepEqual([ids.length, new Set(ids).size], [2, 2])
    const again = await read([call(0, 1)], 'tool_calls', [], { callIds: new Set(['c', 'call_1']) })
    const [renamed] = again.flatMap((part) => (part.type === 'toolCall' ? [part.callId] : []))
    assert.ok(renamed !== undefined && !['c', 'call_1'].includes(renamed))
  })
})
