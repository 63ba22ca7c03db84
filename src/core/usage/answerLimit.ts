import type { ModelInfo } from '../model.js'
import type { Connection } from '../provider.js'

/** What an answer's limit is called here, and by servers. */
const limitNames = new Set(['maxOutputTokens', 'max_tokens', 'max_completion_tokens', 'max_output_tokens'])

/** Whether a model's server is told how long an answer may be: false if it, or the user, leaves that out. */
export function takesAnswerLimit(
  { refusedParameters = [] }: Pick<ModelInfo, 'refusedParameters'>,
  connection: Pick<Connection, 'fields'> | undefined,
): boolean {
  const omitted = connection?.fields['omitParameters']
  const leftOut: readonly unknown[] = Array.isArray(omitted) ? omitted : []
  return ![...refusedParameters, ...leftOut].some((name) => limitNames.has(String(name)))
}
