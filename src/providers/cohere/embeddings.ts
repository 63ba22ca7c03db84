import { compact } from '../../core/compact.js'
import type { EmbedRequest, EmbedResult, ProviderContext } from '../../core/provider.js'
import type { ChatProviderRow } from '../shared/chatWire/wire.js'
import { renameMembers } from '../shared/customBody.js'
import { type EmbedAnswer, type EmbedLimits, embedInBatches, readVector } from '../shared/embeddings.js'
import { textField } from '../shared/fields.js'
import { arrayAt, numberAt, recordAt } from '../shared/json.js'
import { createTransport } from '../shared/transport.js'
import { addressOf } from './address.js'

/** It takes 96 texts at once, and states no limit of all their tokens. */
const limits: EmbedLimits = { inputs: 96, tokens: 100_000 }

/** Throws ModelError. */
export async function embed(
  row: ChatProviderRow,
  request: EmbedRequest,
  context: ProviderContext,
): Promise<EmbedResult> {
  const { model, dimensions } = request
  const transport = createTransport(context, { provider: row, kind: 'document', model, ...rulesOf(row) })
  const url = addressOf('embed', transport.baseUrl)
  const inputType = textField(context, 'inputType') ?? 'search_document'
  return await embedInBatches(request, limits, async (texts) => {
    const body = compact({
      model: model.id,
      texts,
      input_type: inputType,
      embedding_types: ['float'],
      output_dimension: dimensions,
    })
    return readAnswer(await transport.json(url, renameMembers(body, context, {})))
  })
}

function rulesOf({ errorRules }: ChatProviderRow): Pick<ChatProviderRow, 'errorRules'> {
  return errorRules === undefined ? {} : { errorRules }
}

function readAnswer(body: unknown): EmbedAnswer {
  const vectors = arrayAt(recordAt(body, 'embeddings'), 'float')
  return {
    embeddings: vectors.flatMap((vector) => {
      const read = readVector(vector)
      return read === undefined ? [] : [read]
    }),
    inputTokens: numberAt(recordAt(recordAt(body, 'meta'), 'billed_units'), 'input_tokens'),
  }
}
