import * as z from 'zod/mini'
import { isRecord } from '../core/json.js'
import type { ParameterSettings } from '../core/parameters/merge.js'
import type { ParameterTemplates } from '../core/parameters/templates.js'
import { parameterSettingsSchema } from './parameterSchema.js'
import { describeIssue } from './schemaIssue.js'
import { createProblemList, isOversized, oversized, type SettingProblem } from './settingProblem.js'

/** What the setting `roundhouse.parameterTemplates` may hold. */
export const parameterTemplatesSchema = z.record(z.string(), parameterSettingsSchema)

export interface ReadTemplates {
  readonly templates: ParameterTemplates
  readonly problems: readonly SettingProblem[]
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
    return {
      templates: {},
      problems: [{ path: setting, message: 'must be an object of templates, by name.' }],
    }
  }
  const templates = new Map<string, ParameterTemplates[string]>()
  const problems = createProblemList(setting)
  const ending = 'The template is not used until this is corrected.'
  for (const [name, entry] of Object.entries(value)) {
    if (problems.isHopeless) {
      problems.skip()
      continue
    }
    if (isOversized(entry)) {
      problems.add(`${setting}.${name}`, () => `${oversized}. ${ending}`)
      continue
    }
    const result = parameterSettingsSchema.safeParse(entry)
    if (result.success) templates.set(name, result.data)
    for (const issue of result.error?.issues ?? [])
      problems.add(
        [setting, name, ...issue.path].join('.'),
        () => `${describeIssue(issue, entry)}. ${ending}`,
      )
  }
  return { templates: Object.fromEntries(templates), problems: problems.list() }
}
