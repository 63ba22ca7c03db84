import type {
  ChatParameters,
  Message,
  ResponseFormat,
  ResponsePart,
  Tool,
  ToolMode,
} from '../../src/core/chat.js'
import type { ModelInfo } from '../../src/core/model.js'
import type { ProviderChatRequest } from '../../src/core/provider.js'
import type { ChatName, Fixtures } from './fixtures.js'

/** What each scenario asks, the same of every provider. */

/** A PNG of one pixel. */
const picture = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
)

/** The head of a PDF file: no server here reads further. */
const pdf = new TextEncoder().encode('%PDF-1.7')

const system: Message = { role: 'system', content: [{ type: 'text', text: 'Answer briefly.' }] }
const question: Message = {
  role: 'user',
  content: [{ type: 'text', text: 'How warm is it in Zürich and Oslo?' }],
}

const tools: readonly Tool[] = [
  {
    name: 'get_weather',
    description: 'The weather of a city.',
    inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
  { name: 'get_time', description: 'The time now.' },
]

const calls: Message = {
  role: 'assistant',
  content: [
    { type: 'toolCall', callId: 'call_a', name: 'get_weather', input: { city: 'Zürich' } },
    { type: 'toolCall', callId: 'call_b', name: 'get_weather', input: { city: 'Oslo' } },
  ],
}

const results: Message = {
  role: 'user',
  content: [
    {
      type: 'toolResult',
      callId: 'call_a',
      content: [
        { type: 'text', text: '21 °C' },
        { type: 'data', mimeType: 'image/png', data: picture },
      ],
    },
    {
      type: 'toolResult',
      callId: 'call_b',
      content: [{ type: 'text', text: 'no such city' }],
      isError: true,
    },
  ],
}

const parameters: Required<ChatParameters> = {
  temperature: 0.5,
  topP: 0.9,
  topK: 40,
  maxOutputTokens: 256,
  stop: ['END'],
  seed: 7,
  frequencyPenalty: 0.25,
  presencePenalty: -0.25,
  repeatPenalty: 1.5,
  reasoningEffort: 'low',
  responseFormat: { type: 'json' },
}

/** Closed, with everything required: what the strictest server wants of a schema. */
const cityFormat: ResponseFormat = {
  type: 'jsonSchema',
  name: 'city',
  schema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}

interface Asked {
  readonly messages: readonly Message[]
  readonly tools?: readonly Tool[]
  readonly toolMode?: ToolMode
  readonly parameters?: ChatParameters
}

const asked: Readonly<Record<Exclude<ChatName, 'reasoningReturn'>, Asked>> = {
  text: { messages: [system, question] },
  reasoning: { messages: [system, question] },
  parallelTools: { messages: [system, question], tools, toolMode: 'required' },
  toolResults: { messages: [system, question, calls, results], tools },
  image: {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'data', mimeType: 'image/png', data: picture },
          { type: 'text', text: 'What is this?' },
        ],
      },
    ],
  },
  pdf: {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'data', mimeType: 'application/pdf', data: pdf },
          { type: 'text', text: 'What does it say?' },
        ],
      },
    ],
  },
  parameters: { messages: [question], parameters },
  structured: { messages: [question], parameters: { responseFormat: cityFormat } },
  length: { messages: [question], parameters: { maxOutputTokens: 4 } },
  contentFilter: { messages: [question] },
  inBandError: { messages: [question] },
}

export function requestFor(
  name: Exclude<ChatName, 'reasoningReturn'>,
  model: ModelInfo,
): ProviderChatRequest {
  return { model, ...asked[name] }
}

/** The answer to `reasoning`, then two tool calls, and their results. */
export function reasoningReturn(model: ModelInfo, answered: readonly ResponsePart[]): ProviderChatRequest {
  const thought = answered.filter((part) => part.type === 'reasoning')
  const assistant: Message = { role: 'assistant', content: [...thought, ...calls.content] }
  return { model, messages: [system, question, assistant, results], tools }
}

export function modelOf(
  fixtures: Fixtures,
  provider: { readonly id: string; readonly location: 'cloud' | 'local' },
): ModelInfo {
  return {
    connection: 'work',
    id: fixtures.model,
    provider: provider.id,
    name: fixtures.model,
    family: fixtures.model,
    version: '',
    location: provider.location,
    capabilities: fixtures.capabilities ?? {},
    pricing: {},
    sources: {},
  }
}
