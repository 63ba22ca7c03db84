import assert from 'node:assert/strict'
import { GoogleGenAI } from '@google/genai'
import * as fc from 'fast-check'
import type { Message, ReasoningPart, ResponsePart } from '../../../src/core/chat.js'
import type { ProviderChatRequest } from '../../../src/core/provider.js'
import { google } from '../../../src/providers/google.js'
import {
  bodiesOf,
  type CallOptions,
  collect,
  createCallContext,
  createModel,
  readFixture,
  streamReply,
} from '../../fakes/providerCalls.js'
import { type Reply, split, useWireServer, type WireServer } from '../../fakes/wireServer.js'

const modelId = 'gemini-3.7-flash'
const hello: Message = { role: 'user', content: [{ type: 'text', text: 'Hello' }] }
const older = { api: 'generateContent' }
const olderPath = `/v1beta/models/${modelId}:streamGenerateContent?alt=sse`
const newerPath = '/v1beta/interactions'

const events = (body: Reply['body']) => streamReply('text/event-stream', body)
const sse = (...all: object[]) => all.map((each) => `data: ${JSON.stringify(each)}\n\n`).join('')

/** What both ways of reading an answer have in common. */
interface Understood {
  text: string
  thought: string
  calls: object[]
  outputTokens: number | undefined
}

function understood(parts: readonly ResponsePart[]): Understood {
  return {
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    thought: parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    calls: parts.flatMap((part) =>
      part.type === 'toolCall' ? [{ name: part.name, input: part.input }] : [],
    ),
    outputTokens: parts.find((part) => part.type === 'usage')?.usage.outputTokens,
  }
}

function official(server: WireServer): GoogleGenAI {
  return new GoogleGenAI({
    apiKey: 'test',
    vertexai: false,
    httpOptions: { baseUrl: server.origin, apiVersion: 'v1beta' },
  })
}

async function officialContent(server: WireServer): Promise<Understood> {
  const seen: Understood = { text: '', thought: '', calls: [], outputTokens: undefined }
  const stream = await official(server).models.generateContentStream({ model: modelId, contents: 'Hello' })
  for await (const { candidates, usageMetadata } of stream) {
    for (const part of candidates?.[0]?.content?.parts ?? []) {
      if (part.thought === true) seen.thought += part.text ?? ''
      else seen.text += part.text ?? ''
      if (part.functionCall !== undefined)
        seen.calls.push({ name: part.functionCall.name, input: part.functionCall.args })
    }
    seen.outputTokens = (usageMetadata?.candidatesTokenCount ?? 0) + (usageMetadata?.thoughtsTokenCount ?? 0)
  }
  return seen
}

async function officialInteraction(server: WireServer): Promise<Understood> {
  const seen: Understood = { text: '', thought: '', calls: [], outputTokens: undefined }
  const calls = new Map<number, { name: string; whole: unknown; text: string }>()
  const stream = await official(server).interactions.create({ model: modelId, input: 'Hello', stream: true })
  for await (const event of stream) {
    if (event.event_type === 'step.start' && event.step.type === 'function_call')
      calls.set(event.index, { name: event.step.name, whole: event.step.arguments, text: '' })
    if (event.event_type === 'step.delta') {
      const { delta } = event
      if (delta.type === 'text') seen.text += delta.text
      if (delta.type === 'thought_summary' && delta.content?.type === 'text')
        seen.thought += delta.content.text
      const call = calls.get(event.index)
      if (delta.type === 'arguments_delta' && call !== undefined) call.text += delta.arguments ?? ''
    }
    if (event.event_type !== 'interaction.completed') continue
    const { total_output_tokens: output = 0, total_thought_tokens: thought = 0 } =
      event.interaction.usage ?? {}
    seen.outputTokens = output + thought
  }
  for (const { name, whole, text } of calls.values())
    seen.calls.push({ name, input: text === '' ? whole : JSON.parse(text) })
  return seen
}

describe('Google Gemini', () => {
  const server = useWireServer()

  const chat = (asked: Partial<ProviderChatRequest> = {}, options: CallOptions = {}, id = modelId) => {
    const request = { model: createModel(google, id), messages: [hello], ...asked }
    const baseUrl = `${server.origin}/v1beta`
    return collect(google.chat(request, createCallContext(google, server, { baseUrl, ...options })))
  }
  const bodyOf = async (asked: Partial<ProviderChatRequest>, options: CallOptions = {}, id = modelId) => {
    const isOlder = options.fields?.['api'] === older.api
    server.answer(events(readFixture(isOlder ? 'google-content/text.sse' : 'google/text.sse')))
    assert.equal((await chat(asked, options, id)).error, undefined)
    const path = isOlder ? olderPath.replace(modelId, id) : newerPath
    return Object(bodiesOf(server.requests, path).at(-1))
  }

  describe('understands an answer as the official client does, whatever the pieces it comes in', () => {
    for (const [folder, fields, read] of [
      ['google', {}, officialInteraction],
      ['google-content', older, officialContent],
    ] as const)
      for (const name of ['text', 'reasoning', 'tools', 'length'])
        it(`${folder}/${name}`, async () => {
          const bytes = readFixture(`${folder}/${name}.sse`)
          await fc.assert(
            fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (size) => {
              server.answer(events(split(bytes, size)))
              const { parts, error } = await chat({}, { fields })
              assert.equal(error, undefined)
              assert.deepEqual(understood(parts), await read(server))
            }),
            { numRuns: 5, seed: 20261120 },
          )
        })
  })

  it('follows an answer that is longer than one request may be, and asks for its rest with all that was asked', async () => {
    const part = (status: string, text: string, rest: object = {}) =>
      sse(
        { event_type: 'step.start', index: 0, step: { type: 'model_output' } },
        { event_type: 'step.delta', index: 0, delta: { type: 'text', text } },
        { event_type: 'interaction.completed', interaction: { status, ...rest } },
      )
    server.answer(({ body }) =>
      events(
        body.includes('"continuation_token":"t1"')
          ? part('completed', 'warm.')
          : part('requires_continuation', 'It is ', { continuation_token: 't1' }),
      ),
    )
    const { parts } = await chat()
    assert.equal(understood(parts).text, 'It is warm.')
    const [first, second, ...others] = bodiesOf(server.requests, newerPath).map(Object)
    assert.deepEqual([second, others.length], [{ ...first, continuation_token: 't1' }, 0])
  })

  it('ends an answer whose continuation leads nowhere', async () => {
    const told = { status: 'requires_continuation', continuation_token: 'same' }
    const step = { event_type: 'step.start', index: 0, step: { type: 'model_output' } }
    const delta = { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'It is' } }
    server.answer(events(sse(step, delta, { event_type: 'interaction.completed', interaction: told })))
    const { parts, error } = await chat()
    assert.equal(error, undefined)
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'length' })
    assert.equal(server.requests.length, 2)
  })

  it('does not wait for a server that ends its answer and keeps the connection', async () => {
    for (const [folder, fields] of [
      ['google', {}],
      ['google-content', older],
    ] as const) {
      server.answer(events([{ write: readFixture(`${folder}/text.sse`) }, { stall: true }]))
      const { parts } = await chat({}, { fields })
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' })
      await server.idle()
    }
  })

  it('says what is wrong where a list of one error stands in the stream', async () => {
    const error = { error: { code: 429, message: 'Slow down.', status: 'RESOURCE_EXHAUSTED' } }
    server.answer(
      events(`${sse({ candidates: [{ content: { parts: [{ text: 'It' }] } }] })}${JSON.stringify([error])}`),
    )
    const answered = await chat({}, { fields: older })
    assert.deepEqual([answered.error?.code, answered.error?.retryable], ['rate-limited', true])
  })

  it('sends a safety filter where one is chosen, in each API’s own words', async () => {
    const newer = await bodyOf({}, { fields: { safety: 'block_only_high' } })
    assert.deepEqual(newer.safety_settings.at(0), { type: 'hate_speech', threshold: 'block_only_high' })
    const body = await bodyOf({}, { fields: { ...older, safety: 'off' } })
    assert.deepEqual(body.safetySettings.at(-1), {
      category: 'HARM_CATEGORY_SEXUALLY_EXPLICIT',
      threshold: 'OFF',
    })
  })

  it('sends a threshold of each category, its own before the one for all', async () => {
    const fields = { safety: 'block_only_high', safetyHarassment: 'block_low_and_above' }
    const newer = await bodyOf({}, { fields })
    assert.deepEqual(newer.safety_settings, [
      { type: 'hate_speech', threshold: 'block_only_high' },
      { type: 'dangerous_content', threshold: 'block_only_high' },
      { type: 'harassment', threshold: 'block_low_and_above' },
      { type: 'sexually_explicit', threshold: 'block_only_high' },
    ])
    const alone = { ...older, safetyDangerousContent: 'block_none' }
    const body = await bodyOf({}, { fields: alone })
    assert.deepEqual(body.safetySettings, [
      { category: 'HARM_CATEGORY_DANGEROUS_CONTENT', threshold: 'BLOCK_NONE' },
    ])
    assert.equal((await bodyOf({}, { fields: older })).safetySettings, undefined)
  })

  it('begins a conversation with the user, and gives a model without a system role its text as the user’s', async () => {
    const messages: Message[] = [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello!' }] },
    ]
    const body = await bodyOf({ messages })
    assert.deepEqual(
      body.input.map(({ type }: { type: string }) => type),
      ['user_input', 'model_output'],
    )
    const model = createModel(google, modelId, { capabilities: { systemRole: false } })
    const folded = await bodyOf({ model, messages: [...messages.slice(0, 1), hello] }, { fields: older })
    assert.deepEqual(folded.contents, [{ role: 'user', parts: [{ text: 'Be brief.' }, { text: 'Hello' }] }])
    assert.equal(folded.systemInstruction, undefined)
  })

  it('reads text files as text, documents and sounds as what they are, and names what it cannot read', async () => {
    const data = (mimeType: string) =>
      ({ type: 'data', mimeType, data: new TextEncoder().encode('a,b') }) as const
    const messages: Message[] = [
      { role: 'user', content: [data('text/csv'), data('application/pdf'), data('audio/wav')] },
    ]
    const [step] = (await bodyOf({ messages })).input
    assert.deepEqual(
      step.content.map(({ type }: { type: string }) => type),
      ['text', 'document', 'audio'],
    )
    const { error } = await chat({ messages: [{ role: 'user', content: [data('application/zip')] }] })
    assert.equal(error?.code, 'capability-unsupported')
  })

  describe('returns what a model needs to go on', () => {
    const call = (callId: string) => ({ type: 'toolCall', callId, name: 'look', input: {} }) as const
    const result = (callId: string) => ({ type: 'toolResult', callId, content: [] }) as const
    const kept = (value: object, model = modelId): ReasoningPart => ({
      type: 'reasoning',
      text: '',
      state: { provider: 'google', model, value },
    })
    const answered = (...content: Message['content']): Message[] => [
      hello,
      { role: 'assistant', content: [...content, call('a'), call('b')] },
      { role: 'user', content: [result('a'), result('b')] },
    ]

    it('the signatures of calls, each with its own', async () => {
      const messages = answered(kept({ api: 'interactions', callId: 'b', signature: 's' }))
      const steps = (await bodyOf({ messages })).input
      assert.deepEqual([steps[1].signature, steps[2].signature], [undefined, 's'])
    })

    it('nothing of another model, nor of the other API', async () => {
      const item = { type: 'thought', signature: 's' }
      const messages = answered(
        kept({ api: 'interactions', item }, 'gemini-2.5-pro'),
        kept({ api: 'generateContent', item }),
      )
      const { input } = await bodyOf({ messages })
      assert.deepEqual(
        input.map(({ type }: { type: string }) => type),
        ['user_input', 'function_call', 'function_call', 'function_result', 'function_result'],
      )
    })

    it('to Gemini 3 the documented word for a call whose signature nobody has, once in a step of this turn', async () => {
      const signatures = async (messages: Message[], id?: string) => {
        const { contents } = await bodyOf({ messages }, { fields: older }, id)
        return contents[1].parts.map(
          ({ thoughtSignature }: { thoughtSignature?: string }) => thoughtSignature,
        )
      }
      const word = 'skip_thought_signature_validator'
      assert.deepEqual(await signatures(answered()), [word, undefined])
      assert.deepEqual(
        await signatures(answered(kept({ api: 'generateContent', callId: 'a', signature: 's' }))),
        ['s', undefined],
      )
      assert.deepEqual(await signatures([...answered(), hello]), [undefined, undefined])
      const older25 = createModel(google, 'gemini-2.5-flash')
      server.answer(events(readFixture('google-content/text.sse')))
      await chat({ messages: answered(), model: older25 }, { fields: older })
      assert.ok(!server.requests.at(-1)?.body.includes(word))
    })
  })

  it('gives tools names that Gemini takes, and back their own', async () => {
    const tool = { name: '1st.look', description: 'Looks.' }
    const body = await bodyOf({ tools: [tool] })
    const { name } = body.tools[0]
    assert.match(name, /^[A-Za-z_][\w-]*$/)
    const step = { type: 'function_call', id: 'a', name, arguments: {} }
    server.answer(
      events(
        sse(
          { event_type: 'step.start', index: 0, step },
          { event_type: 'interaction.completed', interaction: { status: 'requires_action' } },
        ),
      ),
    )
    const { parts } = await chat({ tools: [tool] })
    assert.equal(parts.find((part) => part.type === 'toolCall')?.name, '1st.look')
  })
})
