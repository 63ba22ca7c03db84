import * as z from 'zod/mini'
import { showModelChoices } from './answerers.js'
import { weightsSchema } from './policies/weightsSchema.js'
import type { SettingName, SettingValues } from './settingsTable.js'
import { timeZoneSchema } from './timeZoneSchema.js'

/** What a setting may be: the manifest, the documentation and what reads a written one go by this row. */
export interface SettingRule<T> {
  /** `application`: the user alone. `resource`: a workspace too, where it can only tighten. */
  readonly scope: 'application' | 'resource'
  readonly schema: z.ZodMiniType<T>
  /** Markdown. */
  readonly description: string
}

export const settingRules: { readonly [Name in SettingName]: SettingRule<SettingValues[Name]> } = {
  defaultModel: {
    scope: 'application',
    schema: z.string(),
    description:
      'The model to begin with, written connection/model. The status bar and “Roundhouse: Select Model” set it. Empty: the one used last on this machine, else a local one; one of a cloud only once you choose it.',
  },
  catalogEnabled: {
    scope: 'application',
    schema: z.boolean(),
    description:
      'Look up what is published of models (limits, abilities, prices) in a catalogue, at most once a day, without any key and only while a connection to a cloud answers. Off: only your settings, the providers’ own lists and the price list that comes with Roundhouse count.',
  },
  catalogUrl: {
    scope: 'application',
    schema: z.url(),
    description: 'Where the catalogue is: models.dev’s `api.json`, or a copy of it.',
  },
  localOnly: {
    scope: 'resource',
    schema: z.boolean(),
    description:
      'Nothing leaves for a cloud: only models of this machine and your own hosts are asked, and a cloud’s connections are held back with their last lists. A workspace can turn this on for itself, never off. A value that is neither true nor false counts as true.',
  },
  routingWeights: {
    scope: 'application',
    schema: weightsSchema,
    description:
      'What counts when the route `auto` chooses a model: `balanced`, `thrifty`, `quality`, `cost`, `speed`, `privacy`, or a number for each of quality, cost, latency, privacy and reliability. `balanced` weighs cost more for what looks simple and quality for what looks hard; any other holds for every request.',
  },
  routingShowModel: {
    scope: 'application',
    schema: z.enum(showModelChoices),
    description:
      'Name the model that answered in one line behind each answer of a route in Chat: `always`, `onChange` (where it is another one than before in the conversation), or `never`.',
  },
  routingSameModelElsewhere: {
    scope: 'application',
    schema: z.boolean(),
    description:
      'Where a model that you ask for by its own name does not answer, ask the same model of another connection. A local model is never replaced by one of a cloud; budgets and “local only” hold as for every request.',
  },
  usageTimeZone: {
    scope: 'application',
    schema: timeZoneSchema(),
    description:
      'Where the days, weeks and months of reports, and of budgets that say nothing else, begin: `local`, `UTC`, or a name such as `Europe/Berlin`.',
  },
  usageRetentionDays: {
    scope: 'application',
    schema: z.int().check(z.gte(1), z.lte(3_650)),
    description:
      'Days for which the ledger keeps each attempt. Neither prompts nor answers are in it, unless you turn `roundhouse.usage.keepTexts` on.',
  },
  usageKeepTexts: {
    scope: 'application',
    schema: z.boolean(),
    description:
      'Keep the prompts and answers of calls beside the ledger, on this machine, readable in `roundhouse.db` of the extension’s folder; known secrets are taken out. See docs/usage.md for where it lies and how to delete it.',
  },
  usageTextDays: {
    scope: 'application',
    schema: z.int().check(z.gte(1), z.lte(3_650)),
    description: 'Days for which prompts and answers are kept where `roundhouse.usage.keepTexts` is on.',
  },
  usageConfirmAboveUsd: {
    scope: 'application',
    schema: z.number().check(z.nonnegative()),
    description:
      'Ask before a request whose estimate is above so many USD, once for each conversation; and before the first answer of a route that costs money, once for each route. 0: never ask.',
  },
  otlpEndpoint: {
    scope: 'application',
    schema: z.string(),
    description:
      'Your own collector for usage over OTLP (HTTP, JSON), such as `http://127.0.0.1:4318`; neither prompts nor answers are sent. Headers, which may hold a key, come from the environment’s `OTEL_EXPORTER_OTLP_HEADERS` alone. Empty: nothing is exported.',
  },
  otlpTraces: {
    scope: 'application',
    schema: z.boolean(),
    description: 'Export each attempt as a span.',
  },
  otlpMetrics: {
    scope: 'application',
    schema: z.boolean(),
    description: 'Export durations, tokens and cost as metrics.',
  },
  alertsEnabled: {
    scope: 'application',
    schema: z.boolean(),
    description: 'Tell when a model or a connection does worse than it used to, four times an hour at most.',
  },
  healthCheckMinutes: {
    scope: 'application',
    schema: z.number().check(z.gte(0), z.lte(1_440)),
    description:
      'How often a cloud connection that was not used is asked whether it still answers, while VS Code is in use. 0: never. A local model is never woken.',
  },
  cacheCompletions: {
    scope: 'application',
    schema: z.boolean(),
    description:
      'Keep complete answers, and give them again for the same request. Answers are kept on this machine alone, in the extension’s own folder.',
  },
  cacheEmbeddings: {
    scope: 'application',
    schema: z.boolean(),
    description:
      'Keep embeddings that other extensions have asked for, and give them again for the same text. The vectors are kept on this machine alone, the texts not at all.',
  },
  cacheSampled: {
    scope: 'application',
    schema: z.boolean(),
    description:
      'Also keep answers of a temperature above 0, or of one that nobody has set: asked again, the model would have said it in other words.',
  },
  cacheTtlHours: {
    scope: 'application',
    schema: z.number().check(z.positive(), z.lte(8_760)),
    description: 'Hours for which a kept answer is given again.',
  },
  cacheMaximumEntries: {
    scope: 'application',
    schema: z.int().check(z.positive()),
    description: 'Kept answers at most; what was not used for the longest time leaves first.',
  },
  cacheMaximumMegabytes: {
    scope: 'application',
    schema: z.number().check(z.positive()),
    description: 'Megabytes of kept answers at most.',
  },
  cacheStore: {
    scope: 'application',
    schema: z.enum(['sqlite', 'file', 'memory']),
    description:
      'Where answers are kept: `sqlite` (shared by windows, with a part in memory), `file`, or `memory` (gone with the window). Holds from the next start on.',
  },
}
