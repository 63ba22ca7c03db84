import assert from 'node:assert/strict'
import type { ResponsePart } from '../../../../../src/core/chat.js'
import { ModelError } from '../../../../../src/core/errors.js'
import { createInteractionReader } from '../../../../../src/providers/google/interactions/stream.js'
import { createGeminiNames } from '../../../../../src/providers/google/names.js'
import type { Subject } from '../../../../../src/providers/shared/subject.js'

const subject: Subject = {
  provider: 'google',
  providerName: 'Google Gemini',
  connection: 'Google Gemini',
  host: 'gemini.test',
  location: 'cloud',
  secrets: () => [],
}

const createReader = () =>
  createInteractionReader({
    subject,
    model: 'gemini-3.7-flash',
    names: createGeminiNames([]),
    callIds: new Set(),
    bodyError: (body) => new ModelError({ code: 'provider-error', message: JSON.stringify(body) }),
  })

type Event = Record<string, unknown>

const start = (index: number, step: object): Event => ({ event_type: 'step.start', index, step })
const delta = (index: number, of: object): Event => ({ event_type: 'step.delta', index, delta: of })
const stop = (index: number): Event => ({ event_type: 'step.stop', index })
const completed = (status: string, rest: object = {}): Event => ({
  event_type: 'interaction.completed',
  interaction: { status, ...rest },
})
const text = (...texts: string[]): Event[] => [
  start(0, { type: 'model_output' }),
  ...texts.map((each) => delta(0, { type: 'text', text: each })),
  stop(0),
]

function read(events: readonly Event[], reader = createReader()): ResponsePart[] {
  return [...events.flatMap((event) => [...reader.read(event)]), ...reader.end()]
}

const finishOf = (parts: readonly ResponsePart[]) => parts.find((part) => part.type === 'finish')?.reason
const inputsOf = (parts: readonly ResponsePart[]) =>
  parts.flatMap((part) => (part.type === 'toolCall' ? [part.input] : []))

describe('an interaction', () => {
  it('ends as its status says, and with no other event', () => {
    const reasons = ['completed', 'requires_action', 'incomplete', 'budget_exceeded', 'a_new_one'].map(
      (status) => finishOf(read([...text('It'), completed(status)])),
    )
    assert.deepEqual(reasons, ['stop', 'stop', 'length', 'length', 'other'])
    assert.equal(
      finishOf(read([...text('It'), { event_type: 'interaction.status_update', status: 'completed' }])),
      undefined,
    )
    assert.equal(finishOf(read(text('It'))), undefined)
  })

  it('fails where it says so, with what it says', () => {
    for (const event of [
      completed('failed', { errors: [{ code: 'malformed_function_call', message: 'no' }] }),
      completed('cancelled'),
      { event_type: 'error' },
      start(0, { type: 'model_output', error: { code: 3, message: 'no' } }),
    ])
      assert.throws(() => read([event]), { code: 'provider-error' })
  })

  it('puts the arguments of a call together, under whichever number they come', () => {
    const call = (id: string) => ({ type: 'function_call', id, name: 'look', arguments: {} })
    const pieces = (index: number) => [
      delta(index, { type: 'arguments_delta', arguments: '{"at":' }),
      delta(index, { type: 'arguments_delta', arguments: '"it"}' }),
    ]
    const thought = start(0, { type: 'thought' })
    assert.deepEqual(
      inputsOf(read([thought, start(1, call('a')), ...pieces(0), stop(1), completed('requires_action')])),
      [{ at: 'it' }],
    )
    assert.deepEqual(
      inputsOf(
        read([
          start(0, call('a')),
          start(1, call('b')),
          ...pieces(1),
          ...pieces(0),
          completed('requires_action'),
        ]),
      ),
      [{ at: 'it' }, { at: 'it' }],
    )
  })

  it('takes arguments that come whole, and none at all', () => {
    const whole = start(0, { type: 'function_call', id: 'a', name: 'look', arguments: { at: 'it' } })
    const none = start(1, { type: 'function_call', id: 'b', name: 'look' })
    assert.deepEqual(inputsOf(read([whole, stop(0), none, stop(1), completed('requires_action')])), [
      { at: 'it' },
      {},
    ])
  })

  it('fails at arguments that are no JSON object, unless the limit cut them off', () => {
    const half = [
      start(0, { type: 'function_call', id: 'a', name: 'look', arguments: {} }),
      delta(0, { type: 'arguments_delta', arguments: '{"at":' }),
    ]
    assert.throws(() => read([...half, completed('requires_action')]), /look.+not a JSON object/)
    const parts = read([...half, completed('incomplete')])
    assert.deepEqual([inputsOf(parts), finishOf(parts)], [[], 'length'])
  })

  it('refuses arguments that may be of several calls, and calls none of them', () => {
    const call = (index: number, id: string) => start(index, { type: 'function_call', id, name: 'look' })
    const piece = (index: number) => delta(index, { type: 'arguments_delta', arguments: '{"at":"it"}' })
    for (const mixed of [
      [call(0, 'a'), call(1, 'b'), piece(2)],
      [call(0, 'a'), call(0, 'b'), piece(0)],
      [call(0, 'a'), stop(0), piece(0)],
    ])
      assert.throws(() => read([...mixed, completed('requires_action')]), /cannot be told apart/)
  })

  it('keeps a thought as it came, and one without a signature not at all', () => {
    const summary = { type: 'text', text: 'Hm.' }
    const thought = (signature: string) => [
      start(0, { type: 'thought' }),
      delta(0, { type: 'thought_summary', content: summary }),
      delta(0, { type: 'thought_signature', signature }),
      stop(0),
      completed('completed'),
    ]
    const kept = (signature: string) =>
      read(thought(signature)).flatMap((part) =>
        part.type === 'reasoning' ? [part.state?.value ?? part.text] : [],
      )
    assert.deepEqual(kept('c2ln'), [
      'Hm.',
      { api: 'interactions', item: { type: 'thought', signature: 'c2ln', summary: [summary] } },
    ])
    assert.deepEqual(kept(''), ['Hm.'])
  })

  it('passes on what a model makes beside text', () => {
    const parts = read([
      start(0, { type: 'model_output' }),
      delta(0, { type: 'image', mime_type: 'image/png', data: 'iVBORw0KGgo=' }),
      completed('completed'),
    ])
    assert.deepEqual(parts[0]?.type === 'data' && [parts[0].mimeType, parts[0].data.length], ['image/png', 8])
  })

  it('goes on in a further request where it says so, and counts the tokens of all', () => {
    const reader = createReader()
    const usage = {
      total_input_tokens: 10,
      total_output_tokens: 5,
      total_thought_tokens: 2,
      total_cached_tokens: 4,
    }
    const first = [...text('It is '), completed('requires_continuation', { continuation_token: 't1', usage })]
    for (const event of first) Array.from(reader.read(event))
    assert.equal(reader.continuation(), 't1')
    reader.begin()
    const parts = read([...text('warm.'), completed('completed', { usage })], reader)
    assert.equal(reader.continuation(), undefined)
    assert.equal(finishOf(parts), 'stop')
    const counted = parts.find((part) => part.type === 'usage')?.usage
    assert.deepEqual(
      [
        counted?.inputTokens,
        counted?.outputTokens,
        counted?.reasoningOutputTokens,
        counted?.cacheReadInputTokens,
      ],
      [20, 14, 4, 8],
    )
  })
})
