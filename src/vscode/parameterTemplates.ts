import * as z from 'zod/mini'
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

/** Reads the setting template by template: one that is malformed is reported, the others are used. */
export function readParameterTemplates(value: unknown): ReadTemplates {
  if (value === undefined) return { templates: {}, problems: [] }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
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
