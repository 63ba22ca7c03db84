import assert from 'node:assert/strict'
import { useWireServer, type WireServer } from '../fakes/wireServer.js'
import { contextFor, type Held, held, type Outcome, read } from './harness.js'
import { modelOf, requestFor } from './requests.js'

const events = (...all: readonly unknown[]): string =>
  all.map((each) => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`).join('')

const choice = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
})
const usage = { choices: [], usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 } }
const usageMetadata = { promptTokenCount: 9, totalTokenCount: 9 }
const content = (parts: readonly object[], rest: object = { finishReason: 'STOP' }) => ({
  candidates: [{ content: { role: 'model', parts }, ...rest }],
  usageMetadata,
})
const message = (stop_reason: string, ...blocks: readonly unknown[]) => [
  { type: 'message_start', message: { id: 'm', role: 'assistant', content: [], usage: { input_tokens: 9 } } },
  ...blocks,
  { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 0 } },
  { type: 'message_stop' },
]

/** Answers with nothing in them, by the path that chats are asked at. */
const empty: readonly { readonly path: RegExp; readonly bodies: readonly string[] }[] = [
  {
    path: /chat\/completions/,
    bodies: [
      events(choice({ role: 'assistant', content: '' }), choice({}, 'stop'), usage, '[DONE]'),
      events(choice({ content: '' }, 'stop')),
      events(choice({ content: ' \n' }), choice({ content: null }, 'stop'), '[DONE]'),
      events(choice({ content: [], tool_calls: [] }, 'tool_calls'), '[DONE]'),
      events(choice({ reasoning_content: '' }, 'end_turn'), '[DONE]'),
    ],
  },
  {
    path: /responses/,
    bodies: [
      events({ type: 'response.completed', response: { status: 'completed', output: [] } }),
      events(
        {
          type: 'response.output_item.done',
          output_index: 0,
          item: { type: 'reasoning', id: 'r', summary: [] },
        },
        { type: 'response.completed', response: { status: 'completed' } },
      ),
    ],
  },
  {
    path: /messages/,
    bodies: [
      events(...message('end_turn')),
      events(
        ...message(
          'end_turn',
          { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
          { type: 'content_block_stop', index: 0 },
        ),
      ),
    ],
  },
  {
    path: /streamGenerateContent/,
    bodies: [
      events(content([])),
      events(content([{ text: '' }])),
      events(content([{ text: '', thoughtSignature: 'c2ln' }])),
      events({ candidates: [{ finishReason: 'STOP' }], usageMetadata }),
    ],
  },
  {
    path: /interactions/,
    bodies: [events({ event_type: 'interaction.completed', interaction: { status: 'completed' } })],
  },
  {
    path: /api\/chat/,
    bodies: [
      '{"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}\n',
      '{"message":{"role":"assistant","content":"\\n"},"done":false}\n{"done":true,"done_reason":"load"}\n',
    ],
  },
]

for (const candidate of held) {
  describe(`${candidate.name}: an answer with nothing in it`, () => {
    const server = useWireServer()
    const bodies = empty.find(({ path }) => path.test(candidate.fixtures.chatPath))?.bodies ?? []

    it('is a failure of its own, worth another try, and nothing of it is shown', async () => {
      assert.ok(bodies.length > 0, candidate.fixtures.chatPath)
      for (const body of bodies) {
        const outcome = await ask(candidate, server, body)
        assert.deepEqual([outcome.error?.code, outcome.error?.retryable], ['empty-response', true], body)
        assert.deepEqual(
          outcome.parts.filter(({ type }) => type !== 'usage'),
          [],
        )
        assert.match(
          outcome.error?.message ?? '',
          /nothing was in it\. Try again, or choose another model\.$/,
        )
      }
    })
  })
}

describe('Chat Completions: an end with nothing before it', () => {
  const server = useWireServer()
  const candidate = held.find(({ name }) => name === 'openai-compatible')
  assert.ok(candidate !== undefined)

  it('is empty where it is [DONE] alone, or a list of no choices before it, and cut without [DONE]', async () => {
    for (const body of [events('[DONE]'), events({ choices: [] }, '[DONE]'), events(usage, '[DONE]')])
      assert.equal((await ask(candidate, server, body)).error?.code, 'empty-response', body)
    for (const body of ['', events({ choices: [] })])
      assert.equal((await ask(candidate, server, body)).error?.code, 'incomplete', body)
  })

  it('names the output limit where that is why, and does not ask for the same again', async () => {
    const { error, usage: told } = await ask(
      candidate,
      server,
      events(choice({ content: '' }, 'length'), usage),
    )
    assert.deepEqual([error?.code, error?.retryable, told?.inputTokens], ['empty-response', false, 9])
    assert.match(error?.message ?? '', /reached the output limit .+ Allow a longer output/)
  })

  it('is filtered where the server says so', async () => {
    const { error } = await ask(candidate, server, events(choice({}, 'content_filter'), '[DONE]'))
    assert.deepEqual([error?.code, error?.retryable], ['content-filtered', false])
  })

  it('is none beside a call, a thought, or white space before a word', async () => {
    const call = { index: 0, id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } }
    for (const delta of [{ tool_calls: [call] }, { reasoning_content: 'Hm.' }])
      assert.equal((await ask(candidate, server, events(choice(delta, 'stop'), '[DONE]'))).error, undefined)
    const spaced = await ask(
      candidate,
      server,
      events(choice({ content: '\n ' }), choice({ content: 'It is' }, 'stop'), '[DONE]'),
    )
    assert.equal(spaced.text, '\n It is')
  })
})

function ask(candidate: Held, server: WireServer, body: string): Promise<Outcome> {
  const type = /api\/chat/.test(candidate.fixtures.chatPath) ? 'application/x-ndjson' : 'text/event-stream'
  server.answer({ headers: { 'content-type': type }, body })
  const request = requestFor('text', modelOf(candidate.fixtures, candidate.provider))
  return read(candidate.provider.chat(request, contextFor(candidate, server)))
}
