import { readFileSync } from 'node:fs'
import type { ChatParameters, ResponsePart, Tool, ToolMode } from '../../src/core/chat.js'
import { isModelError, type ModelError } from '../../src/core/errors.js'
import { isRecord, parseJson } from '../../src/core/json.js'
import type { ModelFacts, ModelInfo } from '../../src/core/model.js'
import type { FieldValue, Provider, ProviderChatRequest, ProviderContext } from '../../src/core/provider.js'
import { createClock } from '../../src/platform/clock.js'
import { createConnection, createProviderPorts } from './scriptedProvider.js'
import type { RecordedRequest, Reply, WireServer } from './wireServer.js'

/** What a call of a real provider against a local server needs. */
export interface CallOptions {
  readonly fields?: Readonly<Record<string, FieldValue>>
  readonly key?: string
  readonly baseUrl?: string
  readonly signal?: AbortSignal
}

export function createCallContext(
  provider: Provider,
  server: WireServer,
  options: CallOptions = {},
): ProviderContext {
  return {
    ...createProviderPorts(createClock()),
    fetch,
    connection: createConnection({
      name: provider.name,
      provider: provider.id,
      baseUrl: options.baseUrl ?? server.origin,
      fields: options.fields ?? {},
    }),
    key: options.key ?? 'test-key-0123456789',
    signal: options.signal ?? new AbortController().signal,
  }
}

export function createModel(provider: Provider, id: string, facts: ModelFacts = {}): ModelInfo {
  return {
    name: id,
    family: id,
    version: '',
    pricing: {},
    ...facts,
    capabilities: facts.capabilities ?? {},
    connection: 'work',
    id,
    provider: provider.id,
    location: provider.location,
    sources: {},
  }
}

export interface ChatCalls {
  readonly create: () => Provider
  readonly server: WireServer
  readonly model: string
}

/** Chats of one model, which say Hello where they are told nothing else, each of a provider of its own. */
export function createChat({ create, server, model }: ChatCalls) {
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const
  return (
    asked: Partial<ProviderChatRequest> = {},
    { facts, ...options }: CallOptions & { readonly facts?: ModelFacts } = {},
    provider = create(),
  ): Promise<Answered> => {
    const request = { model: createModel(provider, model, facts), messages, ...asked }
    return collect(provider.chat(request, createCallContext(provider, server, options)))
  }
}

/** What one chat asks, where only its body matters. */
export interface Asked {
  readonly id: string
  readonly facts?: ModelFacts
  readonly fields?: CallOptions['fields']
  readonly parameters?: ChatParameters
  readonly tools?: readonly Tool[]
  readonly toolMode?: ToolMode
}

/** The request that a chat makes: the last one that the server, which answers it with `reply`, has recorded. */
async function requestOf(
  provider: Provider,
  server: WireServer,
  { id, facts, fields, ...asked }: Asked & { readonly reply: Reply },
): Promise<RecordedRequest> {
  const { reply, ...given } = asked
  server.clear()
  server.answer(reply)
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const
  const context = createCallContext(provider, server, fields === undefined ? {} : { fields })
  const { error } = await collect(
    provider.chat({ model: createModel(provider, id, facts), messages, ...given }, context),
  )
  if (error !== undefined) throw error
  const request = server.requests.at(-1)
  if (request === undefined) throw new Error('Nothing was asked.')
  return request
}

/** Reads one member of the bodies that chats make. */
export function createMemberReader(provider: Provider, server: WireServer, reply: Reply) {
  return async (asked: Asked, name: string): Promise<unknown> => {
    const body = parseJson((await requestOf(provider, server, { ...asked, reply })).body)
    return isRecord(body) ? body[name] : undefined
  }
}

export interface Answered {
  readonly parts: readonly ResponsePart[]
  readonly error: ModelError | undefined
}

/** Reads a stream to its end or its ModelError; anything else is thrown on. */
export async function collect(stream: AsyncIterable<ResponsePart>): Promise<Answered> {
  const parts: ResponsePart[] = []
  try {
    for await (const part of stream) parts.push(part)
  } catch (thrown) {
    if (!isModelError(thrown)) throw thrown
    return { parts, error: thrown }
  }
  return { parts, error: undefined }
}

export function jsonReply(body: unknown, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** Bodies of the requests to one path, parsed. */
export function bodiesOf(requests: readonly RecordedRequest[], path: string): readonly unknown[] {
  return requests.filter((request) => request.path === path).map(({ body }) => JSON.parse(body))
}

/** A body of test/fixtures, e.g. `anthropic/text.sse`. */
export function readFixture(path: string): Buffer {
  return readFileSync(new URL(`../fixtures/${path}`, import.meta.url))
}

export function streamReply(type: 'text/event-stream' | 'application/x-ndjson', body: Reply['body']): Reply {
  return { headers: { 'content-type': type }, ...(body === undefined ? {} : { body }) }
}
