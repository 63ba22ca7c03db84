import assert from 'node:assert/strict'
import { Anthropic } from '@anthropic-ai/sdk'
import { OpenAI } from 'openai'
import type { FinishReason } from '../../src/core/chat.js'
import { useWireServer, type WireServer } from '../fakes/wireServer.js'
import { contextFor, type Held, held, read, type Streamed, streamsOf, toReply } from './harness.js'
import { modelOf, requestFor } from './requests.js'

/** An answer as far as both sides tell it. */
interface Message {
  readonly text: string
  readonly toolCalls: readonly { readonly callId: string; readonly name: string; readonly input: unknown }[]
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  /** Undefined where the wire has none of its own. */
  readonly reason: FinishReason | undefined
}

type Accumulate = (server: WireServer, candidate: Held) => Promise<Message>

/** By the end of the path that chats are asked at. The other wires are compared in their providers’ unit tests. */
const accumulators: readonly { readonly path: string; readonly accumulate: Accumulate }[] = [
  { path: '/chat/completions', accumulate: completionOf },
  { path: '/responses', accumulate: responseOf },
  { path: '/messages', accumulate: messageOf },
]

/** Wires that the SDK reads though it does not know them whole, and what it makes of them. */
const dialects: Readonly<Record<string, string>> = {
  groq: 'Usage is where the SDK does not look.',
  mistral: 'Thinking is a part of the content, and a call has no type.',
  xai: 'Reasoning is counted beside the output, not in it.',
}

describe('the official SDKs', () => {
  it('accumulate answers of every wire that they speak', () => {
    for (const { path } of accumulators)
      assert.ok(
        held.some(({ fixtures }) => fixtures.chatPath.endsWith(path)),
        path,
      )
  })
})

for (const candidate of held) {
  const found = accumulators.find(({ path }) => candidate.fixtures.chatPath.endsWith(path))
  if (found === undefined || dialects[candidate.name] !== undefined) continue
  describe(`${candidate.name}: accumulation`, () => {
    const server = useWireServer()

    for (const streamed of streamsOf(candidate)) {
      if (streamed.name === 'inBandError') continue
      it(`${streamed.name}: a whole answer is the official SDK’s own accumulation of it`, async () => {
        server.answer(toReply(candidate, streamed.fixture.reply))
        const ours = await ourMessage(server, candidate, streamed)
        const theirs = await found.accumulate(server, candidate)
        const reason = theirs.reason === undefined ? undefined : ours.reason
        // A call whose input the limit has cut is none; the SDK gives it an empty one.
        const toolCalls = theirs.reason === 'length' ? [] : theirs.toolCalls
        assert.deepEqual({ ...ours, reason }, { ...theirs, toolCalls })
      })
    }
  })
}

async function ourMessage(server: WireServer, candidate: Held, { name }: Streamed): Promise<Message> {
  const request = requestFor(name, modelOf(candidate.fixtures, candidate.provider))
  const outcome = await read(candidate.provider.chat(request, contextFor(candidate, server)))
  assert.equal(outcome.error, undefined, outcome.error?.message)
  const { text, toolCalls, usage, finish } = outcome
  return {
    text,
    toolCalls: toolCalls.map(({ callId, name: tool, input }) => ({ callId, name: tool, input })),
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    reason: finish,
  }
}

function openaiClient(server: WireServer, { fixtures }: Held): OpenAI {
  return new OpenAI({ apiKey: 'test', baseURL: server.origin + fixtures.basePath, maxRetries: 0 })
}

const chatReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'toolCalls',
  content_filter: 'contentFilter',
}

async function completionOf(server: WireServer, candidate: Held): Promise<Message> {
  const client = openaiClient(server, candidate)
  const stream = client.chat.completions.stream({
    model: 'test',
    messages: [{ role: 'user', content: 'Hello' }],
  })
  const { choices, usage } = await stream.finalChatCompletion()
  const [choice] = choices
  return {
    text: choice?.message.content ?? '',
    toolCalls: (choice?.message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ callId: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }]
        : [],
    ),
    inputTokens: usage?.prompt_tokens,
    outputTokens: usage?.completion_tokens,
    reason: chatReasons[choice?.finish_reason ?? ''],
  }
}

async function responseOf(server: WireServer, candidate: Held): Promise<Message> {
  const client = openaiClient(server, candidate)
  const response = await client.responses.stream({ model: 'test', input: 'Hello' }).finalResponse()
  return {
    text: response.output_text,
    toolCalls: response.output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ callId: item.call_id, name: item.name, input: JSON.parse(item.arguments) }]
        : [],
    ),
    inputTokens: response.usage?.input_tokens,
    outputTokens: response.usage?.output_tokens,
    reason: undefined,
  }
}

const messageReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  max_tokens: 'length',
  tool_use: 'toolCalls',
  refusal: 'refusal',
}

async function messageOf(server: WireServer): Promise<Message> {
  const client = new Anthropic({ apiKey: 'test', baseURL: server.origin, maxRetries: 0 })
  const stream = client.messages.stream({
    model: 'test',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'Hello' }],
  })
  const { content, usage, stop_reason: reason } = await stream.finalMessage()
  const cached = (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0)
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    toolCalls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ callId: block.id, name: block.name, input: block.input }] : [],
    ),
    inputTokens: usage.input_tokens + cached,
    outputTokens: usage.output_tokens,
    reason: messageReasons[reason ?? ''],
  }
}
