import { readTemplate } from '../../core/catalog/promptTemplate.js'
import { compact } from '../../core/compact.js'
import type { ListedModel } from '../../core/model.js'
import { readFurther } from '../shared/chatWire/further.js'
import type { Asking } from '../shared/chatWire/wire.js'
import { booleanAt, numberAt, recordAt, textAt } from '../shared/json.js'
import { probeAbilities } from './abilities.js'
import { besideApi, propertiesOf } from './addresses.js'
import { readStartArguments } from './startArguments.js'

/** In these states a router answers for a model without loading it; one that sleeps is not woken by it. */
const ready = new Set(['loaded', 'sleeping'])

/**
 * What a server’s properties say of its models. A router has properties of its own, which are no model’s, and each loaded
 * model has others behind it; of the rest only the command line is known.
 */
export async function enrichModels(
  models: readonly ListedModel[],
  asking: Asking,
): Promise<readonly ListedModel[]> {
  const entries = new Map(asking.entries.map((entry) => [textAt(entry, 'id'), entry]))
  const stateOf = ({ id }: ListedModel) => textAt(recordAt(entries.get(id), 'status'), 'value')
  const enrichRouted = async (model: ListedModel): Promise<ListedModel> => {
    const started = withStart(model, entries.get(model.id))
    return ready.has(stateOf(model) ?? '')
      ? await enrichLoaded(started, propertiesOf(asking.transport.baseUrl, model.id), asking)
      : started
  }
  if (models.some((model) => stateOf(model) !== undefined)) return await Promise.all(models.map(enrichRouted))
  const [model, ...others] = models
  // Several without states are those of a proxy, whose properties are no model’s either.
  if (model === undefined || others.length > 0) return models
  return [await enrichLoaded(model, besideApi(asking.transport.baseUrl, 'props'), asking)]
}

/** Weaker than what a running model tells. */
function withStart(model: ListedModel, entry: unknown): ListedModel {
  const { contextWindow, capabilities } = readStartArguments(entry)
  const merged = { ...model.capabilities, ...capabilities }
  return {
    ...compact({ contextWindow, loadFailure: readLoadFailure(recordAt(entry, 'status')) }),
    ...model,
    ...(Object.keys(merged).length === 0 ? {} : { capabilities: merged }),
  }
}

/** A router keeps a model that failed to load in its list, and tries again with each request for it. */
function readLoadFailure(status: unknown): string | undefined {
  if (booleanAt(status, 'failed') !== true || ready.has(textAt(status, 'value') ?? '')) return undefined
  const code = numberAt(status, 'exit_code')
  return code === undefined ? 'the server gives no reason' : `its process ended with exit code ${code}`
}

async function enrichLoaded(model: ListedModel, url: string, asking: Asking): Promise<ListedModel> {
  const props = await readFurther(asking, url)
  if (textAt(props, 'role') === 'router') return model
  // One that sleeps would wake, and older servers do not say which does.
  const isAwake = booleanAt(props, 'is_sleeping') === false
  return withProps(model, props, isAwake ? await probeAbilities(model.id, asking) : {})
}

function withProps(model: ListedModel, props: unknown, abilities: ListedModel['capabilities']): ListedModel {
  const caps = recordAt(props, 'chat_template_caps')
  const template = readTemplate(textAt(props, 'chat_template'))
  const capabilities = compact({
    ...model.capabilities,
    imageInput: booleanAt(recordAt(props, 'modalities'), 'vision') ?? model.capabilities?.imageInput,
    toolCalling: booleanAt(caps, 'supports_tools') ?? model.capabilities?.toolCalling,
    systemRole:
      booleanAt(caps, 'supports_system_role') ?? template?.systemRole ?? model.capabilities?.systemRole,
    ...abilities,
  })
  const used = numberAt(recordAt(props, 'default_generation_settings'), 'n_ctx') ?? 0
  return {
    ...model,
    ...compact({
      contextWindow: used > 0 ? used : model.contextWindow,
      promptTemplate: template?.name ?? model.promptTemplate,
    }),
    ...(Object.keys(capabilities).length === 0 ? {} : { capabilities }),
  }
}
