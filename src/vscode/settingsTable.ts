import type { CacheSettings } from '../core/cache/policy.js'
import { defaultCacheSettings } from '../core/cache/policy.js'
import { hourMs } from '../core/durations.js'
import type { RankingWeights, WeightPreset } from '../core/routing/weights.js'
import { type ShowModel, usualShowModel } from './answerers.js'

/** What each setting of a single value holds, by `SettingRow.key` without the prefix, dots written as capitals. */
export interface SettingValues {
  readonly defaultModel: string
  readonly catalogEnabled: boolean
  readonly catalogUrl: string
  readonly localOnly: boolean
  readonly routingWeights: RankingWeights | WeightPreset
  readonly routingShowModel: ShowModel
  readonly routingSameModelElsewhere: boolean
  readonly usageTimeZone: string
  readonly usageRetentionDays: number
  readonly usageKeepTexts: boolean
  readonly usageTextDays: number
  readonly usageConfirmAboveUsd: number
  readonly otlpEndpoint: string
  readonly otlpTraces: boolean
  readonly otlpMetrics: boolean
  readonly alertsEnabled: boolean
  readonly healthCheckMinutes: number
  readonly cacheCompletions: boolean
  readonly cacheEmbeddings: boolean
  readonly cacheSampled: boolean
  readonly cacheTtlHours: number
  readonly cacheMaximumEntries: number
  readonly cacheMaximumMegabytes: number
  readonly cacheStore: CacheSettings['store']
}

export type SettingName = keyof SettingValues

/** What is read of a setting while it has its default; what else it may be is in `settingRules`, which is loaded late. */
export interface SettingRow<Name extends SettingName = SettingName> {
  readonly name: Name
  readonly key: `roundhouse.${string}`
  readonly default: SettingValues[Name]
}

export const settingsTable: { readonly [Name in SettingName]: SettingRow<Name> } = {
  defaultModel: { name: 'defaultModel', key: 'roundhouse.defaultModel', default: '' },
  catalogEnabled: { name: 'catalogEnabled', key: 'roundhouse.catalog.enabled', default: true },
  catalogUrl: { name: 'catalogUrl', key: 'roundhouse.catalog.url', default: 'https://models.dev/api.json' },
  localOnly: { name: 'localOnly', key: 'roundhouse.localOnly', default: false },
  routingWeights: { name: 'routingWeights', key: 'roundhouse.routing.weights', default: 'balanced' },
  routingShowModel: {
    name: 'routingShowModel',
    key: 'roundhouse.routing.showModel',
    default: usualShowModel,
  },
  routingSameModelElsewhere: {
    name: 'routingSameModelElsewhere',
    key: 'roundhouse.routing.sameModelElsewhere',
    default: false,
  },
  usageTimeZone: { name: 'usageTimeZone', key: 'roundhouse.usage.timeZone', default: 'local' },
  usageRetentionDays: { name: 'usageRetentionDays', key: 'roundhouse.usage.retentionDays', default: 400 },
  usageKeepTexts: { name: 'usageKeepTexts', key: 'roundhouse.usage.keepTexts', default: false },
  usageTextDays: { name: 'usageTextDays', key: 'roundhouse.usage.textDays', default: 30 },
  usageConfirmAboveUsd: { name: 'usageConfirmAboveUsd', key: 'roundhouse.usage.confirmAboveUsd', default: 1 },
  otlpEndpoint: { name: 'otlpEndpoint', key: 'roundhouse.otlp.endpoint', default: '' },
  otlpTraces: { name: 'otlpTraces', key: 'roundhouse.otlp.traces', default: true },
  otlpMetrics: { name: 'otlpMetrics', key: 'roundhouse.otlp.metrics', default: true },
  alertsEnabled: { name: 'alertsEnabled', key: 'roundhouse.alerts.enabled', default: true },
  healthCheckMinutes: {
    name: 'healthCheckMinutes',
    key: 'roundhouse.healthChecks.everyMinutes',
    default: 10,
  },
  cacheCompletions: {
    name: 'cacheCompletions',
    key: 'roundhouse.cache.completions',
    default: defaultCacheSettings.completions,
  },
  cacheEmbeddings: {
    name: 'cacheEmbeddings',
    key: 'roundhouse.cache.embeddings',
    default: defaultCacheSettings.embeddings,
  },
  cacheSampled: {
    name: 'cacheSampled',
    key: 'roundhouse.cache.sampled',
    default: defaultCacheSettings.sampled,
  },
  cacheTtlHours: {
    name: 'cacheTtlHours',
    key: 'roundhouse.cache.ttlHours',
    default: defaultCacheSettings.ttlMs / hourMs,
  },
  cacheMaximumEntries: {
    name: 'cacheMaximumEntries',
    key: 'roundhouse.cache.maximumEntries',
    default: defaultCacheSettings.maximumEntries,
  },
  cacheMaximumMegabytes: {
    name: 'cacheMaximumMegabytes',
    key: 'roundhouse.cache.maximumMegabytes',
    default: defaultCacheSettings.maximumBytes / 1_000_000,
  },
  cacheStore: { name: 'cacheStore', key: 'roundhouse.cache.store', default: defaultCacheSettings.store },
}
