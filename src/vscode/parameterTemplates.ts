import * as z from 'zod/mini'
import { isRecord } from '../core/json.js'
import type { ParameterSettings } from '../core/parameters/merge.js'
import type { ParameterTemplates } from '../core/parameters/templates.js'
import { parameterSettingsSchema } from './parameterSchema.js'
import { describeIssue } from './schemaIssue.js'

/** What the setting `roundhouse.parameterTemplates` may hold. */
export const parameterTemplatesSchema = z.record(z.string(), parameterSettingsSchema)

export interface ReadTemplates {
  readonly templates: ParameterTemplates
  /** One sentence for each entry that is not used. */
  readonly problems: readonly string[]
}

const setting = 'roundhouse.parameterTemplates'

/** The setting with a template more, or less where `parameters` is undefined; whatever else is there stays as it is. */
export function withTemplate(
  value: unknown,
  name: string,
  parameters: ParameterSettings | undefined,
): Record<string, unknown> {
  const entries = isRecord(value) ? Object.entries(value) : []
  const others = entries.filter(([other]) => other !== name)
  return Object.fromEntries(parameters === undefined ? others : [...others, [name, parameters]])
}

/** Reads the setting template by template: one that is malformed is reported, the others are used. */
export function readParameterTemplates(value: unknown): ReadTemplates {
  if (value === undefined) return { templates: {}, problems: [] }
  if (!isRecord(value)) {
    return { templates: {}, problems: [`${setting} must be an object of templates, by name.`] }
  }
  const templates: Record<string, ParameterTemplates[string]> = {}
  const problems: string[] = []
  for (const [name, entry] of Object.entries(value)) {
    const result = parameterSettingsSchema.safeParse(entry)
    if (result.success) templates[name] = result.data
    for (const issue of result.error?.issues ?? []) {
      problems.push(
        `${[setting, name, ...issue.path].join('.')}: ${describeIssue(issue, entry)}. The template is not used until this is corrected.`,
      )
    }
  }
  return { templates, problems }
}
