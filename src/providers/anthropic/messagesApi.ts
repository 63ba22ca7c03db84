/**
 * Anthropic's Messages API, as @anthropic-ai/sdk 1.11 types it. That client reads a cut stream as one that ended well:
 * the message is complete here only after its own `message_stop`.
 */
import type { ResponsePart } from '../../core/chat.js'
import type { ListedModel, ModelInfo } from '../../core/model.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { readAnswer } from '../shared/answer.js'
import { ensureComplete } from '../shared/completeness.js'
import { customiseBody } from '../shared/customBody.js'
import type { Authorization } from '../shared/headers.js'
import type { ProviderWork } from '../shared/lazyProvider.js'
import { listPages } from '../shared/pages.js'
import { createParameterGate } from '../shared/parameters.js'
import { callIdsOf } from '../shared/toolCalls.js'
import { createToolNames } from '../shared/toolSchema.js'
import { createTransport, type Transport, type TransportOptions } from '../shared/transport.js'
import { errorRules } from './errors.js'
import { outputFormat } from './format.js'
import { readPage } from './models.js'
import { type ApiVersion, apiVersions } from './options.js'
import { apiVersionOf, messageNames, messagesRules, toMessageParams } from './request.js'
import { createMessageReader } from './stream.js'
import { readThinkingSupport, type ThinkingSupport } from './thinking.js'

/** Whose Messages API it is: others have copied it. */
export interface MessagesApiOptions {
  readonly provider: TransportOptions['provider']
  readonly authorization: Authorization
  /** Where the connection names none. */
  readonly apiVersion: ApiVersion
}

export const anthropicsOwn: MessagesApiOptions = {
  provider: { id: 'anthropic', name: 'Anthropic', location: 'cloud' },
  authorization: 'x-api-key',
  apiVersion: apiVersions[0],
}

const pageSize = 1_000

/** The SDK adds `/v1` itself; a base URL that ends with it, as other APIs have theirs, means the same. */
function withoutVersion(context: ProviderContext): ProviderContext {
  const { baseUrl } = context.connection
  if (baseUrl === undefined) return context
  return { ...context, connection: { ...context.connection, baseUrl: baseUrl.replace(/\/v1\/*$/, '') } }
}

export function openTransport(
  { provider, authorization, apiVersion }: MessagesApiOptions,
  context: ProviderContext,
  asked: Pick<TransportOptions, 'kind' | 'model'> = { kind: 'list' },
): Transport {
  return createTransport(withoutVersion(context), {
    provider,
    authorization,
    headers: { 'anthropic-version': apiVersionOf(context.connection, apiVersion) },
    errorRules,
    ...asked,
  })
}

async function listModels(
  api: MessagesApiOptions,
  context: ProviderContext,
): Promise<readonly ListedModel[]> {
  return await listPages(openTransport(api, context), {
    path(from) {
      const next = from === undefined ? '' : `&after_id=${encodeURIComponent(from)}`
      return `v1/models?limit=${pageSize}${next}`
    },
    read: readPage,
  })
}

type SupportOf = (model: ModelInfo, context: ProviderContext) => Promise<ThinkingSupport | undefined>

/**
 * What a model accepts about thinking stands in the model list and has no place in ModelInfo. It is asked for when
 * it is first needed, and kept as long as the ModelInfo it belongs to.
 */
function createThinkingMemory(api: MessagesApiOptions): SupportOf {
  const known = new WeakMap<ModelInfo, ThinkingSupport>()
  return async (model, context) => {
    const found = known.get(model) ?? (await askThinkingSupport(api, model, context))
    if (found !== undefined) known.set(model, found)
    return found
  }
}

async function askThinkingSupport(
  api: MessagesApiOptions,
  model: ModelInfo,
  context: ProviderContext,
): Promise<ThinkingSupport | undefined> {
  const transport = openTransport(api, context)
  try {
    return readThinkingSupport(await transport.json(`v1/models/${encodeURIComponent(model.id)}`))
  } catch (thrown) {
    const failed = transport.error(thrown)
    // A gateway may have the Messages API alone.
    if (failed.code === 'not-found' || failed.code === 'provider-error') return undefined
    throw failed
  }
}

async function readSupport(
  { model, parameters }: ProviderChatRequest,
  context: ProviderContext,
  supportOf: SupportOf,
): Promise<ThinkingSupport | undefined> {
  if (parameters?.reasoningEffort === undefined) return undefined
  const support = await supportOf(model, context)
  if (support === undefined) {
    context.log.warn(`Nobody says how ${model.id} thinks: its reasoning effort is left to the model.`)
  }
  return support
}

interface Speaker {
  readonly api: MessagesApiOptions
  readonly supportOf: SupportOf
}

function streamMessage(
  speaker: Speaker,
  request: ProviderChatRequest,
  context: ProviderContext,
): AsyncIterable<ResponsePart> {
  const transport = openTransport(speaker.api, context, { kind: 'chat', model: request.model })
  return ensureComplete(answer(speaker, request, { context, transport }), { request, context, transport })
}

/** What may follow the message's own end is no part of it. */
const afterEndMs = 1_000

async function* answer(
  { supportOf }: Speaker,
  request: ProviderChatRequest,
  { context, transport }: { readonly context: ProviderContext; readonly transport: Transport },
): AsyncGenerator<readonly ResponsePart[]> {
  const { model, tools = [] } = request
  const names = createToolNames(tools)
  const support = await readSupport(request, context, supportOf)
  const format = await outputFormat(request, context)
  const params = toMessageParams(request, { connection: context.connection, names, support, format })
  const body = customiseBody({ ...params }, model, context, messageNames)
  const reader = createMessageReader({
    subject: transport.subject,
    model: model.id,
    names,
    callIds: callIdsOf(request),
    bodyError: (error) => transport.bodyError(error),
  })
  const stream = await transport.stream('/v1/messages', body)
  yield* readAnswer(stream, reader, { transport, afterEndMs })
}

export function createMessagesApi(api: MessagesApiOptions = anthropicsOwn): ProviderWork {
  const speaker: Speaker = { api, supportOf: createThinkingMemory(api) }
  const admit = createParameterGate()
  return {
    listModels: (context) => listModels(api, context),
    chat(request, context) {
      const rules = messagesRules(apiVersionOf(context.connection, api.apiVersion))
      return streamMessage(speaker, admit(request, context, rules), context)
    },
  }
}
