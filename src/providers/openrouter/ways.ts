import { type JsonRecord } from '../../core/json.js'
import type { ListedModel } from '../../core/model.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { readFurther } from '../shared/chatWire/further.js'
import { readEntries, readModel } from '../shared/chatWire/models.js'
import { type Asking, openModelWire, type RowWays } from '../shared/chatWire/wire.js'
import { nearestEffort } from '../shared/effort.js'
import { arrayAt, booleanAt, recordAt } from '../shared/json.js'

/** What it translates for every maker, where its list says nothing of a model. */
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']

/** Its own way of asking, which it translates for each maker. */
function reasoningMembers({ model, parameters }: ProviderChatRequest): JsonRecord {
  const wanted = parameters?.reasoningEffort
  const effort = wanted === undefined ? undefined : nearestEffort(wanted, model, efforts)
  return effort === undefined ? {} : { reasoning: { effort } }
}

/** True where nothing is said. */
function makes(entry: unknown, what: string): boolean {
  const made = arrayAt(recordAt(entry, 'architecture'), 'output_modalities')
  return made.length === 0 || made.includes(what)
}

function refineModel(model: ListedModel, entry: unknown): ListedModel | undefined {
  if (!makes(entry, 'text')) return undefined
  const reasoning = recordAt(entry, 'reasoning')
  const isMandatory = booleanAt(reasoning, 'mandatory')
  if (isMandatory === undefined) return model
  const supported = arrayAt(reasoning, 'supported_efforts').filter((each) => typeof each === 'string')
  const offered = supported.length > 0 ? supported : efforts
  return { ...model, reasoningEfforts: offered.filter((each) => !isMandatory || each !== 'none') }
}

/** Its list of models leaves those out that embed: they have one of their own (its reference, “List all embeddings models”). */
async function addEmbeddingModels(
  models: readonly ListedModel[],
  asking: Asking,
): Promise<readonly ListedModel[]> {
  const entries =
    readEntries(await readFurther(asking, `${asking.transport.baseUrl}/embeddings/models`)) ?? []
  const known = new Set(models.map(({ id }) => id))
  const further = entries.flatMap((entry): ListedModel[] => {
    const model = readModel(entry)
    if (model === undefined || known.has(model.id) || !makes(entry, 'embeddings')) return []
    return [{ ...model, capabilities: { embedding: true } }]
  })
  return [...models, ...further]
}

export const ways: RowWays = {
  wire: { ...openModelWire, effortOf: () => undefined, extra: reasoningMembers, pdf: 'tried' },
  errorRules: [
    { status: [403], message: /moderation|flagged/i, code: 'content-filtered' },
    { status: [404], message: /no endpoints found that support/i, code: 'capability-unsupported' },
    { status: [404], message: /data policy/i, code: 'forbidden' },
    { status: [400], message: /not a valid model/i, code: 'not-found' },
  ],
  refineModel,
  enrichModels: addEmbeddingModels,
}
