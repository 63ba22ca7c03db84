import type { CacheSettings } from './cache/policy.js'
import type { Event } from './event.js'
import type { RouteSetting } from './routing/routes.js'
import type { AlertRule } from './usage/alertRules.js'
import type { Budget } from './usage/budget.js'
import type { OtlpSettings } from './usage/otlp/endpoint.js'

/** What the user wants of requests, as it is now. */
export interface RequestPolicies {
  readonly isLocalOnly: () => boolean
  /** Whether a model that was asked for by name may be replaced by the same one of another connection. */
  readonly sameModelElsewhere: () => boolean
  readonly budgets: () => readonly Budget[]
  readonly alertRules: () => readonly AlertRule[]
  readonly cache: () => CacheSettings
  /** Days for which usage is kept. */
  readonly retentionDays: () => number
  /** Whether prompts and answers are kept. */
  readonly keepsTexts: () => boolean
  /** Days for which they are. */
  readonly textDays: () => number
  /** Milliseconds between two checks of a connection's health; 0 for none. */
  readonly healthCheckMs: () => number
  readonly otlp: () => Omit<OtlpSettings, 'headers'>
  readonly onDidChangeOtlp: Event<void>
  /** All routes by their names; the same map until one changes. */
  readonly routes: () => ReadonlyMap<string, RouteSetting>
}
