import { compact } from '../../core/compact.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { toCountedBody } from '../shared/chatWire/countedBody.js'
import { recordAt, textAt } from '../shared/json.js'
import { unexpectedAnswer } from '../shared/networkError.js'
import { countOf } from '../shared/tokenCount.js'
import { createTransport } from '../shared/transport.js'

const provider = { id: 'llama-server', name: 'llama-server', location: 'local' } as const

/** `POST /apply-template` makes one text of a chat, `POST /tokenize` its tokens; both beside the API's own paths. */
export async function countTokens(request: ProviderChatRequest, context: ProviderContext): Promise<number> {
  const { model } = request
  const transport = createTransport(context, { provider, kind: 'document', model })
  const { messages, tools } = toCountedBody(provider.id, request, context)
  const root = transport.baseUrl.replace(/\/v1$/, '')
  const templated = await transport.json(
    `${root}/apply-template`,
    compact({ model: model.id, messages, tools }),
  )
  const content = textAt(templated, 'prompt')
  if (content === undefined) throw unexpectedAnswer(transport.subject, 'something that is not a prompt')
  const asked = { model: model.id, content, add_special: true, parse_special: true }
  const tokens = recordAt({ answer: await transport.json(`${root}/tokenize`, asked) }, 'answer')['tokens']
  return countOf(Array.isArray(tokens) ? tokens.length : undefined, transport.subject)
}
