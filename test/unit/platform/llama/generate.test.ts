import assert from 'node:assert/strict'
import type { Message, ResponsePart, Tool } from '../../../../src/core/chat.js'
import { ask, collect, never, textOf, useModelFolder, useTestEngine } from './support.js'

/** As an editor's tool is described: optional values, references, alternatives. */
const weather: Tool = {
  name: 'getWeather',
  description: 'Tells the weather of a city.',
  inputSchema: {
    $defs: { unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
    type: 'object',
    properties: {
      city: { type: 'string', description: 'Its name', minLength: 1 },
      unit: { $ref: '#/$defs/unit' },
      days: {
        anyOf: [
          { type: 'integer', minimum: 1 },
          { type: 'array', items: { type: 'integer' } },
        ],
      },
      place: { type: 'object', properties: { country: { type: 'string' } }, additionalProperties: false },
    },
    required: ['city'],
    additionalProperties: false,
  },
}

/** What the model writes between the name and the end of its call; every chunk is one token of its script. */
const writtenInput = [
  '(',
  '{"',
  'city',
  '": "',
  'Paris',
  '", "',
  'unit',
  '": ',
  'null',
  ', "days": null',
  ', "place": null',
  '}',
  ')',
]

type Part<T extends ResponsePart['type']> = Extract<ResponsePart, { type: T }>

function only<T extends ResponsePart['type']>(parts: readonly ResponsePart[], type: T): Part<T> {
  const found = parts.filter((part): part is Part<T> => part.type === type)
  assert.equal(found.length, 1)
  const [part] = found
  assert.ok(part !== undefined)
  return part
}

describe('a generation with tools', () => {
  const engine = useTestEngine()
  const folder = useModelFolder()
  let caller: string

  before(async () => {
    const reply = ['I ', 'look. ', '||call: ', 'getWeather', ...writtenInput]
    caller = await folder.write('caller.gguf', { kind: 'script', reply })
  })

  it('hands a call to whoever asked, with an id, without what the model had to leave empty', async () => {
    const parts = await collect(engine.chat(ask(caller, 'Weather?', { tools: [weather] }), never))
    const call = only(parts, 'toolCall')
    assert.match(call.callId, /^call_./)
    assert.deepEqual([call.name, call.input], ['getWeather', { city: 'Paris' }])
    assert.equal(textOf(parts).trim(), 'I look.')
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'toolCalls' })
  })

  it('gives calls of the same conversation different ids', async () => {
    const request = ask(caller, 'Weather?', { tools: [weather] })
    const first = only(await collect(engine.chat(request, never)), 'toolCall')
    const second = only(await collect(engine.chat(request, never)), 'toolCall')
    assert.notEqual(first.callId, second.callId)
  })

  it('hands over several calls of one turn, each with an id of its own', async () => {
    const go: Tool = {
      name: 'go',
      description: 'Moves on.',
      inputSchema: { type: 'object', properties: { steps: { enum: [1, 2] } }, required: ['steps'] },
    }
    const reply = ['||call: ', 'go', '(', '{"', 'steps', '": ', '1', '}', ')', ' next']
    // Of the chat formats that allow several calls, this one is chosen by a model's name alone.
    const file = await folder.write('several.gguf', {
      kind: 'script',
      reply,
      name: 'Llama 3',
      drop: ['tokenizer.chat_template'],
    })
    const request = ask(file, 'Go!', { tools: [go], parameters: { maxOutputTokens: 40, temperature: 0 } })
    const parts = await collect(engine.chat(request, never))
    const calls = parts.filter((part): part is Part<'toolCall'> => part.type === 'toolCall')
    assert.ok(calls.length > 1)
    assert.ok(calls.every(({ name, input }) => name === 'go' && input['steps'] === 1))
    assert.equal(new Set(calls.map(({ callId }) => callId)).size, calls.length)
  })

  it('answers from a tool’s result', async () => {
    const first = await collect(engine.chat(ask(caller, 'Weather?', { tools: [weather] }), never))
    const call = only(first, 'toolCall')
    const messages: Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
      { role: 'assistant', content: [call] },
      {
        role: 'user',
        content: [
          { type: 'toolResult', callId: call.callId, content: [{ type: 'text', text: 'Sun over Paris' }] },
        ],
      },
    ]
    const answerer = await folder.write('answerer.gguf', { kind: 'script', reply: 'It is sunny there.' })
    const longer = await collect(engine.chat({ file: answerer, messages, tools: [weather] }, never))
    assert.equal(textOf(longer), 'It is sunny there.')
    const shorter = await collect(
      engine.chat({ file: answerer, messages: messages.slice(0, 2), tools: [weather] }, never),
    )
    const tokens = await engine.countTokens(answerer, 'Sun over Paris', never)
    const grown = only(longer, 'usage').usage.inputTokens - only(shorter, 'usage').usage.inputTokens
    const replaced = await engine.countTokens(answerer, 'The tool was not run.', never)
    assert.equal(grown, tokens - replaced)
  })

  it('begins with a call where one is required', async () => {
    const reply = ['getWeather', ...writtenInput]
    const file = await folder.write('required.gguf', { kind: 'script', reply })
    const request = ask(file, 'Weather?', { tools: [weather], toolMode: 'required' })
    const parts = await collect(engine.chat(request, never))
    assert.deepEqual(only(parts, 'toolCall').input, { city: 'Paris' })
    assert.equal(textOf(parts), '')
  })

  it('keeps a model to the tool’s schema, whatever it would rather say', async () => {
    const file = await folder.write('stubborn.gguf', { kind: 'random' })
    const tool: Tool = {
      name: 'choose',
      description: 'Chooses.',
      inputSchema: { type: 'object', properties: { side: { enum: ['left', 'right'] } }, required: ['side'] },
    }
    const request = ask(file, 'Choose!', { tools: [tool], toolMode: 'required', parameters: { seed: 7 } })
    const { name, input } = only(await collect(engine.chat(request, never)), 'toolCall')
    assert.equal(name, 'choose')
    assert.ok(input['side'] === 'left' || input['side'] === 'right')
  })

  it('answers in plain text when it does not call', async () => {
    const file = await folder.write('plain.gguf', { kind: 'script', reply: 'No tool is needed.' })
    const parts = await collect(engine.chat(ask(file, 'Hello', { tools: [weather] }), never))
    assert.equal(textOf(parts), 'No tool is needed.')
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' })
  })

  it('gives the same answer for the same seed', async () => {
    const file = await folder.write('random.gguf', { kind: 'random', seed: 3 })
    const request = ask(file, 'Hello', { parameters: { seed: 42, maxOutputTokens: 12 } })
    const first = textOf(await collect(engine.chat(request, never)))
    assert.equal(textOf(await collect(engine.chat(request, never))), first)
  })

  it('serves a prompt of 100 KB by a model with a window in seconds, and says how long it was', async () => {
    const file = await folder.write('window.gguf', {
      kind: 'script',
      reply: 'Read it all.',
      window: 128,
      context: 262_144,
    })
    const parts = await collect(engine.chat(ask(file, 'word '.repeat(20_000)), never))
    assert.equal(textOf(parts), 'Read it all.')
    assert.ok(only(parts, 'usage').usage.inputTokens > 20_000)
  })
})
