// Ours and the official client alone, asking the same server for the same answer.
import { env } from 'node:process'
import { Anthropic } from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { Ollama } from 'ollama'
import { OpenAI } from 'openai'
import type { FieldValue, Provider, ProviderPorts } from '../../../src/core/provider.js'
import { createClock } from '../../../src/platform/clock.js'
import { createLocalFetch } from '../../../src/platform/localFetch.js'
import { anthropic, anyOpenaiCompatible, google, ollama, openai } from '../../../src/providers/index.js'
import { createConnection, createProviderPorts } from '../../fakes/scriptedProvider.js'
import type { WireName } from './bodies.js'

export type Name = 'ours' | 'client'

/** Reads one whole answer and tells each text of it. */
export type Contestant = (model: string, onText: (text: string) => void) => Promise<void>

const origin = env['ROUNDHOUSE_BENCH_ORIGIN'] ?? ''
const prompt = 'Where do the tracks meet?'
const key = 'sk-bench'

interface OursOptions {
  readonly provider: Provider
  readonly basePath: string
  readonly fields?: Readonly<Record<string, FieldValue>>
  /** For servers that run on this machine; elsewhere this one stands for a server in the cloud. */
  readonly local?: Pick<ProviderPorts, 'localFetch'>
}

const onThisMachine = { localFetch: createLocalFetch().fetch }

function ours({ provider, basePath, fields = {}, local = {} }: OursOptions): Contestant {
  const baseUrl = origin + basePath
  const connection = createConnection({ provider: provider.id, baseUrl, fields })
  const ports = { ...createProviderPorts(createClock()), fetch, ...local }
  const messages = [{ role: 'user', content: [{ type: 'text', text: prompt }] }] as const
  return async (id, onText) => {
    const model = {
      connection: connection.id,
      id,
      provider: provider.id,
      name: id,
      family: id,
      version: '',
      location: provider.location,
      capabilities: {},
      pricing: {},
      sources: {},
    }
    const context = { ...ports, connection, key, signal: new AbortController().signal }
    let isWhole = false
    for await (const part of provider.chat({ model, messages }, context)) {
      if (part.type === 'text') onText(part.text)
      else if (part.type === 'finish') isWhole = true
    }
    if (!isWhole) throw new Error(`${provider.id} did not finish.`)
  }
}

function chatClient(): Contestant {
  const client = new OpenAI({ apiKey: key, baseURL: `${origin}/v1`, maxRetries: 0 })
  return async (model, onText) => {
    const stream = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: prompt }],
      stream: true,
      stream_options: { include_usage: true },
    })
    for await (const { choices } of stream) {
      const text = choices[0]?.delta.content
      if (text !== undefined && text !== null && text !== '') onText(text)
    }
  }
}

function responsesClient(): Contestant {
  const client = new OpenAI({ apiKey: key, baseURL: `${origin}/v1`, maxRetries: 0 })
  return async (model, onText) => {
    const stream = await client.responses.create({ model, input: prompt, stream: true, store: false })
    for await (const event of stream) if (event.type === 'response.output_text.delta') onText(event.delta)
  }
}

function messagesClient(): Contestant {
  const client = new Anthropic({ apiKey: key, baseURL: origin, maxRetries: 0 })
  return async (model, onText) => {
    const stream = await client.messages.create({
      model,
      max_tokens: 4_096,
      messages: [{ role: 'user', content: prompt }],
      stream: true,
    })
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') onText(event.delta.text)
    }
  }
}

function googleClient(): GoogleGenAI {
  return new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: origin, apiVersion: 'v1beta' } })
}

function interactionsClient(): Contestant {
  const client = googleClient()
  return async (model, onText) => {
    const stream = await client.interactions.create({ model, input: prompt, stream: true, store: false })
    for await (const event of stream) {
      if (event.event_type === 'step.delta' && event.delta?.type === 'text') onText(event.delta.text ?? '')
    }
  }
}

function contentClient(): Contestant {
  const client = googleClient()
  return async (model, onText) => {
    const stream = await client.models.generateContentStream({ model, contents: prompt })
    for await (const chunk of stream) {
      const text = chunk.candidates?.[0]?.content?.parts?.[0]?.text
      if (text !== undefined) onText(text)
    }
  }
}

function ollamaClient(): Contestant {
  const client = new Ollama({ host: origin })
  return async (model, onText) => {
    const stream = await client.chat({ model, messages: [{ role: 'user', content: prompt }], stream: true })
    for await (const { message } of stream) if (message.content !== '') onText(message.content)
  }
}

/** The simplest reader there is: what the network and the parsing of JSON cost. */
export function plainReader(): Contestant {
  return async (model, onText) => {
    const response = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model }),
    })
    const decoder = new TextDecoder()
    let open = ''
    for await (const bytes of response.body ?? []) {
      const events = (open + decoder.decode(bytes, { stream: true })).split('\n\n')
      open = events.pop() ?? ''
      for (const event of events) {
        if (event === 'data: [DONE]') return
        const text = JSON.parse(event.slice(6)).choices[0]?.delta.content
        if (typeof text === 'string' && text !== '') onText(text)
      }
    }
  }
}

export const contestants: Readonly<Record<WireName, () => Readonly<Record<Name, Contestant>>>> = {
  'openai-responses': () => ({
    ours: ours({ provider: openai, basePath: '/v1' }),
    client: responsesClient(),
  }),
  'openai-chat': () => ({
    ours: ours({ provider: openai, basePath: '/v1', fields: { api: 'chat' } }),
    client: chatClient(),
  }),
  anthropic: () => ({ ours: ours({ provider: anthropic, basePath: '' }), client: messagesClient() }),
  'google-interactions': () => ({
    ours: ours({ provider: google, basePath: '/v1beta' }),
    client: interactionsClient(),
  }),
  'google-content': () => ({
    ours: ours({ provider: google, basePath: '/v1beta', fields: { api: 'generateContent' } }),
    client: contentClient(),
  }),
  ollama: () => ({
    ours: ours({ provider: ollama, basePath: '', local: onThisMachine }),
    client: ollamaClient(),
  }),
  'openai-compatible': () => ({
    ours: ours({ provider: anyOpenaiCompatible, basePath: '/v1', local: onThisMachine }),
    client: chatClient(),
  }),
}
