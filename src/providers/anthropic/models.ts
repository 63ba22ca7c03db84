import { compact } from '../../core/compact.js'
import type { Capabilities, ListedModel } from '../../core/model.js'
import { arrayAt, booleanAt, numberAt, recordAt, textAt } from '../shared/json.js'
import type { ModelPage } from '../shared/pages.js'

const lifecycles = ['active', 'deprecated', 'retired'] as const

/** One answer of `GET /v1/models`; undefined where it is none. */
export function readPage(body: unknown): ModelPage | undefined {
  if (!Array.isArray(recordAt({ body }, 'body')['data'])) return undefined
  const entries = arrayAt(body, 'data')
  const hasMore = booleanAt(body, 'has_more') === true && entries.length > 0
  return {
    models: entries.flatMap((entry) => readModel(entry) ?? []),
    next: hasMore ? textAt(body, 'last_id') : undefined,
  }
}

function supported(entry: unknown, capability: string): boolean | undefined {
  return booleanAt(recordAt(recordAt(entry, 'capabilities'), capability), 'supported')
}

function capabilitiesOf(entry: unknown): Capabilities {
  return {
    // Every Claude model that the Messages API serves calls tools; the list has no field for it.
    toolCalling: true,
    ...compact({
      imageInput: supported(entry, 'image_input'),
      reasoning: supported(entry, 'thinking'),
      structuredOutput: supported(entry, 'structured_outputs'),
    }),
  }
}

function lifecycleOf(entry: unknown): ListedModel['lifecycle'] {
  const status = lifecycles.find((name) => name === textAt(entry, 'lifecycle'))
  if (status === undefined) return undefined
  return { status, ...compact({ retiresAt: textAt(entry, 'retires_at')?.slice(0, 10) }) }
}

/**
 * `max_input_tokens` is the size of the context window, which input and output share, so it is no
 * `maxInputTokens` of ours.
 */
function readModel(entry: unknown): ListedModel | undefined {
  const id = textAt(entry, 'id')
  if (id === undefined) return undefined
  const dated = /^(.+)-(\d{8})$/.exec(id)
  return {
    id,
    family: dated?.[1] ?? id,
    capabilities: capabilitiesOf(entry),
    ...compact({
      name: textAt(entry, 'display_name'),
      version: dated?.[2],
      contextWindow: numberAt(entry, 'max_input_tokens'),
      maxOutputTokens: numberAt(entry, 'max_tokens'),
      lifecycle: lifecycleOf(entry),
    }),
  }
}
