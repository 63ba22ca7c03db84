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

export const chatNames = [
  'text',
  'reasoning',
  'reasoningReturn',
  'parallelTools',
  'toolResults',
  'image',
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
  readonly synthetic: string
  readonly basePath: string
  readonly model: string
  readonly keyHeader?: 'authorization' | 'x-api-key'
  readonly fields?: Readonly<Record<string, FieldValue>>
  readonly capabilities?: Capabilities
  readonly chatPath: string
  readonly list: {
    readonly replies: Readonly<Record<string, ReplyFixture>>
    readonly models: readonly ListedModel[]
  }
  readonly chats: Readonly<Record<ChatName, ChatFixture | Exempt>>
  readonly errors: Readonly<Record<ErrorName, ErrorFixture | Exempt>>
  readonly rateLimits: RateLimitsFixture | Exempt
}

const root = new URL('../fixtures/', import.meta.url)

/** `undefined` where a provider has none. `name` is a folder of test/fixtures. */
export function readFixtures(name: string): Fixtures | undefined {
  const file = new URL(`${name}/fixtures.json`, root)
  if (!existsSync(file)) return undefined
  const fixtures: Fixtures = JSON.parse(readFileSync(file, 'utf8'))
  assert.ok(fixtures.synthetic.length > 0, `${name}: say in "synthetic" from what the fixtures were written`)
  checkScenarios(name, chatNames, fixtures.chats)
  checkScenarios(name, errorNames, fixtures.errors)
  assert.ok(fixtures.rateLimits !== undefined, `${name}: say in "rateLimits" which headers state the limits`)
  return fixtures
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
  if (reply.file !== undefined) return readFileSync(new URL(`${name}/${reply.file}`, root))
  return new TextEncoder().encode(JSON.stringify(reply.json ?? {}))
}
