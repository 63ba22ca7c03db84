import assert from 'node:assert/strict'
import { useWireServer, type WireServer } from '../fakes/wireServer.js'
import { contextFor, type Held, held, type Outcome, read } from './harness.js'
import { modelOf } from './requests.js'

/** How one kind of API says it; one line or event each. */
interface Grammar {
  readonly candidate: string
  readonly isLines?: boolean
  readonly begin?: readonly object[]
  text(text: string): readonly object[]
  reasoning(text: string): readonly object[]
  /** One call, its arguments given in these pieces of text. */
  call(at: number, pieces: readonly string[]): readonly object[]
  readonly end: readonly object[]
}

const chunk = (delta: object): object => ({ choices: [{ index: 0, delta, finish_reason: null }] })
const part = (piece: object, more: object = {}): object => ({
  candidates: [{ content: { parts: [piece] }, ...more }],
})
const line = (message: object): object => ({
  message: { role: 'assistant', content: '', ...message },
  done: false,
})
const block = (index: number, start: object, deltas: readonly object[]): object[] => [
  { type: 'content_block_start', index, content_block: start },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
]
const step = (index: number, start: object, deltas: readonly object[]): object[] => [
  { event_type: 'step.start', index, step: start },
  ...deltas.map((delta) => ({ event_type: 'step.delta', index, delta })),
  { event_type: 'step.stop', index },
]

const grammars: readonly Grammar[] = [
  {
    candidate: 'openai-compatible',
    text: (content) => [chunk({ content })],
    reasoning: (text) => [chunk({ reasoning_content: text })],
    call: (index, pieces) =>
      pieces.map((piece, turn) =>
        chunk({
          tool_calls: [
            {
              index,
              ...(turn === 0 ? { id: `c${index}` } : {}),
              function: { name: 'read', arguments: piece },
            },
          ],
        }),
      ),
    end: [{ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }],
  },
  {
    candidate: 'openai',
    text: (delta) => [{ type: 'response.output_text.delta', output_index: 0, delta }],
    reasoning: (delta) => [{ type: 'response.reasoning_text.delta', output_index: 0, delta }],
    call: (at, pieces) => [
      ...pieces.map((delta) => ({
        type: 'response.function_call_arguments.delta',
        output_index: at + 1,
        delta,
      })),
      {
        type: 'response.output_item.done',
        output_index: at + 1,
        item: { type: 'function_call', call_id: `c${at}`, name: 'read' },
      },
    ],
    end: [{ type: 'response.completed', response: { status: 'completed' } }],
  },
  {
    candidate: 'anthropic',
    begin: [{ type: 'message_start', message: {} }],
    text: (text) => block(0, { type: 'text', text: '' }, [{ type: 'text_delta', text }]),
    reasoning: (thinking) =>
      block(0, { type: 'thinking', thinking: '' }, [{ type: 'thinking_delta', thinking }]),
    call: (at, pieces) =>
      block(
        at,
        { type: 'tool_use', id: `c${at}`, name: 'read', input: {} },
        pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
      ),
    end: [{ type: 'message_delta', delta: { stop_reason: 'end_turn' } }, { type: 'message_stop' }],
  },
  {
    candidate: 'google',
    text: (text) => step(0, { type: 'model_output' }, [{ type: 'text', text }]),
    reasoning: (text) => step(0, { type: 'thought' }, [{ type: 'thought_summary', content: { text } }]),
    call: (at, pieces) =>
      step(
        at,
        { type: 'function_call', id: `c${at}`, name: 'read' },
        pieces.map((piece) => ({ type: 'arguments_delta', arguments: piece })),
      ),
    end: [{ event_type: 'interaction.completed', interaction: { status: 'completed' } }],
  },
  {
    candidate: 'google over generateContent',
    text: (text) => [part({ text })],
    reasoning: (text) => [part({ text, thought: true })],
    call: (_at, pieces) => [part({ functionCall: { name: 'read', args: JSON.parse(pieces.join('')) } })],
    end: [part({ text: '' }, { finishReason: 'STOP' })],
  },
  {
    candidate: 'ollama',
    isLines: true,
    text: (content) => [line({ content })],
    reasoning: (thinking) => [line({ thinking })],
    call: (_at, pieces) => [
      line({ tool_calls: [{ function: { name: 'read', arguments: JSON.parse(pieces.join('')) } }] }),
    ],
    end: [{ done: true, done_reason: 'stop' }],
  },
]

const long = 'x'.repeat(100_000)
const times = <T>(count: number, make: (at: number) => readonly T[]): T[] =>
  Array.from({ length: count }, (_, at) => make(at)).flat()

function ask(
  server: WireServer,
  candidate: Held,
  grammar: Grammar,
  events: readonly object[],
): Promise<Outcome> {
  const all = [...(grammar.begin ?? []), ...events, ...grammar.end].map((event) => JSON.stringify(event))
  const body = grammar.isLines === true ? all.join('\n') : all.map((data) => `data: ${data}\n\n`).join('')
  const done = grammar.candidate === 'openai-compatible' ? 'data: [DONE]\n\n' : ''
  const type = grammar.isLines === true ? 'application/x-ndjson' : 'text/event-stream'
  server.answer({ headers: { 'content-type': type }, body: `${body}${done}\n` })
  const model = modelOf(candidate.fixtures, candidate.provider)
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const
  const tools = [{ name: 'read', description: '' }]
  return read(candidate.provider.chat({ model, messages, tools }, contextFor(candidate, server)))
}

for (const grammar of grammars) {
  const candidate = held.find(({ name }) => name === grammar.candidate)
  if (candidate === undefined) throw new Error(`There are no fixtures of ${grammar.candidate}.`)
  describe(`${grammar.candidate}: how long an answer may be`, () => {
    const server = useWireServer()

    it('is 8 million characters of text, and the longer one fails with what came', async () => {
      const whole = await ask(
        server,
        candidate,
        grammar,
        times(80, () => grammar.text(long)),
      )
      assert.deepEqual([whole.error, whole.text.length, whole.finish], [undefined, 8_000_000, 'stop'])
      const { error, text, finish, usage } = await ask(
        server,
        candidate,
        grammar,
        times(90, () => grammar.text(long)),
      )
      assert.equal(error?.code, 'provider-error')
      assert.match(error?.message ?? '', /more than 8,000,000 characters of text/)
      assert.ok(text.length <= 8_000_000 && finish === undefined && usage !== undefined)
    })
    it('is as much of reasoning', async () => {
      const { error, reasoning } = await ask(
        server,
        candidate,
        grammar,
        times(90, () => grammar.reasoning(long)),
      )
      assert.match(error?.message ?? '', /more than 8,000,000 characters of reasoning/)
      assert.ok(reasoning.length <= 8_000_000)
    })
    it('is a million characters of arguments a call', async () => {
      const pieces = (count: number): string[] => ['{"text":"', ...times(count, () => [long]), '"}']
      const fits = await ask(server, candidate, grammar, grammar.call(0, pieces(9)))
      assert.deepEqual([fits.error, fits.toolCalls.length], [undefined, 1])
      const { error, toolCalls } = await ask(server, candidate, grammar, grammar.call(0, pieces(11)))
      assert.equal(error?.code, 'provider-error')
      assert.match(error?.message ?? '', /more than 1,000,000 characters of arguments/)
      assert.deepEqual(toolCalls, [])
    })
    it('is 256 calls', async () => {
      const calls = (count: number): object[] => times(count, (at) => grammar.call(at, [`{"at":${at}}`]))
      const fits = await ask(server, candidate, grammar, calls(256))
      assert.deepEqual([fits.error, fits.toolCalls.length, fits.finish], [undefined, 256, 'toolCalls'])
      const { error, toolCalls } = await ask(server, candidate, grammar, calls(5_000))
      assert.match(error?.message ?? '', /more than 256 tool calls/)
      assert.ok(toolCalls.length <= 256)
    })
  })
}
