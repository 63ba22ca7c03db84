import * as z from 'zod/mini'
import { defaultCacheSettings } from '../core/cache/policy.js'
import { hourMs } from '../core/durations.js'
import { showModelChoices, usualShowModel } from './answerers.js'
import { weightsSchema } from './policies/weightsSchema.js'
import { timeZoneSchema } from './timeZoneSchema.js'

/** One setting: the manifest, the documentation and whoever reads it go by this row. */
export interface SettingRow<T> {
  readonly key: `roundhouse.${string}`
  /** `application`: the user alone. `resource`: a workspace too, where it can only tighten. */
  readonly scope: 'application' | 'resource'
  readonly schema: z.ZodMiniType<T>
  readonly default: T
  /** Markdown. */
  readonly description: string
}

/** Infers the type of the value from the schema. */
function row<T>(setting: SettingRow<T>): SettingRow<T> {
  return setting
}

/** By `SettingRow.key` without the prefix, dots written as capitals. */
export const settingsTable = {
  defaultModel: row({
    key: 'roundhouse.defaultModel',
    scope: 'application',
    schema: z.string(),
    default: '',
    description:
      'The model to begin with, written connection/model. The status bar and “Roundhouse: Select Model” set it. Empty: the one used last on this machine, else a local one; one of a cloud only once you choose it.',
  }),
  catalogEnabled: row({
    key: 'roundhouse.catalog.enabled',
    scope: 'application',
    schema: z.boolean(),
    default: true,
    description:
      'Look up what is published of models (limits, abilities, prices) in a catalogue, at most once a day, without any key and only while a connection to a cloud answers. Off: only your settings, the providers’ own lists and the price list that comes with Roundhouse count.',
  }),
  catalogUrl: row({
    key: 'roundhouse.catalog.url',
    scope: 'application',
    schema: z.url(),
    default: 'https://models.dev/api.json',
    description: 'Where the catalogue is: models.dev’s `api.json`, or a copy of it.',
  }),
  localOnly: row({
    key: 'roundhouse.localOnly',
    scope: 'resource',
    schema: z.boolean(),
    default: false,
    description:
      'Nothing leaves for a cloud: only models of this machine and your own hosts are asked, and a cloud’s connections are held back with their last lists. A workspace can turn this on for itself, never off. A value that is neither true nor false counts as true.',
  }),
  routingWeights: row({
    key: 'roundhouse.routing.weights',
    scope: 'application',
    schema: weightsSchema,
    default: 'balanced',
    description:
      'What counts when the route `auto` chooses a model: `balanced`, `thrifty`, `quality`, `cost`, `speed`, `privacy`, or a number for each of quality, cost, latency, privacy and reliability. `balanced` weighs cost more for what looks simple and quality for what looks hard; any other holds for every request.',
  }),
  routingShowModel: row({
    key: 'roundhouse.routing.showModel',
    scope: 'application',
    schema: z.enum(showModelChoices),
    default: usualShowModel,
    description:
      'Name the model that answered in one line behind each answer of a route in Chat: `always`, `onChange` (where it is another one than before in the conversation), or `never`.',
  }),
  routingSameModelElsewhere: row({
    key: 'roundhouse.routing.sameModelElsewhere',
    scope: 'application',
    schema: z.boolean(),
    default: false,
    description:
      'Where a model that you ask for by its own name does not answer, ask the same model of another connection. A local model is never replaced by one of a cloud; budgets and “local only” hold as for every request.',
  }),
  usageTimeZone: row({
    key: 'roundhouse.usage.timeZone',
    scope: 'application',
    schema: timeZoneSchema(),
    default: 'local',
    description:
      'Where the days, weeks and months of reports, and of budgets that say nothing else, begin: `local`, `UTC`, or a name such as `Europe/Berlin`.',
  }),
  usageRetentionDays: row({
    key: 'roundhouse.usage.retentionDays',
    scope: 'application',
    schema: z.int().check(z.gte(1), z.lte(3_650)),
    default: 400,
    description:
      'Days for which the ledger keeps each attempt. Neither prompts nor answers are in it, unless you turn `roundhouse.usage.keepTexts` on.',
  }),
  usageKeepTexts: row({
    key: 'roundhouse.usage.keepTexts',
    scope: 'application',
    schema: z.boolean(),
    default: false,
    description:
      'Keep the prompts and answers of calls beside the ledger, on this machine, readable in `roundhouse.db` of the extension’s folder; known secrets are taken out. See docs/usage.md for where it lies and how to delete it.',
  }),
  usageTextDays: row({
    key: 'roundhouse.usage.textDays',
    scope: 'application',
    schema: z.int().check(z.gte(1), z.lte(3_650)),
    default: 30,
    description: 'Days for which prompts and answers are kept where `roundhouse.usage.keepTexts` is on.',
  }),
  usageConfirmAboveUsd: row({
    key: 'roundhouse.usage.confirmAboveUsd',
    scope: 'application',
    schema: z.number().check(z.nonnegative()),
    default: 1,
    description:
      'Ask before a request whose estimate is above so many USD, once for each conversation; and before the first answer of a route that costs money, once for each route. 0: never ask.',
  }),
  otlpEndpoint: row({
    key: 'roundhouse.otlp.endpoint',
    scope: 'application',
    schema: z.string(),
    default: '',
    description:
      'Your own collector for usage over OTLP (HTTP, JSON), such as `http://127.0.0.1:4318`; neither prompts nor answers are sent. Headers, which may hold a key, come from the environment’s `OTEL_EXPORTER_OTLP_HEADERS` alone. Empty: nothing is exported.',
  }),
  otlpTraces: row({
    key: 'roundhouse.otlp.traces',
    scope: 'application',
    schema: z.boolean(),
    default: true,
    description: 'Export each attempt as a span.',
  }),
  otlpMetrics: row({
    key: 'roundhouse.otlp.metrics',
    scope: 'application',
    schema: z.boolean(),
    default: true,
    description: 'Export durations, tokens and cost as metrics.',
  }),
  alertsEnabled: row({
    key: 'roundhouse.alerts.enabled',
    scope: 'application',
    schema: z.boolean(),
    default: true,
    description: 'Tell when a model or a connection does worse than it used to, four times an hour at most.',
  }),
  healthCheckMinutes: row({
    key: 'roundhouse.healthChecks.everyMinutes',
    scope: 'application',
    schema: z.number().check(z.gte(0), z.lte(1_440)),
    default: 10,
    description:
      'How often a cloud connection that was not used is asked whether it still answers, while VS Code is in use. 0: never. A local model is never woken.',
  }),
  cacheCompletions: row({
    key: 'roundhouse.cache.completions',
    scope: 'application',
    schema: z.boolean(),
    default: defaultCacheSettings.completions,
    description:
      'Keep complete answers, and give them again for the same request. Answers are kept on this machine alone, in the extension’s own folder.',
  }),
  cacheEmbeddings: row({
    key: 'roundhouse.cache.embeddings',
    scope: 'application',
    schema: z.boolean(),
    default: defaultCacheSettings.embeddings,
    description:
      'Keep embeddings that other extensions have asked for, and give them again for the same text. The vectors are kept on this machine alone, the texts not at all.',
  }),
  cacheSampled: row({
    key: 'roundhouse.cache.sampled',
    scope: 'application',
    schema: z.boolean(),
    default: defaultCacheSettings.sampled,
    description:
      'Also keep answers of a temperature above 0, or of one that nobody has set: asked again, the model would have said it in other words.',
  }),
  cacheTtlHours: row({
    key: 'roundhouse.cache.ttlHours',
    scope: 'application',
    schema: z.number().check(z.positive(), z.lte(8_760)),
    default: defaultCacheSettings.ttlMs / hourMs,
    description: 'Hours for which a kept answer is given again.',
  }),
  cacheMaximumEntries: row({
    key: 'roundhouse.cache.maximumEntries',
    scope: 'application',
    schema: z.int().check(z.positive()),
    default: defaultCacheSettings.maximumEntries,
    description: 'Kept answers at most; what was not used for the longest time leaves first.',
  }),
  cacheMaximumMegabytes: row({
    key: 'roundhouse.cache.maximumMegabytes',
    scope: 'application',
    schema: z.number().check(z.positive()),
    default: defaultCacheSettings.maximumBytes / 1_000_000,
    description: 'Megabytes of kept answers at most.',
  }),
  cacheStore: row({
    key: 'roundhouse.cache.store',
    scope: 'application',
    schema: z.enum(['sqlite', 'file', 'memory']),
    default: defaultCacheSettings.store,
    description:
      'Where answers are kept: `sqlite` (shared by windows, with a part in memory), `file`, or `memory` (gone with the window). Holds from the next start on.',
  }),
} as const
