import type { ChatRequest } from '../chat.js'
import type { ModelInfo } from '../model.js'

/** Why a model is left out. */
export const reasonCodes = [
  'not-for-chat',
  'not-in-route',
  'by-name-only',
  'retired',
  'not-local',
  'capability-missing',
  'capability-unknown',
  'context-too-small',
  'wrong-category',
  'price-unknown',
  'price-too-high',
  'cost-too-high',
  'too-slow',
  'no-key',
  'disabled',
  'unreachable',
  'cooling-down',
  'quota-exhausted',
  'circuit-open',
  'rate-limited',
  'budget-exhausted',
  'unhealthy',
  'already-tried',
] as const

export type ReasonCode = (typeof reasonCodes)[number]

/** What keeps a model from being asked now. */
export interface Obstacle {
  readonly code: ReasonCode
  /** One sentence for the user; names no key and no prompt. */
  readonly message: string
  /** Milliseconds since the epoch at which it goes away by itself. */
  readonly until?: number
  /** The message with what takes longer to find out, for the error of whom nobody is left to answer. */
  readonly inFull?: () => string
}

/** Synchronous and cheap: it is asked for every model of a ranking. */
export type CandidateCheck = (model: ModelInfo, request: ChatRequest) => Obstacle | undefined

/** The first obstacle that a check finds. */
export function firstObstacle(
  checks: readonly CandidateCheck[],
  model: ModelInfo,
  request: ChatRequest,
): Obstacle | undefined {
  for (const check of checks) {
    const obstacle = check(model, request)
    if (obstacle !== undefined) return obstacle
  }
  return undefined
}
