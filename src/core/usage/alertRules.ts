import { dayMs, hourMs } from '../durations.js'
import { formatModelRef, type ModelRef } from '../model.js'
import { createModelFilter } from '../registry/patterns.js'
import type { Degradation } from './healthScore.js'
import type { ModelStatistics } from './metrics.js'

interface Measure {
  /** Follows "has". */
  readonly name: string
  read(statistics: ModelStatistics): number | undefined
  readonly format: (value: number) => string
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
const percent = (share: number): string => `${Math.round(share * 100)} %`

/** What a rule can watch. */
const measures = {
  healthScore: {
    name: 'a health score of',
    read: ({ healthScore }) => healthScore,
    format: (score) => score.toString(),
  },
  successRate: {
    name: 'a success rate of',
    read: ({ successRate }) => successRate,
    format: percent,
  },
  fallbackRate: {
    name: 'a fallback rate of',
    read: ({ fallbackRate }) => fallbackRate,
    format: percent,
  },
  latencyP95Ms: {
    name: 'a latency (p95) of',
    read: ({ latencyMs }) => latencyMs?.p95,
    format: seconds,
  },
  firstPartP95Ms: {
    name: 'a time to the first part (p95) of',
    read: ({ firstPartMs }) => firstPartMs?.p95,
    format: seconds,
  },
  tokensPerSecond: {
    name: 'a speed in tokens per second of',
    read: ({ tokensPerSecond }) => tokensPerSecond,
    format: (speed) => speed.toFixed(0),
  },
  costPerRequest: {
    name: 'a cost for each answer of',
    read: ({ costPerRequest }) => costPerRequest,
    format: (usd) => `$${usd.toPrecision(2)}`,
  },
} as const satisfies Record<string, Measure>

type MeasureName = keyof typeof measures

export const measureNames = [
  'healthScore',
  'successRate',
  'fallbackRate',
  'latencyP95Ms',
  'firstPartP95Ms',
  'tokensPerSecond',
  'costPerRequest',
] as const satisfies readonly MeasureName[]

/** The last hour alone, or also the two weeks before it, which fade. */
export const alertWindows = ['hour', 'twoWeeks'] as const

type Condition =
  | { readonly measure: MeasureName; readonly above: number }
  | { readonly measure: MeasureName; readonly below: number }
  | { readonly degradation: Degradation }

/** One row: what is watched, and when it is worth a word. Rates are from 0 to 1, times in ms, money in USD. */
export interface AlertRule {
  readonly id: string
  readonly watches: 'model' | 'connection'
  /** Only of what this pattern with `*` fits: `connection/id`, or a connection's id. All where absent. */
  readonly only?: string
  readonly when: Condition
  readonly window: (typeof alertWindows)[number]
  /** Fewer attempts say nothing. */
  readonly leastRequests: number
  readonly severity: 'info' | 'warning'
  /** Milliseconds before the same is said again of the same model or connection. */
  readonly pauseMs: number
}

/** What a rule of the user's own has that says no more than what it watches. */
export const alertRuleDefaults = {
  watches: 'model',
  window: 'hour',
  leastRequests: 5,
  severity: 'warning',
  pauseMs: 6 * hourMs,
} as const satisfies Partial<AlertRule>

export const defaultAlertRules: readonly AlertRule[] = [
  {
    id: 'connection-unhealthy',
    watches: 'connection',
    when: { measure: 'healthScore', below: 50 },
    window: 'twoWeeks',
    leastRequests: 5,
    severity: 'warning',
    pauseMs: 6 * hourMs,
  },
  {
    id: 'model-failing',
    watches: 'model',
    when: { degradation: 'failing' },
    window: 'twoWeeks',
    leastRequests: 10,
    severity: 'warning',
    pauseMs: 6 * hourMs,
  },
  {
    id: 'model-slow',
    watches: 'model',
    when: { degradation: 'slow' },
    window: 'twoWeeks',
    leastRequests: 10,
    severity: 'info',
    pauseMs: dayMs,
  },
]

/** A connection has no model id. */
export interface AlertSubject {
  readonly connection: string
  readonly model?: ModelRef
}

export function formatSubject({ connection, model }: AlertSubject): string {
  return model === undefined ? connection : formatModelRef(model)
}

const degradations: Readonly<Record<Degradation, string>> = {
  failing: 'fails more often than it used to. See the log for its errors, or choose another model for now.',
  slow: 'takes more than twice its usual time. Choose another model if that is too slow.',
}

type Border = Extract<Condition, { measure: MeasureName }>

function describeMeasure(when: Border, value: number, window: AlertRule['window']): string {
  const { name, format }: Measure = measures[when.measure]
  const border = 'above' in when ? `above ${format(when.above)}` : `below ${format(when.below)}`
  const lately = window === 'hour' ? ' in the last hour' : ''
  return `has ${name} ${format(value)}, ${border}${lately}. See the log for its errors, or choose another model for now.`
}

function isWatched({ only }: AlertRule, subject: AlertSubject): boolean {
  return only === undefined || createModelFilter([only], [])(formatSubject(subject))
}

/** One clear sentence or two where the rule holds of these statistics; undefined where it does not. */
export function findAlert(
  rule: AlertRule,
  subject: AlertSubject,
  statistics: ModelStatistics,
): string | undefined {
  if (statistics.requests < rule.leastRequests || !isWatched(rule, subject)) return undefined
  const { when } = rule
  if ('degradation' in when) {
    const holds = statistics.degradation === when.degradation
    return holds ? `${formatSubject(subject)} ${degradations[when.degradation]}` : undefined
  }
  const value = measures[when.measure].read(statistics)
  if (value === undefined) return undefined
  const holds = 'above' in when ? value > when.above : value < when.below
  return holds ? `${formatSubject(subject)} ${describeMeasure(when, value, rule.window)}` : undefined
}
