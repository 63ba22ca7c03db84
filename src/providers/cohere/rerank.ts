import type { ProviderContext, RerankRequest, RerankResult } from '../../core/provider.js'
import type { ChatProviderRow } from '../shared/chatWire/wire.js'
import { renameMembers } from '../shared/customBody.js'
import { numberAt, recordAt } from '../shared/json.js'
import { rankInBatches, readScores } from '../shared/ranking.js'
import { createTransport } from '../shared/transport.js'
import { addressOf } from './address.js'

/** What Cohere recommends as the most of one request. */
const documentsAtOnce = 1_000

/** Throws ModelError. Cohere bills a search, not tokens: where it counts none, they are estimated. */
export async function rerank(
  row: ChatProviderRow,
  request: RerankRequest,
  context: ProviderContext,
): Promise<RerankResult> {
  const { model, query } = request
  const { errorRules } = row
  const transport = createTransport(context, {
    provider: row,
    kind: 'document',
    model,
    ...(errorRules === undefined ? {} : { errorRules }),
  })
  const url = addressOf('rerank', transport.baseUrl)
  return await rankInBatches(request, documentsAtOnce, async (documents) => {
    const body = await transport.json(url, renameMembers({ model: model.id, query, documents }, context, {}))
    const meta = recordAt(body, 'meta')
    const inputTokens =
      numberAt(recordAt(meta, 'tokens'), 'input_tokens') ??
      numberAt(recordAt(meta, 'billed_units'), 'input_tokens')
    return { scores: readScores(body), inputTokens }
  })
}
