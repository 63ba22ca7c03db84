import type { Caller } from '../chat.js'
import { formatModelRef, type ModelRef } from '../model.js'
import type { WindowKind } from './windows.js'

export type BudgetUnit = 'usd' | 'tokens' | 'requests'

export const scopeKinds = ['all', 'provider', 'connection', 'model', 'workspace', 'caller'] as const

export type ScopeKind = (typeof scopeKinds)[number]

/** Whose use a budget counts. Without a value, each provider, connection, … has the whole limit for itself. */
export interface BudgetScope {
  readonly kind: ScopeKind
  /** A model is written `connection/id`; a caller is an extension's id, or the name of a terminal or door. */
  readonly value?: string
}

/** A limit over a window, as the user sets it. */
export interface Budget {
  readonly id: string
  readonly name: string
  readonly unit: BudgetUnit
  /** In USD, tokens or requests. */
  readonly limit: number
  readonly window: WindowKind
  /** `UTC`, `local`, or a name such as `Europe/Berlin`. */
  readonly timeZone: string
  readonly scope: BudgetScope
  /** A hard budget refuses what does not fit; a soft one only warns. */
  readonly kind: 'hard' | 'soft'
  /** Shares of the limit, from 0 to 1, at which the user is warned, once each in a window. */
  readonly warnAt: readonly number[]
  /** For USD: what happens to a model whose price nobody knows. */
  readonly unknownPrice: 'refuse' | 'allow'
  /** Absent for the user's own. A workspace's holds in addition to those. */
  readonly setBy?: 'workspace'
  /** What is wrong with the setting, in a sentence. Nobody knows what it was to limit, so nothing is asked. */
  readonly problem?: string
}

/** What a budget has that names no more than its limit. */
export const budgetDefaults = {
  unit: 'usd',
  window: 'month',
  timeZone: 'local',
  scope: { kind: 'all' },
  kind: 'hard',
  warnAt: [0.8, 1],
  unknownPrice: 'refuse',
} as const satisfies Partial<Budget>

/** What an attempt is counted by. */
export interface BudgetSubject {
  readonly provider: string
  readonly model: ModelRef
  readonly caller: Caller
}

/** Who asked, by the most telling name. */
export function callerName({ extension, terminal, door }: Caller): string {
  return extension ?? terminal ?? door
}

const scopeValues: Readonly<Record<ScopeKind, (subject: BudgetSubject) => string>> = {
  all: () => '',
  provider: ({ provider }) => provider,
  connection: ({ model }) => model.connection,
  model: ({ model }) => formatModelRef(model),
  workspace: ({ caller }) => caller.workspace ?? '',
  caller: ({ caller }) => callerName(caller),
}

/** The value that the attempt has in the scope; undefined where the scope is about another one. */
export function scopeValueOf(scope: BudgetScope, subject: BudgetSubject): string | undefined {
  const value = scopeValues[scope.kind](subject)
  if (scope.kind === 'all') return value
  // What belongs to no workspace is counted by no workspace's budget.
  if (value === '') return undefined
  return scope.value === undefined || scope.value === value ? value : undefined
}
