import * as z from 'zod/mini'

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
      'The model to begin with, written connection/model. The status bar and “Roundhouse: Select Model” set it. Empty: the first model that can chat.',
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
} as const
