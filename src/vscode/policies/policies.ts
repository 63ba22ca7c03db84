import type { CacheSettings } from '../../core/cache/policy.js'
import { hourMs, minuteMs } from '../../core/durations.js'
import type { Disposable } from '../../core/ports.js'
import type { Connection, ProviderTable } from '../../core/provider.js'
import type { RouteSetting } from '../../core/routing/routes.js'
import type { RankingWeights, WeightPreset } from '../../core/routing/weights.js'
import type { AlertRule } from '../../core/usage/alertRules.js'
import type { Budget } from '../../core/usage/budget.js'
import type { OtlpSettings } from '../../core/usage/otlp/endpoint.js'
import type { ShowModel } from '../answerers.js'
import { readWorkspaceName } from '../callerContext.js'
import {
  type CheckedSetting,
  createAlertRules,
  createBudgets,
  createRoutes,
  createSetting,
  createWorkspaceBudgets,
  type ReadOptions,
  type Setting,
} from '../settings.js'
import { type SettingName, type SettingRow, type SettingValues, settingsTable } from '../settingsTable.js'
import type { BudgetEntry, WrittenBudgets } from './budgetSchema.js'
import { completeBudget, completeWorkspaceBudget, unreadableBudget } from './completeBudgets.js'
import { completeRules } from './completeRules.js'
import type { NamedBudgetEntry } from './workspaceBudgets.js'

/** What the user wants of routing, budgets and the cache, as the settings are now. */
export interface Policies extends Disposable {
  readonly routes: () => readonly RouteSetting[]
  /** Of the route `auto`. */
  readonly weights: () => RankingWeights | WeightPreset
  /** Where the model that answered for a route is named. */
  readonly showModel: () => ShowModel
  /** Whether a model that was asked for by name may be replaced by the same one of another connection. */
  readonly sameModelElsewhere: () => boolean
  readonly isLocalOnly: () => boolean
  /** The user's, and those that the workspace adds. */
  readonly budgets: () => readonly Budget[]
  /** What the user alone wrote, without defaults. */
  readonly written: { readonly budgets: () => readonly BudgetEntry[] }
  /** `local`, `UTC`, or a zone's name. */
  readonly timeZone: () => string
  readonly retentionDays: () => number
  /** Whether prompts and answers are kept. */
  readonly keepsTexts: () => boolean
  readonly onDidChangeKeepsTexts: (listener: () => void) => Disposable
  readonly textDays: () => number
  /** USD; 0 where nobody is to be asked. */
  readonly confirmAboveUsd: () => number
  readonly alertRules: () => readonly AlertRule[]
  /** Milliseconds between two checks; 0 for none. */
  readonly healthCheckMs: () => number
  readonly cache: () => CacheSettings
  readonly otlp: () => Omit<OtlpSettings, 'headers'>
  readonly onDidChangeRoutes: (listener: () => void) => Disposable
  readonly onDidChangeBudgets: (listener: () => void) => Disposable
  /** What is wrong in each of them. */
  readonly checked: readonly Pick<CheckedSetting<unknown>, 'problems' | 'onDidChange'>[]
  readonly onDidChangeOtlp: (listener: () => void) => Disposable
}

export interface PoliciesOptions extends ReadOptions {
  readonly connections: () => readonly Connection[]
  readonly providers: ProviderTable
  /** Owned by whoever made it. */
  readonly localOnly: CheckedSetting<boolean>
}

type Read = <Name extends SettingName>(row: SettingRow<Name>) => () => SettingValues[Name]

function readCache(read: Read, { connections }: PoliciesOptions): () => CacheSettings {
  const completions = read(settingsTable.cacheCompletions)
  const embeddings = read(settingsTable.cacheEmbeddings)
  const sampled = read(settingsTable.cacheSampled)
  const ttlHours = read(settingsTable.cacheTtlHours)
  const maximumEntries = read(settingsTable.cacheMaximumEntries)
  const maximumMegabytes = read(settingsTable.cacheMaximumMegabytes)
  const store = read(settingsTable.cacheStore)
  return () => ({
    completions: completions(),
    embeddings: embeddings(),
    sampled: sampled(),
    ttlMs: ttlHours() * hourMs,
    maximumEntries: maximumEntries(),
    maximumBytes: maximumMegabytes() * 1_000_000,
    store: store(),
    connections: Object.fromEntries(
      connections().flatMap(({ id, cache }) => (cache === undefined ? [] : [[id, cache]])),
    ),
  })
}

type Keep = <Name extends SettingName>(row: SettingRow<Name>) => Setting<SettingValues[Name]>

function readOtlp(keep: Keep): Pick<Policies, 'otlp' | 'onDidChangeOtlp'> {
  const endpoint = keep(settingsTable.otlpEndpoint)
  const traces = keep(settingsTable.otlpTraces)
  const metrics = keep(settingsTable.otlpMetrics)
  return {
    otlp: () => ({ endpoint: endpoint.get().trim(), traces: traces.get(), metrics: metrics.get() }),
    onDidChangeOtlp(listener) {
      const subscriptions = [endpoint, traces, metrics].map(({ onDidChange }) => onDidChange(listener))
      return { dispose: () => subscriptions.forEach((subscription) => subscription.dispose()) }
    },
  }
}

interface BudgetSources {
  readonly own: WrittenBudgets
  /** What the workspace adds. */
  readonly added: readonly NamedBudgetEntry[]
  readonly timeZone: string
  readonly workspace: string | undefined
}

function completeBudgets({ own, added, timeZone, workspace }: BudgetSources): readonly Budget[] {
  const limits =
    workspace === undefined ? [] : added.map((entry) => completeWorkspaceBudget(entry, workspace, timeZone))
  const { entries, problem } = own
  const unreadable = problem === undefined ? [] : [unreadableBudget(problem, timeZone)]
  return [...unreadable, ...entries.map((entry) => completeBudget(entry, timeZone)), ...limits]
}

/** Asked for every candidate of a ranking, so made anew only after a change. */
function keepBudgets(read: () => BudgetSources): () => readonly Budget[] {
  let known: { readonly from: BudgetSources; readonly budgets: readonly Budget[] } | undefined
  return () => {
    const from = read()
    const isSame =
      known?.from.own === from.own &&
      known.from.added === from.added &&
      known.from.timeZone === from.timeZone &&
      known.from.workspace === from.workspace
    if (known === undefined || !isSame) known = { from, budgets: completeBudgets(from) }
    return known.budgets
  }
}

/** Whose scope names nothing that there is now. */
function withScopes(
  budgets: CheckedSetting<WrittenBudgets>,
  { source, connections, providers }: PoliciesOptions,
): Pick<CheckedSetting<unknown>, 'problems' | 'onDidChange'> {
  return {
    problems: () =>
      source.readers()?.vainScopes(budgets.get().entries, { connections: connections(), providers }) ?? [],
    onDidChange: budgets.onDidChange,
  }
}

/** Reads each setting when it is asked for, and again only after a change. */
export function createPolicies(options: PoliciesOptions): Policies {
  const { localOnly } = options
  const owned: CheckedSetting<unknown>[] = []
  const keep = <T extends CheckedSetting<unknown>>(setting: T): T => {
    owned.push(setting)
    return setting
  }
  const read: Read = (row) => keep(createSetting(row, options)).get
  const budgets = keep(createBudgets(options))
  const workspaceBudgets = keep(createWorkspaceBudgets(options))
  const routes = keep(createRoutes(options))
  const alertRules = keep(createAlertRules(options))
  const timeZone = read(settingsTable.usageTimeZone)
  const keepsTexts = keep(createSetting(settingsTable.usageKeepTexts, options))
  const isAlerting = read(settingsTable.alertsEnabled)
  const healthCheckMinutes = read(settingsTable.healthCheckMinutes)
  return {
    routes: routes.get,
    weights: read(settingsTable.routingWeights),
    showModel: read(settingsTable.routingShowModel),
    sameModelElsewhere: read(settingsTable.routingSameModelElsewhere),
    isLocalOnly: localOnly.get,
    budgets: keepBudgets(() => ({
      own: budgets.get(),
      added: workspaceBudgets.get(),
      timeZone: timeZone(),
      workspace: readWorkspaceName(),
    })),
    written: { budgets: () => budgets.get().entries },
    timeZone,
    retentionDays: read(settingsTable.usageRetentionDays),
    keepsTexts: keepsTexts.get,
    onDidChangeKeepsTexts: keepsTexts.onDidChange,
    textDays: read(settingsTable.usageTextDays),
    confirmAboveUsd: read(settingsTable.usageConfirmAboveUsd),
    alertRules: () => (isAlerting() ? completeRules(alertRules.get()) : []),
    healthCheckMs: () => healthCheckMinutes() * minuteMs,
    cache: readCache(read, options),
    ...readOtlp((row) => keep(createSetting(row, options))),
    onDidChangeRoutes: routes.onDidChange,
    onDidChangeBudgets: budgets.onDidChange,
    checked: [localOnly, ...owned, withScopes(budgets, options)],
    dispose() {
      for (const setting of owned) setting.dispose()
    },
  }
}
