import { dayMs, minuteMs } from '../durations.js'
import type { ErrorCode } from '../errors.js'

/** How one model of one connection has failed lately. Times in milliseconds since the epoch, 0 for none. */
export interface Circuit {
  /** In a row. */
  readonly failures: number
  readonly failedAt: number
  readonly code: ErrorCode
  /** Nothing is asked until then, because the provider said so; after that one request tries it. */
  readonly coolUntil: number
  /** Nothing is asked until then, because it failed too often; after that one request tries it. */
  readonly openUntil: number
  /** How often it opened in a row. */
  readonly openings: number
  /** One request is trying it, and has until then to say how it went. */
  readonly probeUntil: number
}

export interface CircuitLimits {
  /** Failures in a row that open it. */
  readonly threshold: number
  /** Milliseconds that it stays open at first; each further time twice as long. */
  readonly openMs: number
  readonly maxOpenMs: number
  /** Milliseconds after which a failure is forgotten. */
  readonly forgetMs: number
  readonly probeMs: number
  /** The longest Retry-After that is believed. */
  readonly maxCoolMs: number
}

export const usualCircuitLimits: CircuitLimits = {
  threshold: 5,
  openMs: 15_000,
  maxOpenMs: minuteMs,
  forgetMs: 10 * minuteMs,
  probeMs: 2 * minuteMs,
  maxCoolMs: dayMs,
}

/** Milliseconds to leave a model alone that gives no Retry-After, by the kind of failure. */
const usualCoolMs: Readonly<Partial<Record<ErrorCode, number>>> = {
  'rate-limited': 1_000,
  'quota-exhausted': 5 * minuteMs,
}

export interface CircuitFailure {
  readonly code: ErrorCode
  /** Milliseconds, as the provider says it. */
  readonly retryAfterMs: number | undefined
}

export type CircuitState = 'closed' | 'cooling' | 'open' | 'halfOpen' | 'probing'

/** Milliseconds by which the clocks of windows may differ. */
const clockSlackMs = 5_000

/** A time that lies further ahead than it can was written by a clock that has been set back since. */
function isAhead(until: number, now: number, longest: number): boolean {
  return until > now && until - now <= longest
}

/** A failure of the future, too; what it asked for cannot be told any more. */
function wasSetBack(circuit: Circuit, now: number): boolean {
  return circuit.failedAt > now + clockSlackMs
}

export function circuitState(circuit: Circuit | undefined, now: number, limits: CircuitLimits): CircuitState {
  if (circuit === undefined) return 'closed'
  if (wasSetBack(circuit, now)) return 'halfOpen'
  if (isAhead(circuit.coolUntil, now, limits.maxCoolMs)) return 'cooling'
  if (isAhead(circuit.openUntil, now, limits.maxOpenMs)) return 'open'
  if (circuit.openings === 0 && circuit.coolUntil === 0) return 'closed'
  return isAhead(circuit.probeUntil, now, limits.probeMs) ? 'probing' : 'halfOpen'
}

function isForgotten(circuit: Circuit, now: number, limits: CircuitLimits): boolean {
  const longest = Math.max(circuit.failedAt, circuit.coolUntil, circuit.openUntil)
  return Math.abs(now - circuit.failedAt) > limits.forgetMs && longest <= now
}

/** It is open to all once an answer has begun; how it has failed before counts until the answer is whole. */
export function beginCircuit(
  circuit: Circuit | undefined,
  now: number,
  limits: CircuitLimits,
): Circuit | undefined {
  if (circuit === undefined) return undefined
  const coolUntil = isAhead(circuit.coolUntil, now, limits.maxCoolMs) ? circuit.coolUntil : 0
  const isOpenToAll = circuit.openings === 0 && circuit.openUntil === 0 && circuit.probeUntil === 0
  if (isOpenToAll && coolUntil === circuit.coolUntil) return circuit
  return { ...circuit, coolUntil, openings: 0, openUntil: 0, probeUntil: 0 }
}

/** A Retry-After holds although another answer has come meanwhile. */
export function succeedCircuit(
  circuit: Circuit | undefined,
  now: number,
  limits: CircuitLimits,
): Circuit | undefined {
  if (circuit === undefined || !isAhead(circuit.coolUntil, now, limits.maxCoolMs)) return undefined
  return { ...circuit, failures: 0, openings: 0, openUntil: 0, probeUntil: 0 }
}

export function failCircuit(
  known: Circuit | undefined,
  failure: CircuitFailure,
  now: number,
  limits: CircuitLimits,
): Circuit {
  const before = known === undefined || isForgotten(known, now, limits) ? undefined : known
  const failures = (before?.failures ?? 0) + 1
  const isOpen = isAhead(before?.openUntil ?? 0, now, limits.maxOpenMs)
  const wasTried = (before?.openings ?? 0) > 0
  const opens = !isOpen && (wasTried || failures >= limits.threshold)
  const openings = (before?.openings ?? 0) + Number(opens)
  const openMs = Math.min(limits.maxOpenMs, limits.openMs * 2 ** (openings - 1))
  const asked = failure.retryAfterMs ?? usualCoolMs[failure.code] ?? 0
  const coolMs = Math.min(limits.maxCoolMs, Math.max(0, Math.ceil(asked)))
  return {
    failures,
    failedAt: now,
    code: failure.code,
    coolUntil: coolMs > 0 ? Math.max(before?.coolUntil ?? 0, now + coolMs) : (before?.coolUntil ?? 0),
    openUntil: opens ? now + openMs : (before?.openUntil ?? 0),
    openings,
    probeUntil: 0,
  }
}
