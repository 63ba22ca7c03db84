import type { ErrorCode } from '../errors.js'

/**
 * What may follow a failure, the first that is possible: `retry` the same model, once its `freshKey` is another one, a
 * `sibling` (the same model of another connection), the `next` candidate, or the next that takes a `longer` input.
 */
export type FallbackStep = 'retry' | 'freshKey' | 'sibling' | 'next' | 'longer'

export interface FallbackStrategy {
  /** None: the failure lies in the request, and another model would fail as well. */
  readonly steps: readonly FallbackStep[]
  /** What the failure says nothing good about: the model alone, or everything that the connection offers. */
  readonly scope: 'model' | 'connection'
  /** What it tells the circuit breaker: the model is sick, it is well and only this request is not, or nothing. */
  readonly health: 'sick' | 'well' | 'unknown'
}

const transient: FallbackStrategy = {
  steps: ['retry', 'sibling', 'next'],
  scope: 'model',
  health: 'sick',
}
const final: FallbackStrategy = { steps: [], scope: 'model', health: 'well' }

export const strategies: Readonly<Record<ErrorCode, FallbackStrategy>> = {
  'rate-limited': transient,
  overloaded: transient,
  incomplete: transient,
  // The same model would most likely have nothing to say again.
  'empty-response': { steps: ['next', 'retry'], scope: 'model', health: 'sick' },
  'provider-error': transient,
  unreachable: { ...transient, scope: 'connection' },
  // It has taken its time already.
  timeout: { steps: ['sibling', 'next'], scope: 'model', health: 'sick' },
  'engine-failed': { steps: ['sibling', 'next'], scope: 'model', health: 'sick' },
  'quota-exhausted': { steps: ['sibling', 'next'], scope: 'connection', health: 'sick' },
  unauthorized: { steps: ['freshKey', 'sibling', 'next'], scope: 'connection', health: 'unknown' },
  forbidden: { steps: ['sibling', 'next'], scope: 'model', health: 'unknown' },
  'not-found': { steps: ['sibling', 'next'], scope: 'model', health: 'unknown' },
  'budget-exceeded': { steps: ['next'], scope: 'model', health: 'unknown' },
  'capability-unsupported': { steps: ['next'], scope: 'model', health: 'well' },
  'context-length': { steps: ['longer'], scope: 'model', health: 'well' },
  'content-filtered': final,
  'invalid-request': final,
  'not-saved': { ...final, health: 'unknown' },
  cancelled: { ...final, health: 'unknown' },
  'fallback-exhausted': { ...final, health: 'unknown' },
  'no-model': { ...final, health: 'unknown' },
}
