import type { ListedModel } from '../../core/model.js'
import type { ParameterName } from '../../core/parameters/merge.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { type RowWays, standardWire } from '../shared/chatWire/wire.js'
import { nearestEffort } from '../shared/effort.js'
import { booleanAt, recordAt, textAt } from '../shared/json.js'

/** FNV-1a with 64 bits. */
const offset = 14_695_981_039_346_656_037n
const prime = 1_099_511_628_211n

/** It takes ids of nine letters and digits alone, and ids of other makers' calls come with a conversation. */
function callIdOf(callId: string): string {
  if (/^[a-zA-Z0-9]{9}$/.test(callId)) return callId
  let hash = offset
  for (let at = 0; at < callId.length; at++)
    hash = BigInt.asUintN(64, (hash ^ BigInt(callId.charCodeAt(at))) * prime)
  return hash.toString(36).padStart(9, '0').slice(-9)
}

/** Most of its models think a lot or not at all; what the catalogue knows of a model is stronger. */
function effortOf({ model, parameters }: ProviderChatRequest): string | undefined {
  const wanted = parameters?.reasoningEffort
  return wanted === undefined ? undefined : nearestEffort(wanted, model, ['none', 'high'])
}

/** Models that cannot think refuse to be told how much, as do those that always do. */
function refusedParameters({ model }: ProviderChatRequest): readonly ParameterName[] {
  const { reasoningEfforts, capabilities } = model
  const isTold =
    reasoningEfforts !== undefined || (capabilities.reasoning === true && !/magistral/i.test(model.id))
  return isTold ? [] : ['reasoningEffort']
}

function refineModel(model: ListedModel, entry: unknown): ListedModel | undefined {
  const embedding = /embed/.test(model.id)
  if (!embedding && booleanAt(recordAt(entry, 'capabilities'), 'completion_chat') === false) return undefined
  const retiresAt = textAt(entry, 'deprecation')
  return {
    ...model,
    // Nothing but the name of a model says so.
    ...(embedding ? { capabilities: { embedding } } : {}),
    ...(retiresAt === undefined ? {} : { lifecycle: { status: 'deprecated', retiresAt } }),
  }
}

export const ways: RowWays = {
  wire: {
    callIdOf,
    effortOf,
    refuses: refusedParameters,
    countsUnasked: true,
    // `DocumentURLChunk` of its own client, which the AI SDK's sends PDFs by, too: any model, their text is read for it.
    pdf: 'tried',
    pdfPart: 'document_url',
    dimensionsMember: 'output_dimension',
    parameters: { ...standardWire.parameters, seed: 'random_seed' },
  },
  errorRules: [{ types: /invalid_model/, code: 'not-found' }],
  refineModel,
}
