import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { numberAt } from '../shared/json.js'
import { countOf } from '../shared/tokenCount.js'
import { toContentBody } from './generateContent/request.js'
import { createGeminiNames } from './names.js'
import { openTransport, pathOf } from './provider.js'

/** `POST /models/{model}:countTokens`, free of charge. It counts a body of generateContent; the newer API has none. */
export async function countTokens(request: ProviderChatRequest, context: ProviderContext): Promise<number> {
  const { model, tools = [] } = request
  const transport = openTransport(context, { kind: 'document', model })
  const path = pathOf(model.id)
  const names = createGeminiNames(tools)
  const body = toContentBody(request, { connection: context.connection, names })
  const answer = await transport.json(`${path}:countTokens`, {
    generateContentRequest: { model: path, ...body },
  })
  return countOf(numberAt(answer, 'totalTokens'), transport.subject)
}
