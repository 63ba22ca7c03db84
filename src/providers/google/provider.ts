/**
 * Gemini, as @google/genai 3.1 types it. That client is left out: it loses an error that stands in a stream without
 * `data:`, leaves a stream open that nobody reads on, and asks again on its own where an answer breaks off.
 */

import type { ResponsePart } from '../../core/chat.js'
import type { ListedModel } from '../../core/model.js'
import type {
  Connection,
  EmbedRequest,
  EmbedResult,
  ProviderChatRequest,
  ProviderContext,
} from '../../core/provider.js'
import { ensureComplete } from '../shared/completeness.js'
import { customiseBody, type WireNames } from '../shared/customBody.js'
import { embedInBatches } from '../shared/embeddings.js'
import type { EmbeddingWork } from '../shared/lazyProvider.js'
import { listPages } from '../shared/pages.js'
import { createParameterGate, type ParameterRules } from '../shared/parameters.js'
import { callIdsOf } from '../shared/toolCalls.js'
import { createTransport, type Transport, type TransportOptions } from '../shared/transport.js'
import { type AnswerReader, type AnswerRequest, followAnswer } from './answer.js'
import { embedLimits, readEmbeddings, toEmbedBody } from './embeddings.js'
import { errorRules } from './errors.js'
import { toContentBody } from './generateContent/request.js'
import { createContentReader } from './generateContent/stream.js'
import { toInteraction } from './interactions/request.js'
import { createInteractionReader } from './interactions/stream.js'
import { readPage } from './models.js'
import { createGeminiNames } from './names.js'

const facts = { id: 'google', name: 'Google Gemini', location: 'cloud' } as const

const pageSize = 1_000
/** Its connections rename nothing. */
const noNames: WireNames = {}
/** A server that goes on for ever must not keep us. */

const commonNames = [
  'temperature',
  'topP',
  'maxOutputTokens',
  'stop',
  'seed',
  'reasoningEffort',
  'responseFormat',
] as const

/** Penalties are left out: its present models answer 400 to them. The newer API has no place for `top_k`. */
function rulesOf({ connection }: ProviderContext): ParameterRules {
  const takes = isOlder(connection) ? ([...commonNames, 'topK'] as const) : commonNames
  return { takes, maximumStops: 5 }
}

function isOlder({ fields }: Connection): boolean {
  return fields['api'] === 'generateContent'
}

export function openTransport(
  context: ProviderContext,
  asked: Pick<TransportOptions, 'kind' | 'model'>,
): Transport {
  return createTransport(context, { provider: facts, authorization: 'x-goog-api-key', errorRules, ...asked })
}

async function listModels(context: ProviderContext): Promise<readonly ListedModel[]> {
  return await listPages(openTransport(context, { kind: 'list' }), {
    path(from) {
      const next = from === undefined ? '' : `&pageToken=${encodeURIComponent(from)}`
      return `models?pageSize=${pageSize}${next}`
    },
    read: readPage,
  })
}

interface Asked {
  readonly request: AnswerRequest
  readonly reader: AnswerReader
}

/** A model's path; those that a user has tuned have their own folder. */
export function pathOf(id: string): string {
  return id.includes('/') ? id : `models/${id}`
}

function ask(request: ProviderChatRequest, context: ProviderContext, transport: Transport): Asked {
  const { connection } = context
  const names = createGeminiNames(request.tools ?? [])
  const options = { connection, names }
  const reading = {
    subject: transport.subject,
    model: request.model.id,
    names,
    callIds: callIdsOf(request),
    bodyError: (error: unknown) => transport.bodyError(error),
  }
  if (isOlder(connection)) {
    const body = customiseBody(toContentBody(request, options), request.model, context, noNames)
    return {
      request: {
        path: `${pathOf(request.model.id)}:streamGenerateContent?alt=sse`,
        body: (token) => (token === undefined ? body : { ...body, continuationToken: token }),
      },
      reader: createContentReader(reading),
    }
  }
  const body = customiseBody({ ...toInteraction(request, options) }, request.model, context, noNames)
  return {
    request: {
      path: 'interactions',
      body: (token) => (token === undefined ? { ...body } : { ...body, continuation_token: token }),
    },
    reader: createInteractionReader(reading),
  }
}

function chat(request: ProviderChatRequest, context: ProviderContext): AsyncIterable<ResponsePart> {
  const transport = openTransport(context, { kind: 'chat', model: request.model })
  const { request: asked, reader } = ask(request, context, transport)
  return ensureComplete(followAnswer(transport, asked, reader), { request, context, transport })
}

async function embed(request: EmbedRequest, context: ProviderContext): Promise<EmbedResult> {
  const { model } = request
  const transport = openTransport(context, { kind: 'document', model })
  const path = pathOf(model.id)
  return await embedInBatches(request, embedLimits, async (inputs) =>
    readEmbeddings(await transport.json(`${path}:batchEmbedContents`, toEmbedBody(request, inputs, path))),
  )
}

export function createGemini(): EmbeddingWork {
  const admit = createParameterGate()
  return {
    listModels,
    chat: (request, context) => chat(admit(request, context, rulesOf(context)), context),
    embed,
  }
}
