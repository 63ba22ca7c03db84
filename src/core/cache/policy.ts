import type { ChatParameters } from '../chat.js'
import { dayMs } from '../durations.js'

/** What may be kept, and for how long. */
export interface CacheRules {
  readonly completions: boolean
  readonly embeddings: boolean
  /** Also answers that a repetition would not give again: those of a temperature above 0, or of none that is known. */
  readonly sampled: boolean
  /** Milliseconds. */
  readonly ttlMs: number
}

/** Of a whole store; whatever was not used for the longest time leaves first. */
export interface CacheLimits {
  readonly maximumEntries: number
  readonly maximumBytes: number
}

export interface CachePolicy extends CacheRules, CacheLimits {
  /** Stronger than the rules above, by connection id. */
  readonly connections: Readonly<Record<string, Partial<CacheRules>>>
}

export interface CacheSettings extends CachePolicy {
  /** Of all stores but `memory` a part is also kept in memory. */
  readonly store: 'sqlite' | 'file' | 'memory'
}

/**
 * Answers are text of the user's own: none is kept until the user wants it. Of what is embedded the text is not kept, and
 * its vector is the same each time.
 */
export const defaultCacheSettings: CacheSettings = {
  store: 'sqlite',
  completions: false,
  embeddings: true,
  sampled: false,
  ttlMs: 7 * dayMs,
  maximumEntries: 10_000,
  maximumBytes: 100_000_000,
  connections: {},
}

export function rulesFor(policy: CachePolicy, connection: string): CacheRules {
  const { completions, embeddings, sampled, ttlMs } = policy
  return { completions, embeddings, sampled, ttlMs, ...policy.connections[connection] }
}

/** An entry from the future is not fresh either: the clock has been put back, and its age is unknown. */
export function isFresh(createdAt: number, ttlMs: number, now: number): boolean {
  const age = now - createdAt
  return age >= 0 && age < ttlMs
}

/** A temperature that nobody has set is the provider's own, which is above 0 nearly everywhere. */
export function isSampled(
  asked: ChatParameters | undefined,
  configured: ChatParameters | undefined,
): boolean {
  return (asked?.temperature ?? configured?.temperature) !== 0
}
