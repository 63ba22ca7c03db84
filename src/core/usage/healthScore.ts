import type { Summary } from './summary.js'

export type Degradation = 'failing' | 'slow'

/** Attempts that a new model is believed to have answered, and those by which its history speaks for the last hour. */
const trust = 4
const inertia = 3

/** What counts as much: so many successes on either side, and so much slower, before a time says anything. */
const leastSuccesses = 5
const tolerated = 1.5
const slow = 2
const leastSlowerMs = 500

/** So many failures, and a success rate so far below the model's own, make a model that is failing. */
const leastFailures = 3
const leastDrop = 0.2

/** A model is judged by its last hour against what came before. */
export interface HealthInput {
  readonly recent: Summary
  readonly history: Summary
}

/** The share of answered attempts before the last hour; high where little is known. */
function usualSuccess({ counts }: Summary): number {
  return (counts.successes + trust) / (counts.successes + counts.failures + trust)
}

function compareLatency({ recent, history }: HealthInput): { readonly now: number; readonly usual: number } {
  const known = Math.min(recent.counts.successes, history.counts.successes)
  const now = recent.latencyMs.quantile(0.5)
  const usual = history.latencyMs.quantile(0.5)
  return known < leastSuccesses || now === undefined || usual === undefined
    ? { now: 0, usual: 0 }
    : { now, usual }
}

/**
 * From 0 to 100: `100 · S · (0.7 + 0.3 · L)`. S is the success rate of the last hour, to which the rate of the time
 * before adds three attempts. L is how much of its usual speed a model has: 1 up to one and a half times the usual
 * median latency, then falling as that grows. `docs/health.md` has an example.
 */
export function healthScore(input: HealthInput): number {
  const { successes, failures } = input.recent.counts
  const success = (successes + inertia * usualSuccess(input.history)) / (successes + failures + inertia)
  const { now, usual } = compareLatency(input)
  const speed = now <= usual * tolerated ? 1 : (usual * tolerated) / now
  return Math.round(100 * success * (0.7 + 0.3 * speed))
}

/** What is worse than this model's own usual, if anything: a model that has always been slow is not degraded. */
export function findDegradation(input: HealthInput): Degradation | undefined {
  const { successes, failures } = input.recent.counts
  const rate = successes / (successes + failures)
  if (failures >= leastFailures && rate < usualSuccess(input.history) - leastDrop) return 'failing'
  const { now, usual } = compareLatency(input)
  return now > usual * slow && now - usual > leastSlowerMs ? 'slow' : undefined
}
