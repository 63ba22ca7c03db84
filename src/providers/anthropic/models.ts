import type { Anthropic } from '@anthropic-ai/sdk'
import type { Capabilities, ListedModel } from '../../core/model.js'

type Support = Anthropic.CapabilitySupport | null | undefined

/** A capability the server does not speak of is unknown, not missing. */
function known(name: keyof Capabilities, support: Support): Partial<Capabilities> {
  return support === null || support === undefined ? {} : { [name]: support.supported }
}

function capabilities(model: Anthropic.ModelInfo): Capabilities {
  const stated = model.capabilities
  return {
    // Every Claude model that the Messages API serves calls tools; the list has no field for it.
    toolCalling: true,
    ...known('imageInput', stated?.image_input),
    ...known('reasoning', stated?.thinking),
    ...known('structuredOutput', stated?.structured_outputs),
  }
}

function lifecycle(model: Anthropic.ModelInfo): Pick<ListedModel, 'lifecycle'> {
  if (!model.lifecycle) return {}
  const retiresAt = model.retires_at ? { retiresAt: model.retires_at.slice(0, 10) } : {}
  return { lifecycle: { status: model.lifecycle, ...retiresAt } }
}

/**
 * `max_input_tokens` is the size of the context window, which input and output share, so it is no
 * `maxInputTokens` of ours.
 */
export function toListedModel(model: Anthropic.ModelInfo): ListedModel {
  const dated = /^(.+)-(\d{8})$/.exec(model.id)
  return {
    id: model.id,
    family: dated?.[1] ?? model.id,
    ...(dated?.[2] === undefined ? {} : { version: dated[2] }),
    capabilities: capabilities(model),
    ...(model.display_name ? { name: model.display_name } : {}),
    ...(model.max_input_tokens ? { contextWindow: model.max_input_tokens } : {}),
    ...(model.max_tokens ? { maxOutputTokens: model.max_tokens } : {}),
    ...lifecycle(model),
  }
}
