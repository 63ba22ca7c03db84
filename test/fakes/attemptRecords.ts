import type { AttemptRecord, TokenClasses } from '../../src/core/usage/attemptRecord.js'

const noTokens: TokenClasses = {
  uncachedInput: 0,
  cacheRead: 0,
  cacheWriteShort: 0,
  cacheWriteLong: 0,
  visibleOutput: 0,
  reasoningOutput: 0,
}

type Facts = Partial<Omit<AttemptRecord, 'tokens'>> & { readonly tokens?: Partial<TokenClasses> }

/** A successful attempt of `work/small` that took 1 s, of which 200 ms to its first part; `facts` says what differs. */
export function createAttemptRecord({ tokens, ...facts }: Facts = {}): AttemptRecord {
  return {
    at: Date.UTC(2026, 0, 1),
    requestId: 'request-1',
    number: 1,
    caller: { door: 'languageModel' },
    provider: 'scripted',
    model: { connection: 'work', id: 'small' },
    accuracy: 'exact',
    latencyMs: 1_000,
    firstPartMs: 200,
    outcome: { kind: 'success' },
    isCacheHit: false,
    ...facts,
    tokens: { ...noTokens, ...tokens },
  }
}
