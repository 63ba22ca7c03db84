import type { Cache, CacheHit, CacheOptions } from '../../src/core/cache/cache.js'
import { createCache } from '../../src/core/cache/createCache.js'
import { type CachePolicy, defaultCacheSettings } from '../../src/core/cache/policy.js'
import type { Chat, ChatRequest, FinishReason, ResponsePart } from '../../src/core/chat.js'
import { isModelError } from '../../src/core/errors.js'
import type { ModelRef, Usage } from '../../src/core/model.js'
import { createMemoryStore } from '../../src/platform/cache/memoryStore.js'
import { sha256 } from '../../src/platform/cache/sha256.js'
import { createManualClock, type ManualClock } from './manualClock.js'
import { createMemoryLog } from './memoryStores.js'

export const work: ModelRef = { connection: 'work', id: 'm' }
export const request: ChatRequest = {
  model: work,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  parameters: { temperature: 0 },
  caller: { door: 'api' },
}
export const text = (value: string) => ({ type: 'text', text: value }) as const
export const finish = (reason: FinishReason = 'stop') => ({ type: 'finish', reason }) as const
export const usage: Usage = {
  inputTokens: 3,
  outputTokens: 2,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
  reasoningOutputTokens: 0,
  accuracy: 'exact',
}
export const policy: CachePolicy = { ...defaultCacheSettings, completions: true }

export type Step = ResponsePart | Error | { readonly waitMs: number }

/** A chat that plays the next of its scripts, the last one again and again, and remembers who asked. */
export function createUpstream(clock: ManualClock, ...scripts: readonly (readonly Step[])[]) {
  const calls: { readonly request: ChatRequest; readonly signal: AbortSignal }[] = []
  let open = 0
  const chat: Chat = async function* chat(asked, signal) {
    const script = scripts[Math.min(calls.length, scripts.length - 1)] ?? []
    calls.push({ request: asked, signal })
    open++
    try {
      yield { type: 'route', model: work, reason: 'asked for' }
      for (const step of script) {
        if (step instanceof Error) throw step
        if ('waitMs' in step) await clock.sleep(step.waitMs, signal)
        else yield step
      }
    } finally {
      open--
    }
  }
  return { chat, calls, open: () => open }
}

interface SetUp {
  readonly cache: Cache
  readonly clock: ManualClock
  readonly hits: CacheHit[]
  readonly log: ReturnType<typeof createMemoryLog>
}

export function createCachedChat(options: Partial<CacheOptions> = {}): SetUp {
  const clock = createManualClock()
  const hits: CacheHit[] = []
  const log = createMemoryLog()
  const opening = createMemoryStore({ limits: () => policy, clock })
  const cache = createCache({
    openStore: () => opening,
    policy: () => policy,
    sha256,
    configuration: () => ({ fingerprint: 'as it is' }),
    onHit: (hit) => void hits.push(hit),
    clock,
    log,
    ...options,
  })
  return { cache, clock, hits, log }
}

export async function collect(parts: AsyncIterable<ResponsePart>): Promise<ResponsePart[]> {
  const collected: ResponsePart[] = []
  for await (const part of parts) collected.push(part)
  return collected
}

export const proseOf = (parts: readonly ResponsePart[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
export const live = (): AbortSignal => new AbortController().signal
export const isCode = (code: string) => (error: unknown) => isModelError(error) && error.code === code
