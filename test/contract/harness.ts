import assert from 'node:assert/strict'
import type { FinishReason, ResponsePart, ToolCallPart } from '../../src/core/chat.js'
import { isModelError, type ModelError } from '../../src/core/errors.js'
import type { Usage } from '../../src/core/model.js'
import type { Clock } from '../../src/core/ports.js'
import type { Connection, Provider, ProviderContext } from '../../src/core/provider.js'
import { anyOpenaiCompatible, google, openai, providers } from '../../src/providers/index.js'
import { createProviderContext } from '../fakes/providerContext.js'
import type { Reply, WireServer } from '../fakes/wireServer.js'
import {
  bodyOf,
  type ChatFixture,
  type ChatName,
  chatNames,
  type Fixtures,
  isBorrowed,
  isExempt,
  type ReplyFixture,
  readFixtures,
} from './fixtures.js'

/** Shown nowhere but in the header that carries it. */
export const canaryKey = 'sk-canary-3f9c1b7e5d2a4860'

/** A provider, and the fixtures that hold it. */
export interface Candidate {
  readonly name: string
  readonly provider: Provider
  readonly fixtures: Fixtures | undefined
}

/** Providers without a server, and the suite that holds each. */
export const withoutServer: Readonly<Record<string, string>> = {
  llamacpp: 'test/unit/providers/llamacpp.test.ts',
}

/** Further APIs of providers, each with a folder of its own. */
const furtherApis = [
  { name: 'openai over Chat Completions', provider: openai, folder: 'openai-chat' },
  {
    name: 'openai-compatible over Responses',
    provider: anyOpenaiCompatible,
    folder: 'compatible-responses',
  },
  {
    name: 'openai-compatible over Messages',
    provider: anyOpenaiCompatible,
    folder: 'compatible-messages',
  },
  { name: 'google over generateContent', provider: google, folder: 'google-content' },
]

export const candidates: readonly Candidate[] = [
  ...providers
    .filter(({ id }) => withoutServer[id] === undefined)
    .map((provider) => ({ name: provider.id, provider, fixtures: readFixtures(provider.id) })),
  ...furtherApis.map(({ name, provider, folder }) => ({ name, provider, fixtures: readFixtures(folder) })),
]

/** The candidates that have fixtures; those without fail in `fixtures.test.ts`. */
export const held = candidates.flatMap((candidate) =>
  candidate.fixtures === undefined ? [] : [{ ...candidate, fixtures: candidate.fixtures }],
)

export type Held = (typeof held)[number]

export function folderOf({ name }: Candidate): string {
  return furtherApis.find((api) => api.name === name)?.folder ?? name
}

export interface ContextOptions {
  readonly signal?: AbortSignal
  readonly clock?: Clock
  readonly baseUrl?: string
  readonly onRateLimits?: ProviderContext['onRateLimits']
  readonly fetch?: ProviderContext['fetch']
  readonly localFetch?: ProviderContext['localFetch']
  readonly isLocalOnly?: ProviderContext['isLocalOnly']
  readonly models?: Connection['models']
}

export function contextFor(
  { provider, fixtures }: Held,
  server: Pick<WireServer, 'origin'>,
  options: ContextOptions = {},
): ProviderContext {
  return createProviderContext({
    provider: provider.id,
    baseUrl: server.origin + fixtures.basePath,
    ...(fixtures.keyHeader === undefined ? {} : { key: canaryKey }),
    ...(fixtures.fields === undefined ? {} : { fields: fixtures.fields }),
    ...options,
  })
}

export interface Outcome {
  readonly parts: readonly ResponsePart[]
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly ToolCallPart[]
  readonly usage: Usage | undefined
  readonly finish: FinishReason | undefined
  readonly error: ModelError | undefined
}

/** Reads a stream to its end; only a ModelError may end it early. */
export async function read(
  stream: AsyncIterable<ResponsePart>,
  onPart: (part: ResponsePart) => void = () => undefined,
): Promise<Outcome> {
  const parts: ResponsePart[] = []
  let error: ModelError | undefined
  try {
    for await (const part of stream) {
      parts.push(part)
      onPart(part)
    }
  } catch (thrown) {
    assert.ok(isModelError(thrown), `not a ModelError: ${String(thrown)}`)
    assertSecret(thrown)
    error = thrown
  }
  return { ...summarise(parts), parts, error }
}

function summarise(parts: readonly ResponsePart[]): Omit<Outcome, 'parts' | 'error'> {
  const usages = parts.flatMap((part) => (part.type === 'usage' ? [part.usage] : []))
  const finishes = parts.flatMap((part) => (part.type === 'finish' ? [part.reason] : []))
  assert.ok(usages.length <= 1 && finishes.length <= 1, 'usage and finish come once')
  return {
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    reasoning: parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    toolCalls: parts.filter((part) => part.type === 'toolCall'),
    usage: usages[0],
    finish: finishes[0],
  }
}

/** Neither the message nor anything behind an error shows the key. */
export function assertSecret(error: ModelError): void {
  const seen: string[] = []
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    seen.push(current.message, current.stack ?? '', JSON.stringify(current))
  }
  const text = seen.join('\n')
  assert.ok(!text.includes(canaryKey), 'the key is in the error')
  assert.ok(
    !text.includes(Buffer.from(canaryKey).toString('base64').slice(0, -2)),
    'the key is in the error, encoded',
  )
}

export function toReply(candidate: Candidate, reply: ReplyFixture): Reply {
  return {
    status: reply.status ?? 200,
    headers: { 'content-type': reply.type ?? 'application/json', ...reply.headers },
    body: bodyOf(folderOf(candidate), reply),
  }
}

/** A stream of a candidate, under the name of the first scenario that it answers. */
export interface Streamed {
  readonly name: Exclude<ChatName, 'reasoningReturn'>
  readonly fixture: ChatFixture
  /** False for one that another folder owns, and that is tried at every byte there. */
  readonly isTriedInFull: boolean
}

/** What most answers are made of: tried in full with every provider, whoever owns the stream. */
const tellingNames: ReadonlySet<ChatName> = new Set(['text', 'reasoning', 'parallelTools'])

/** Each of a candidate's streams once, though several scenarios are answered with it. */
export function streamsOf(candidate: Held): readonly Streamed[] {
  const { fixtures } = candidate
  const streams = new Map<string, Streamed>()
  for (const name of chatNames) {
    const fixture = fixtures.chats[name]
    if (name === 'reasoningReturn' || isExempt(fixture) || fixture.reply.type === undefined) continue
    const body = fixture.reply.file ?? JSON.stringify(fixture.reply.json)
    if (streams.has(body)) continue
    const isTriedInFull = tellingNames.has(name) || !isBorrowed(folderOf(candidate), fixture.reply)
    streams.set(body, { name, fixture, isTriedInFull })
  }
  return [...streams.values()]
}

/** The value at a JSON pointer; undefined where there is none. */
export function valueAt(document: unknown, pointer: string): unknown {
  let current = document
  for (const step of pointer.split('/').slice(1)) {
    if (typeof current !== 'object' || current === null) return undefined
    current = Reflect.get(current, step)
  }
  return current
}
