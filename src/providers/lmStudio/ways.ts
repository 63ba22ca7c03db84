import { compact } from '../../core/compact.js'
import type { ListedModel } from '../../core/model.js'
import type { ParameterName } from '../../core/parameters/merge.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { readFurther } from '../shared/chatWire/further.js'
import { type Asking, llamaWire, type RowWays } from '../shared/chatWire/wire.js'
import { arrayAt, booleanAt, numberAt, recordAt, textAt } from '../shared/json.js'

/** JSON is only to be had with a schema, and efforts only of models that the user says to have them. */
function refusedParameters({ model, parameters }: ProviderChatRequest): readonly ParameterName[] {
  return [
    ...(parameters?.responseFormat?.type === 'json' ? (['responseFormat'] as const) : []),
    ...(model.reasoningEfforts === undefined ? (['reasoningEffort'] as const) : []),
  ]
}

/** What was loaded has the context that it was loaded with, and the rest what its files allow. */
function mergeFacts(model: ListedModel, entry: unknown): ListedModel {
  const own = recordAt(entry, 'capabilities')
  const loaded = arrayAt(entry, 'loaded_instances')
  const instance = loaded.find((each) => textAt(each, 'id') === model.id) ?? loaded[0]
  const capabilities = compact({
    ...model.capabilities,
    imageInput: booleanAt(own, 'vision'),
    toolCalling: booleanAt(own, 'trained_for_tool_use'),
    embedding: textAt(entry, 'type') === 'embedding' ? true : undefined,
  })
  return {
    ...model,
    ...compact({
      name: textAt(entry, 'display_name'),
      contextWindow:
        numberAt(recordAt(instance, 'config'), 'context_length') ?? numberAt(entry, 'max_context_length'),
      quantization: textAt(recordAt(entry, 'quantization'), 'name'),
      sizeBytes: numberAt(entry, 'size_bytes'),
      parameterSize: textAt(entry, 'params_string'),
    }),
    ...(Object.keys(capabilities).length === 0 ? {} : { capabilities }),
  }
}

/** Since version 0.4 an API of its own says what the plain list does not. */
async function readOwnList(models: readonly ListedModel[], asking: Asking): Promise<readonly ListedModel[]> {
  const { baseUrl } = asking.transport
  const own = await readFurther(asking, `${baseUrl.replace(/\/v1$/, '')}/api/v1/models`)
  const told = new Map<string, unknown>()
  for (const entry of arrayAt(own, 'models')) {
    const instances = arrayAt(entry, 'loaded_instances').map((instance) => textAt(instance, 'id'))
    for (const id of [textAt(entry, 'key'), ...instances]) if (id !== undefined) told.set(id, entry)
  }
  return models.map((model) => (told.has(model.id) ? mergeFacts(model, told.get(model.id)) : model))
}

export const ways: RowWays = {
  wire: { ...llamaWire, refuses: refusedParameters },
  enrichModels: readOwnList,
}
