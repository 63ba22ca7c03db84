import type { ModelRef } from './model.js'

export const errorCodes = [
  'unauthorized',
  'forbidden',
  'not-found',
  'rate-limited',
  'quota-exhausted',
  'overloaded',
  'context-length',
  'content-filtered',
  'capability-unsupported',
  'invalid-request',
  'timeout',
  'unreachable',
  'incomplete',
  'empty-response',
  'provider-error',
  'engine-failed',
  'not-saved',
  'budget-exceeded',
  'cancelled',
  'fallback-exhausted',
  'no-model',
] as const

export type ErrorCode = (typeof errorCodes)[number]

export interface ModelErrorDetails {
  readonly code: ErrorCode
  /** One clear sentence, or two: what happened, and what to do next. Never a key, never a prompt. */
  readonly message: string
  readonly provider?: string | undefined
  readonly model?: ModelRef | undefined
  /** HTTP status. */
  readonly status?: number | undefined
  readonly retryable?: boolean
  /** Milliseconds to wait before the next try, where the provider says so. */
  readonly retryAfterMs?: number | undefined
  readonly requestId?: string | undefined
  readonly cause?: unknown
}

const marker = Symbol.for('roundhouse.ModelError')

/** The one error type that leaves a provider, the router and every door. */
export class ModelError extends Error {
  readonly [marker] = true
  override readonly name = 'ModelError'
  readonly code: ErrorCode
  readonly provider: string | undefined
  readonly model: ModelRef | undefined
  readonly status: number | undefined
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly requestId: string | undefined

  constructor(details: ModelErrorDetails) {
    super(details.message, { cause: details.cause })
    this.code = details.code
    this.provider = details.provider
    this.model = details.model
    this.status = details.status
    this.retryable = details.retryable ?? false
    this.retryAfterMs = details.retryAfterMs
    this.requestId = details.requestId
  }
}

/** Works across bundles, where `instanceof` does not. */
export function isModelError(value: unknown): value is ModelError {
  return typeof value === 'object' && value !== null && marker in value
}

export function cancelled(cause?: unknown): ModelError {
  return new ModelError({ code: 'cancelled', message: 'The request was cancelled.', cause })
}
