/**
 * Anthropic's Messages API, as @anthropic-ai/sdk 1.11 types it. The SDK reads a cut stream as one that ended well:
 * the message is complete here only after its own `message_stop`.
 */
import type { Anthropic } from '@anthropic-ai/sdk'
import type { ResponsePart } from '../core/chat.js'
import { isModelError, type ModelError } from '../core/errors.js'
import type { ListedModel, ModelInfo } from '../core/model.js'
import type { Clock } from '../core/ports.js'
import type { ConnectionField, Provider, ProviderChatRequest, ProviderContext } from '../core/provider.js'
import { errorRules } from './anthropic/errors.js'
import { toListedModel } from './anthropic/models.js'
import { apiVersionOf, apiVersions, cacheDurations, toMessageParams } from './anthropic/request.js'
import { createMessageReader, type MessageReader } from './anthropic/stream.js'
import { ensureComplete } from './shared/completeness.js'
import { drain } from './shared/drain.js'
import { apiKey, headersField, timeoutField } from './shared/fields.js'
import { isRecord, textAt } from './shared/json.js'
import { createToolNames } from './shared/toolSchema.js'
import { createTransport, type Transport } from './shared/transport.js'

const facts = { id: 'anthropic', name: 'Anthropic', location: 'cloud' } as const

const fields: readonly ConnectionField[] = [
  {
    id: 'apiVersion',
    label: 'API version',
    type: 'choice',
    description: `${apiVersions[1]} still takes temperature, top_p and top_k, which ${apiVersions[0]} refuses.`,
    options: apiVersions,
  },
  {
    id: 'promptCaching',
    label: 'Prompt caching',
    type: 'choice',
    description: 'How long Anthropic keeps the beginning of a conversation; 5m where nothing is chosen.',
    options: cacheDurations,
  },
  headersField,
  timeoutField,
]

const pageSize = 1_000
/** A server that goes on for ever must not keep us. */
const maximumModels = 10_000

interface Session {
  readonly transport: Transport
  readonly client: Anthropic
  /** Makes a ModelError of whatever the SDK threw. */
  readonly error: (thrown: unknown) => ModelError
}

/** The SDK adds `/v1` itself; a base URL that ends with it, as other APIs have theirs, means the same. */
function withoutVersion(context: ProviderContext): ProviderContext {
  const { baseUrl } = context.connection
  if (baseUrl === undefined) return context
  return { ...context, connection: { ...context.connection, baseUrl: baseUrl.replace(/\/v1\/*$/, '') } }
}

async function openSession(context: ProviderContext, model?: ModelInfo): Promise<Session> {
  const transport = createTransport(withoutVersion(context), {
    provider: facts,
    kind: model === undefined ? 'list' : 'chat',
    authorization: 'x-api-key',
    errorRules,
    ...(model === undefined ? {} : { model }),
  })
  const { Anthropic: Client } = await import('@anthropic-ai/sdk')
  let failure: unknown
  const client = new Client({
    // The transport sets the key; none at all would send the SDK looking for one on disk.
    apiKey: 'set-by-the-transport',
    baseURL: transport.baseUrl,
    webhookKey: null,
    maxRetries: 0,
    logLevel: 'off',
    openTelemetry: false,
    defaultHeaders: { 'anthropic-version': apiVersionOf(context.connection) },
    async fetch(input, init) {
      try {
        return await transport.fetch(input, init)
      } catch (thrown) {
        // The SDK drops an error whose words remind it of a timeout.
        failure = thrown
        throw thrown
      }
    },
  })
  const error = (thrown: unknown): ModelError => {
    if (isModelError(failure)) return failure
    if (thrown instanceof Error && 'error' in thrown && isRecord(thrown.error)) {
      return transport.bodyError(thrown.error)
    }
    return transport.error(thrown)
  }
  return { transport, client, error }
}

async function listModels(context: ProviderContext): Promise<readonly ListedModel[]> {
  const { transport, client, error } = await openSession(context)
  const listed: ListedModel[] = []
  try {
    const first = await client.models.list({ limit: pageSize })
    for await (const page of first.iterPages()) {
      // The SDK takes whatever it was sent for a page, and one without models for an empty one.
      if (!Array.isArray(page.data)) throw transport.error(new TypeError('A page without a list of models.'))
      listed.push(...page.data.filter(hasId).map(toListedModel))
      if (listed.length >= maximumModels) break
    }
  } catch (thrown) {
    throw error(thrown)
  }
  return listed
}

function hasId(model: unknown): boolean {
  return textAt(model, 'id') !== undefined
}

/** An error after the message's own end is no error of the message. */
async function* readStream(
  stream: AsyncIterable<Anthropic.RawMessageStreamEvent> & { readonly controller: AbortController },
  reader: MessageReader,
  clock: Clock,
): AsyncGenerator<ResponsePart> {
  const events = stream[Symbol.asyncIterator]()
  try {
    for (let next = await events.next(); next.done !== true; next = await events.next()) {
      yield* reader.read(next.value)
      const end = reader.end()
      if (end === undefined) continue
      yield* end
      await drain(events, clock, () => stream.controller.abort())
      return
    }
  } finally {
    await events.return?.()
  }
}

type CapabilitiesOf = (model: ModelInfo, session: Session) => Promise<Anthropic.ModelCapabilities | undefined>

/**
 * What a model accepts about thinking stands in the model list and has no place in ModelInfo. It is asked for when
 * it is first needed, and kept as long as the ModelInfo it belongs to.
 */
function createCapabilityMemory(): CapabilitiesOf {
  const known = new WeakMap<ModelInfo, Anthropic.ModelCapabilities>()
  return async (model, { client, error }) => {
    const found = known.get(model)
    if (found !== undefined) return found
    try {
      const { capabilities } = await client.models.retrieve(model.id)
      if (capabilities) known.set(model, capabilities)
      return capabilities ?? undefined
    } catch (thrown) {
      const failed = error(thrown)
      if (failed.code === 'not-found' || failed.code === 'invalid-request') return undefined
      throw failed
    }
  }
}

async function* streamMessage(
  request: ProviderChatRequest,
  context: ProviderContext,
  capabilitiesOf: CapabilitiesOf,
): AsyncGenerator<ResponsePart> {
  const { model, parameters, tools = [] } = request
  const asksEffort = parameters?.reasoningEffort !== undefined
  const capabilities = asksEffort ? await capabilitiesOf(model, await openSession(context)) : undefined
  if (asksEffort && capabilities === undefined) {
    context.log.warn(
      `Anthropic does not say how ${model.id} thinks: its reasoning effort is left to the model.`,
    )
  }
  const names = createToolNames(tools)
  const params = toMessageParams(request, { connection: context.connection, names, capabilities })
  const { transport, client, error } = await openSession(context, model)
  const reader = createMessageReader({ subject: transport.subject, model: model.id, names })
  const parts = async function* () {
    try {
      yield* readStream(await client.messages.create(params), reader, context.clock)
    } catch (thrown) {
      throw error(thrown)
    }
  }
  yield* ensureComplete(parts(), { request, context, transport })
}

export function createAnthropic(): Provider {
  const capabilitiesOf = createCapabilityMemory()
  return {
    ...facts,
    baseUrl: 'https://api.anthropic.com',
    key: apiKey('https://platform.claude.com/settings/keys', 'ANTHROPIC_API_KEY'),
    fields,
    description: 'Claude models, from Anthropic itself.',
    listModels,
    chat: (request, context) => streamMessage(request, context, capabilitiesOf),
  }
}

export const anthropic: Provider = createAnthropic()
