import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import type { FinishReason } from '../../src/core/chat.js'
import type { ErrorCode } from '../../src/core/errors.js'
import type { Capabilities, ListedModel, Usage } from '../../src/core/model.js'
import type { FieldValue } from '../../src/core/provider.js'
import type { RateLimit } from '../../src/core/rateLimits.js'

export interface ReplyFixture {
  readonly status?: number
  /** Content type; JSON where not given. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly file?: string
  readonly json?: unknown
}

export interface Exempt {
  readonly exempt: string
}

export interface Answer {
  readonly text?: string
  readonly reasoning?: string
  readonly toolCalls?: readonly { readonly callId: string; readonly name: string; readonly input: unknown }[]
  readonly usage?: Partial<Usage>
  readonly finish?: FinishReason
  /** For `inBandError`: the error after which nothing comes; text before it is kept. */
  readonly error?: ExpectedError
}

interface ExpectedError {
  readonly code: ErrorCode
  readonly status?: number
  readonly retryable?: boolean
  readonly retryAfterMs?: number
}

export interface ChatFixture {
  readonly reply: ReplyFixture
  readonly expect: Answer
  /** JSON pointers into the request's body, and what is there. */
  readonly sent?: Readonly<Record<string, unknown>>
  readonly absent?: readonly string[]
}

interface ErrorFixture {
  readonly reply: ReplyFixture
  readonly expect: ExpectedError
}

/** Headers beside the answer to `text`, at the clock's 2026-01-01T00:00:00Z, and what they say. */
interface RateLimitsFixture {
  readonly headers: Readonly<Record<string, string>>
  readonly expect: readonly RateLimit[]
}

export interface EmbedFixture {
  /** Where embeddings are asked for. */
  readonly path: string
  /** To three texts. */
  readonly reply: ReplyFixture
  readonly expect: {
    readonly embeddings: readonly (readonly number[])[]
    readonly usage: Partial<Usage>
  }
  readonly sent: Readonly<Record<string, unknown>>
  /** JSON pointers to the texts in a request's body, and to the embeddings in the answer's. */
  readonly inputsAt: string
  readonly embeddingsAt: string
}

export interface RerankFixture {
  readonly path: string
  /** To a query and three documents. */
  readonly reply: ReplyFixture
  readonly expect: { readonly scores: readonly number[]; readonly usage: Partial<Usage> }
  readonly sent: Readonly<Record<string, unknown>>
}

/** The count of what `parallelTools` asks. */
interface CountFixture {
  /** By path and query, in the order in which they are asked. */
  readonly replies: Readonly<Record<string, ReplyFixture>>
  readonly expect: number
  /** JSON pointers into the bodies, by the path. */
  readonly sent: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Members that no body may have: they have no tokens, and are refused. */
  readonly absent?: readonly string[]
}

export const chatNames = [
  'text',
  'reasoning',
  'reasoningReturn',
  'parallelTools',
  'toolResults',
  'image',
  'pdf',
  'parameters',
  'structured',
  'length',
  'contentFilter',
  'inBandError',
] as const

export const errorNames = [
  'unauthorized',
  'forbidden',
  'notFound',
  'rateLimited',
  'quota',
  'contextLength',
  'serverError',
  'overloaded',
] as const

export type ChatName = (typeof chatNames)[number]
type ErrorName = (typeof errorNames)[number]

export interface Fixtures {
  /** Another folder, whose fixtures hold wherever these do not say otherwise; its files are found too. */
  readonly extends?: string
  readonly synthetic: string
  readonly basePath: string
  readonly model: string
  readonly keyHeader?: 'authorization' | 'x-api-key' | 'x-goog-api-key' | 'api-key'
  readonly fields?: Readonly<Record<string, FieldValue>>
  readonly capabilities?: Capabilities
  readonly chatPath: string
  readonly list: {
    readonly replies: Readonly<Record<string, ReplyFixture>>
    readonly models: readonly ListedModel[]
  }
  readonly chats: Readonly<Record<ChatName, ChatFixture | Exempt>>
  readonly errors: Readonly<Record<ErrorName, ErrorFixture | Exempt>>
  /** Only, and always, of a provider that embeds. */
  readonly embeddings?: EmbedFixture | Exempt
  /** Only, and always, of a provider that ranks documents. */
  readonly rerank?: RerankFixture | Exempt
  readonly rateLimits: RateLimitsFixture | Exempt
  /** Always of a provider that counts tokens; of no meaning for others. */
  readonly countTokens?: CountFixture
}

const root = new URL('../fixtures/', import.meta.url)

/** `undefined` where a provider has none. `name` is a folder of test/fixtures. */
export function readFixtures(name: string): Fixtures | undefined {
  if (!existsSync(new URL(`${name}/fixtures.json`, root))) return undefined
  const fixtures = readMerged(name)
  assert.ok(fixtures.synthetic.length > 0, `${name}: say in "synthetic" from what the fixtures were written`)
  checkScenarios(name, chatNames, fixtures.chats)
  checkScenarios(name, errorNames, fixtures.errors)
  assert.ok(fixtures.rateLimits !== undefined, `${name}: say in "rateLimits" which headers state the limits`)
  return fixtures
}

/** Trusted to be fixtures: what is missing fails below, what is wrong fails its test. */
function readMerged(name: string): Fixtures {
  const own: Fixtures = JSON.parse(readFileSync(new URL(`${name}/fixtures.json`, root), 'utf8'))
  return own.extends === undefined ? own : merge(readMerged(own.extends), own)
}

/** These take the place of the other's as a whole. */
const whole = new Set(['reply', 'list', 'rateLimits', 'countTokens'])

/** `null` takes the other's away. */
function merge<T extends object>(base: T, own: T): T {
  if ('exempt' in own || 'exempt' in base) return own
  const merged = { ...base }
  for (const [key, value] of Object.entries(own)) {
    const other: unknown = Reflect.get(merged, key)
    if (value === null) Reflect.deleteProperty(merged, key)
    else if (whole.has(key) || !isObject(value) || !isObject(other)) Reflect.set(merged, key, value)
    else Reflect.set(merged, key, merge(other, value))
  }
  return merged
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkScenarios(
  provider: string,
  names: readonly string[],
  given: Readonly<Record<string, unknown>>,
): void {
  const missing = names.filter((name) => given[name] === undefined)
  const unknown = Object.keys(given).filter((name) => !names.includes(name))
  assert.deepEqual({ missing, unknown }, { missing: [], unknown: [] }, `${provider}: scenarios`)
}

export function isExempt(fixture: object): fixture is Exempt {
  return 'exempt' in fixture
}

export function bodyOf(name: string, reply: ReplyFixture): Uint8Array {
  if (reply.file !== undefined) return readFileSync(findFile(name, reply.file))
  return new TextEncoder().encode(JSON.stringify(reply.json ?? {}))
}

/** Whether the body is another folder's. */
export function isBorrowed(name: string, { file }: ReplyFixture): boolean {
  return file !== undefined && !existsSync(new URL(`${name}/${file}`, root))
}

function findFile(name: string, file: string): URL {
  const own = new URL(`${name}/${file}`, root)
  const base = existsSync(own) ? undefined : readMerged(name).extends
  return base === undefined ? own : findFile(base, file)
}
