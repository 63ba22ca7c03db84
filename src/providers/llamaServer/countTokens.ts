import type { JsonRecord } from '../../core/json.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { toCountedBody } from '../shared/chatWire/countedBody.js'
import { arrayAt, numberAt, textAt } from '../shared/json.js'
import { unexpectedAnswer } from '../shared/networkError.js'
import { countOf } from '../shared/tokenCount.js'
import { createTransport, type Transport } from '../shared/transport.js'
import { besideApi } from './addresses.js'
import { serverFacts } from './serverFacts.js'
import { serverWire } from './ways.js'

/** How servers answer to a path that they do not have. */
const lackStatuses = new Set([404, 405, 501])

/** The chat’s own body, counted by the server; an unloaded model of a router is loaded. */
export async function countTokens(request: ProviderChatRequest, context: ProviderContext): Promise<number> {
  const transport = createTransport(context, {
    provider: serverFacts,
    kind: 'document',
    model: request.model,
  })
  const body = toCountedBody({ id: serverFacts.id, wire: serverWire }, request, context)
  try {
    const answer = await transport.json('chat/completions/input_tokens', body)
    return countOf(numberAt(answer, 'input_tokens'), transport.subject)
  } catch (thrown) {
    const error = transport.error(thrown)
    if (!lackStatuses.has(error.status ?? 0)) throw error
    return await countByTemplate(transport, request.model.id, body)
  }
}

/** As older servers count: `/apply-template` makes one text of a chat, `/tokenize` its tokens. */
async function countByTemplate(transport: Transport, model: string, body: JsonRecord): Promise<number> {
  const { baseUrl, subject } = transport
  const content = textAt(await transport.json(besideApi(baseUrl, 'apply-template'), body), 'prompt')
  if (content === undefined) throw unexpectedAnswer(subject, 'something that is not a prompt')
  const asked = { model, content, add_special: true, parse_special: true }
  const answer = await transport.json(besideApi(baseUrl, 'tokenize'), asked)
  const tokens = arrayAt(answer, 'tokens')
  return countOf(tokens.length === 0 ? undefined : tokens.length, subject)
}
