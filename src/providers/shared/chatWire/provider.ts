import type { ResponsePart } from '../../../core/chat.js'
import { compact } from '../../../core/compact.js'
import type { ListedModel } from '../../../core/model.js'
import type {
  EmbedRequest,
  EmbedResult,
  ProviderChatRequest,
  ProviderContext,
} from '../../../core/provider.js'
import { type EventReader, inOneBatch, readAnswer } from '../answer.js'
import { ensureComplete } from '../completeness.js'
import { customiseBody, renameMembers } from '../customBody.js'
import { embedInBatches, readEmbeddings } from '../embeddings.js'
import { booleanField, listField } from '../fields.js'
import type { EmbeddingWork } from '../lazyProvider.js'
import { unexpectedAnswer } from '../networkError.js'
import { createParameterGate } from '../parameters.js'
import { callIdsOf } from '../toolCalls.js'
import { createToolNames } from '../toolSchema.js'
import { createTransport, type Transport, type TransportOptions } from '../transport.js'
import { readEntries, readModel } from './models.js'
import { quietWatch } from './quietWatch.js'
import { toChatBody } from './request.js'
import { rulesOf } from './rules.js'
import { createChatStreamReader } from './stream.js'
import { type ChatProviderRow, type ChatWire, type Place, standardWire, usualEmbeddings } from './wire.js'

export function createChatProvider(row: ChatProviderRow): EmbeddingWork {
  const admit = createParameterGate()
  const wire: ChatWire = { ...standardWire, ...row.wire }
  const rules = rulesOf(wire)
  return {
    listModels: (context) => listModels(row, context),
    chat: (request, context) => chat({ row, wire }, admit(request, context, rules), context),
    embed: (request, context) => embed(row, request, context),
  }
}

interface Speaker {
  readonly row: ChatProviderRow
  readonly wire: ChatWire
}

function chat(
  speaker: Speaker,
  request: ProviderChatRequest,
  context: ProviderContext,
): AsyncIterable<ResponsePart> {
  const { model } = request
  const watch = quietWatch(speaker.row, model, context)
  const transport = openTransport(speaker.row, context, { kind: 'chat', model, ...watch?.transport })
  const way: Way = { context, transport, watched: watch?.watched ?? ((reader) => reader) }
  return ensureComplete(answer(speaker, request, way), { request, context, transport })
}

interface Way {
  readonly context: ProviderContext
  readonly transport: Transport
  readonly watched: (reader: EventReader) => EventReader
}

/** How long a server may be silent behind a finish reason: its token counts come there, or `[DONE]`, or nothing. */
const afterReasonMs = 5_000

async function* answer(
  { row, wire }: Speaker,
  request: ProviderChatRequest,
  { context, transport, watched }: Way,
): AsyncGenerator<readonly ResponsePart[]> {
  const toolNames = createToolNames(request.tools ?? [])
  const streamUsage = booleanField(context, 'streamUsage') ?? true
  const { connection } = context
  const { model } = request
  const body = toChatBody(request, { provider: row.id, connection, wire, toolNames, streamUsage })
  const customised = customiseBody(body, model, context, wire.parameters)
  const place = { baseUrl: transport.baseUrl, connection, model: model.id }
  const url = wire.urlOf?.('chat/completions', place) ?? '/chat/completions'
  const reader = createChatStreamReader({
    provider: row.id,
    connection: connection.id,
    model: model.id,
    transport,
    toolNames,
    callIds: callIdsOf(request),
    doneEndsAlone: wire.doneEndsAlone === true,
  })
  const stream = await transport.stream(url, customised)
  yield* readAnswer(stream, watched(reader), { transport, afterEndMs: afterReasonMs })
  yield* inOneBatch(reader.end(stream.sawDone()))
}

async function embed(
  row: ChatProviderRow,
  request: EmbedRequest,
  context: ProviderContext,
): Promise<EmbedResult> {
  const { model, dimensions } = request
  const transport = openTransport(row, context, { kind: 'document', model })
  const { baseUrl } = transport
  const url = urlOf(row, { baseUrl, connection: context.connection, model: model.id }, 'embeddings')
  const lengthMember = row.wire?.dimensionsMember ?? 'dimensions'
  return embedInBatches(request, row.embeddings ?? usualEmbeddings, async (input) =>
    readEmbeddings(
      await transport.json(
        url,
        renameMembers(
          compact({ model: model.id, input, encoding_format: 'float', [lengthMember]: dimensions }),
          context,
          {},
        ),
      ),
    ),
  )
}

function openTransport(
  row: ChatProviderRow,
  context: ProviderContext,
  asked: Pick<TransportOptions, 'kind' | 'model' | 'quiet'>,
): Transport {
  return createTransport(context, {
    provider: row,
    ...asked,
    ...(row.authorization === undefined ? {} : { authorization: row.authorization }),
    ...(row.errorRules === undefined ? {} : { errorRules: row.errorRules }),
  })
}

async function listModels(row: ChatProviderRow, context: ProviderContext): Promise<readonly ListedModel[]> {
  const transport = openTransport(row, context, { kind: 'list' })
  const byHand = listField(context, 'modelIds').flatMap((id) => readModel({ id }) ?? [])
  const { entries, models: listed } = await readList({ row, context, transport }, byHand.length > 0)
  const models = new Map([...byHand, ...listed].map((model) => [model.id, model]))
  return row.enrichModels === undefined
    ? [...models.values()]
    : await row.enrichModels([...models.values()], { transport, log: context.log, entries })
}

function urlOf({ wire }: ChatProviderRow, place: Place, path: string): string {
  return wire?.urlOf?.(path, place) ?? path
}

const lackStatuses = new Set([404, 405, 501])

interface Listing {
  readonly row: ChatProviderRow
  readonly context: ProviderContext
  readonly transport: Transport
}

/** A server without a list is no fault where models are named by hand. */
async function readList(
  { row, context, transport }: Listing,
  mayLack: boolean,
): Promise<{ readonly entries: readonly unknown[]; readonly models: readonly ListedModel[] }> {
  let body: unknown
  try {
    const { baseUrl } = transport
    body = await transport.json(urlOf(row, { baseUrl, connection: context.connection }, 'models'))
  } catch (thrown) {
    const error = transport.error(thrown)
    if (mayLack && lackStatuses.has(error.status ?? 0)) return { entries: [], models: [] }
    throw error
  }
  const entries = readEntries(body)
  if (entries === undefined)
    throw unexpectedAnswer(transport.subject, 'something that is not a list of models')
  const { refineModel = (model: ListedModel) => model } = row
  const models = entries.flatMap((entry) => {
    const model = readModel(entry)
    return model === undefined ? [] : (refineModel(model, entry, context.connection) ?? [])
  })
  return { entries, models }
}
