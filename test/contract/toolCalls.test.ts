import assert from 'node:assert/strict'
import type { Message } from '../../src/core/chat.js'
import { createRandom } from '../fakes/seededRandom.js'
import { type Case, createCase, isCertain, tools } from '../fakes/toolCallDeltas.js'
import { useWireServer, type WireServer } from '../fakes/wireServer.js'
import { contextFor, type Held, held, type Outcome, read } from './harness.js'
import { modelOf } from './requests.js'

const question: readonly Message[] = [{ role: 'user', content: [{ type: 'text', text: 'Read them all.' }] }]

const isChat = ({ fixtures }: Held): boolean => fixtures.chatPath.includes('/chat/completions')
const isResponses = ({ fixtures }: Held): boolean => fixtures.chatPath.includes('/responses')
const isMessages = ({ fixtures }: Held): boolean => fixtures.chatPath.endsWith('/messages')

const casesPerProvider = 60

function sse(events: readonly object[], end = ''): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + end
}

function ask(server: WireServer, candidate: Held, messages: readonly Message[]): Promise<Outcome> {
  const model = modelOf(candidate.fixtures, candidate.provider)
  return read(candidate.provider.chat({ model, messages, tools }, contextFor(candidate, server)))
}

function answer(server: WireServer, body: string): void {
  server.answer({ headers: { 'content-type': 'text/event-stream' }, body })
}

function completions(deltas: readonly object[], choice: object): string {
  const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }
  return sse(
    [
      ...deltas.map((delta) => ({
        choices: [{ index: 0, delta: { tool_calls: [delta] }, finish_reason: null }],
      })),
      { choices: [{ index: 0, delta: {}, ...choice }] },
      { choices: [], usage },
    ],
    'data: [DONE]\n\n',
  )
}

/** The calls that were meant, or a refusal that says whose fault it is. */
function assertMeant(
  made: Pick<Case, 'calls'>,
  { toolCalls, error, usage }: Outcome,
  mustBe: boolean,
  shown: string,
): void {
  const meant = made.calls.map(({ name, input }) => JSON.stringify([name, input]))
  const came = toolCalls.map(({ name, input }) => JSON.stringify([name, input]))
  assert.equal(new Set(toolCalls.map(({ callId }) => callId)).size, toolCalls.length, shown)
  assert.equal(usage?.inputTokens, 7, shown)
  if (error === undefined) return assert.deepEqual(came.toSorted(), meant.toSorted(), shown)
  assert.equal(error.code, 'provider-error', shown)
  assert.ok(!mustBe, `${error.message} ${shown}`)
  assert.ok(
    came.every((call) => meant.includes(call)),
    shown,
  )
}

const called = (index: number, input: string) => ({
  index,
  id: `c${index}`,
  type: 'function',
  function: { name: 'read', arguments: input },
})
const half = '{"city":'

for (const candidate of held.filter(isChat)) {
  describe(`${candidate.name}: tool calls`, () => {
    const server = useWireServer()

    it('are those that were meant or none, however they are numbered and cut, and are paid for in any case', async () => {
      for (let seed = 1_000_000; seed < 1_000_000 + casesPerProvider; seed++) {
        const made = createCase(seed)
        answer(server, completions(made.deltas, { finish_reason: 'tool_calls' }))
        assertMeant(
          made,
          await ask(server, candidate, question),
          isCertain(made),
          `seed ${seed}: ${JSON.stringify(made)}`,
        )
      }
    })
    it('go out before the failure of another one', async () => {
      answer(server, completions([called(0, '{"x":1}'), called(1, half)], { finish_reason: 'tool_calls' }))
      const { toolCalls, error, finish, usage } = await ask(server, candidate, question)
      assert.deepEqual(
        toolCalls.map(({ input }) => input),
        [{ x: 1 }],
      )
      assert.deepEqual([error?.code, finish, usage?.outputTokens], ['provider-error', undefined, 5])
    })
    for (const choice of [
      { finish_reason: 'length' },
      { finish_reason: 'tool_calls', native_finish_reason: 'MAX_TOKENS' },
      { finish_reason: 'tool_calls', native_finish_reason: 'length' },
      { finish_reason: 'stop', native_finish_reason: 'max_output_tokens' },
    ]) {
      it(`that a limit has cut are none, and end the answer so: ${JSON.stringify(choice)}`, async () => {
        answer(server, completions([called(0, '{"x":1}'), called(1, half)], choice))
        const { toolCalls, error, finish, usage } = await ask(server, candidate, question)
        assert.deepEqual(
          toolCalls.map(({ input }) => input),
          [{ x: 1 }],
        )
        assert.deepEqual([error, finish, usage?.outputTokens], [undefined, 'length', 5])
      })
    }
    it('take back what the server put beside them, and give it to no other model', async () => {
      const google = { google: { thought_signature: 'c2ln' } }
      const beside = { ...called(0, '{"x":1}'), extra_content: google }
      const inside = {
        ...called(1, '{"x":2}'),
        function: { name: 'read', arguments: '{"x":2}', trace: 'abc' },
      }
      answer(server, completions([beside, inside], { finish_reason: 'tool_calls' }))
      const { parts } = await ask(server, candidate, question)
      const said = parts.filter(
        (part) => part.type === 'text' || part.type === 'reasoning' || part.type === 'toolCall',
      )
      const results = said.flatMap((part) =>
        part.type === 'toolCall'
          ? [{ type: 'toolResult', callId: part.callId, content: [{ type: 'text', text: 'ok' }] } as const]
          : [],
      )
      const messages: readonly Message[] = [
        ...question,
        { role: 'assistant', content: said },
        { role: 'user', content: results },
      ]
      const sent = await sentCalls(server, candidate, messages)
      assert.deepEqual(
        sent.map(({ extra_content: extra }) => extra),
        [google, undefined],
      )
      assert.deepEqual(
        sent.map((call) => call.function.trace),
        [undefined, 'abc'],
      )
      const model = { ...modelOf(candidate.fixtures, candidate.provider), id: 'another' }
      server.clear()
      await read(candidate.provider.chat({ model, messages, tools }, contextFor(candidate, server)))
      assert.ok(!server.requests.some(({ body }) => /c2ln|"trace"/.test(body)))
    })
  })
}

interface SentCall {
  readonly extra_content?: unknown
  readonly function: { readonly trace?: string }
}

async function sentCalls(
  server: WireServer,
  candidate: Held,
  messages: readonly Message[],
): Promise<readonly SentCall[]> {
  server.clear()
  await ask(server, candidate, messages)
  const body: { messages: { tool_calls?: SentCall[] }[] } = JSON.parse(server.requests[0]?.body ?? '{}')
  return body.messages.flatMap((message) => message.tool_calls ?? [])
}

/** How a server of Responses numbers its items. */
const numberings = ['index', 'text', 'id', 'zero', 'rotating', 'shared'] as const

function placeOf(numbering: (typeof numberings)[number], at: number): object {
  if (numbering === 'id') return {}
  if (numbering === 'text') return { output_index: String(at) }
  return { output_index: numbering === 'zero' ? 0 : at }
}

/** One to four calls as items, told in one of several ways. */
function createResponse(seed: number) {
  const made = createCase(seed)
  const random = createRandom(Math.imul(seed + 1, 40_503))
  const below = (count: number): number => Math.floor(random() * count)
  for (let warm = 0; warm < 4; warm++) random()
  const numbering = numberings[below(numberings.length)] ?? 'index'
  const hasArguments = below(3) > 0
  const hasEnds = below(4) > 0
  const output = made.calls.map(({ name, input }, at) => ({
    type: 'function_call',
    id: `fc_${at}`,
    call_id: numbering === 'shared' ? 'call-x' : `call-${at}`,
    name,
    status: 'completed',
    arguments: JSON.stringify(input),
  }))
  const events = output.flatMap((item, at) => {
    const place = placeOf(numbering, at)
    const idOf = (turn: number): string => (numbering === 'rotating' ? `fc_${at}_${turn}` : item.id)
    const pieces = item.arguments.match(/.{1,5}/gsu) ?? []
    const told = hasArguments ? item : { ...item, arguments: undefined }
    return [
      { type: 'response.output_item.added', ...place, item: { ...item, id: idOf(0), arguments: '' } },
      ...pieces.map((delta, turn) => ({
        type: 'response.function_call_arguments.delta',
        ...place,
        item_id: idOf(turn + 1),
        delta,
      })),
      ...(hasEnds ? [{ type: 'response.output_item.done', ...place, item: { ...told, id: idOf(99) } }] : []),
    ]
  })
  const usage = { input_tokens: 7, output_tokens: 5, total_tokens: 12 }
  const response = { status: 'completed', usage, ...(below(2) === 0 || !hasEnds ? { output } : {}) }
  const isClear = numbering !== 'shared' && (numbering !== 'zero' || (hasArguments && hasEnds))
  return { made, body: sse([...events, { type: 'response.completed', response }]), isClear }
}

for (const candidate of held.filter(isResponses)) {
  describe(`${candidate.name}: tool calls`, () => {
    const server = useWireServer()

    it('are those that were meant or none, however their items are numbered, and are paid for in any case', async () => {
      for (let seed = 0; seed < casesPerProvider * 4; seed++) {
        const { made, body, isClear } = createResponse(seed)
        answer(server, body)
        assertMeant(made, await ask(server, candidate, question), isClear, `seed ${seed}: ${body}`)
      }
    })
    it('go out before the failure of another one', async () => {
      const item = (at: number, input: string) => ({
        type: 'response.output_item.done',
        output_index: at,
        item: { type: 'function_call', call_id: `c${at}`, name: 'read', arguments: input },
      })
      const usage = { input_tokens: 7, output_tokens: 5 }
      const end = { type: 'response.completed', response: { status: 'completed', usage } }
      answer(server, sse([item(0, '{"x":1}'), item(1, half), end]))
      const { toolCalls, error, finish, usage: told } = await ask(server, candidate, question)
      assert.deepEqual(
        toolCalls.map(({ input }) => input),
        [{ x: 1 }],
      )
      assert.deepEqual([error?.code, finish, told?.outputTokens], ['provider-error', undefined, 5])
    })
    it('of a response that failed are paid for', async () => {
      const usage = { input_tokens: 7, output_tokens: 5 }
      const response = { error: { code: 'server_error', message: 'x' }, usage }
      answer(server, sse([{ type: 'response.failed', response }]))
      const outcome = await ask(server, candidate, question)
      assert.deepEqual([outcome.error?.code, outcome.usage?.outputTokens], ['provider-error', 5])
    })
  })
}

for (const candidate of held.filter(isMessages)) {
  describe(`${candidate.name}: tool calls`, () => {
    const server = useWireServer()
    const start = { type: 'message_start', message: { usage: { input_tokens: 7, output_tokens: 1 } } }
    const begin = (index: number, id = `t${index}`) => ({
      type: 'content_block_start',
      index,
      content_block: { type: 'tool_use', id, name: 'read', input: {} },
    })
    const piece = (index: number, json: string) => ({
      type: 'content_block_delta',
      index,
      delta: { type: 'input_json_delta', partial_json: json },
    })
    const stop = (index: number) => ({ type: 'content_block_stop', index })
    const end = (reason: string) => [
      { type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: 5 } },
      { type: 'message_stop' },
    ]

    it('go out before the failure of another one', async () => {
      for (const reason of ['tool_use', 'max_tokens']) {
        const blocks = [begin(0), piece(0, '{"x":1}'), stop(0), begin(1), piece(1, half), stop(1)]
        answer(server, sse([start, ...blocks, ...end(reason)]))
        const { toolCalls, error, finish, usage } = await ask(server, candidate, question)
        assert.deepEqual(
          toolCalls.map(({ input }) => input),
          [{ x: 1 }],
        )
        const ended = reason === 'max_tokens' ? [undefined, 'length'] : ['provider-error', undefined]
        assert.deepEqual([error?.code, finish, usage?.outputTokens], [...ended, 5])
      }
    })
    it('of a message that failed are paid for', async () => {
      const failure = { type: 'error', error: { type: 'api_error', message: 'x' } }
      answer(server, sse([start, begin(0), piece(0, half), failure]))
      const { error, usage, toolCalls } = await ask(server, candidate, question)
      assert.deepEqual([error?.code, usage?.inputTokens, toolCalls.length], ['provider-error', 7, 0])
    })
    it('of one number are told apart where each ends before the next, and else refused', async () => {
      const one = [begin(0, 'a'), piece(0, '{"x":1}'), stop(0), begin(0, 'a'), piece(0, '{"x":2}'), stop(0)]
      answer(server, sse([start, ...one, ...end('tool_use')]))
      const { toolCalls } = await ask(server, candidate, question)
      assert.deepEqual(
        toolCalls.map(({ input }) => input),
        [{ x: 1 }, { x: 2 }],
      )
      assert.equal(new Set(toolCalls.map(({ callId }) => callId)).size, 2)
      for (const mixed of [
        [begin(0, 'a'), begin(0, 'b'), piece(0, '{"x":1}'), stop(0)],
        [begin(0, 'a'), begin(1, 'b'), piece(2, '{"x":1}'), stop(0), stop(1)],
        [begin(0, 'a'), stop(0), piece(0, '{"x":1}')],
      ]) {
        answer(server, sse([start, ...mixed, ...end('tool_use')]))
        const { error, usage } = await ask(server, candidate, question)
        assert.match(error?.message ?? '', /cannot be told apart/)
        assert.equal(usage?.inputTokens, 7)
      }
    })
  })
}
