import type { Anthropic } from '@anthropic-ai/sdk'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'

/**
 * The schema that an answer is to fit, in the part of JSON Schema that Anthropic takes; the official client says the
 * rest in the descriptions. A schema that it cannot read is left out, and logged.
 */
export async function outputFormat(
  { parameters, model }: ProviderChatRequest,
  { log }: Pick<ProviderContext, 'log'>,
): Promise<Anthropic.JSONOutputFormat | undefined> {
  const wanted = parameters?.responseFormat
  if (wanted?.type !== 'jsonSchema') return undefined
  const { transformJSONSchema } = await import('@anthropic-ai/sdk/lib/transform-json-schema')
  try {
    return { type: 'json_schema', schema: { ...transformJSONSchema(wanted.schema) } }
  } catch {
    log.warn(`The schema “${wanted.name}” is not one that ${model.id} takes: the answer is not held to it.`)
    return undefined
  }
}
