/**
 * Ollama's native API. Its npm client is left out: it cannot abort one request before its headers, leaves out lines
 * that it cannot read, prints answers to the console and takes a key from the environment.
 */

import type { ResponsePart } from '../../core/chat.js'
import { isModelError } from '../../core/errors.js'
import { isRecord } from '../../core/json.js'
import type { ListedModel, ModelInfo } from '../../core/model.js'
import type { EmbedRequest, EmbedResult, ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { maximumListedModels } from '../../core/registry/listModels.js'
import { readAnswer } from '../shared/answer.js'
import { ensureComplete } from '../shared/completeness.js'
import { customiseBody } from '../shared/customBody.js'
import { embedInBatches } from '../shared/embeddings.js'
import type { EventStream } from '../shared/eventStream.js'
import { arrayAt, numberAt, recordAt } from '../shared/json.js'
import type { EmbeddingWork } from '../shared/lazyProvider.js'
import { unexpectedAnswer } from '../shared/networkError.js'
import { createParameterGate } from '../shared/parameters.js'
import type { ExchangeKind } from '../shared/timeouts.js'
import { createTransport, type Transport } from '../shared/transport.js'
import { askLoadedContext, type ContextWatch, warnOfContext } from './contextNotice.js'
import { type ContextMemory, createContextMemory, neededContext, raiseContext } from './contextSize.js'
import { embedLimits, readEmbedAnswer, toEmbedBody } from './embeddings.js'
import { advise, errorRules } from './errors.js'
import { needsShow, readTags, type Tag, toListedModel } from './models.js'
import { contextSizeOf, nativeRules, toChatBody } from './request.js'
import { createChatReader } from './stream.js'

const facts = { id: 'ollama', name: 'Ollama', location: 'local' } as const

/** `/api/show` reads files: so many at once, whatever the number of models. */
const showsAtOnce = 4

interface Asked {
  readonly model?: ModelInfo
  /** Ollama sends a tool call when it is whole, which may take a small machine minutes. */
  readonly holdsBack?: boolean
}

function openTransport(context: ProviderContext, kind: ExchangeKind, asked: Asked = {}): Transport {
  const { connection } = context
  // Base URLs of its other APIs are often pasted; the native one begins at the root.
  const baseUrl = connection.baseUrl?.replace(/\/(api|v1)\/*$/, '')
  const rooted = baseUrl === undefined ? context : { ...context, connection: { ...connection, baseUrl } }
  return createTransport(rooted, {
    provider: facts,
    kind,
    errorRules,
    ...asked,
  })
}

/** Runs `work` over all items, a few at a time. */
async function forEachBounded<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const run = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: showsAtOnce }, run))
}

/** What `/api/show` says, by digest: names that share a model ask once. A model that cannot be shown is listed as it is. */
async function showModels(
  tags: readonly Tag[],
  transport: Transport,
  context: ProviderContext,
): Promise<Map<string, unknown>> {
  const shown = new Map<string, unknown>()
  const once = new Map(
    tags
      .slice(0, maximumListedModels)
      .filter(needsShow)
      .map((tag) => [keyOf(tag), tag]),
  )
  await forEachBounded([...once.values()], async (tag) => {
    try {
      shown.set(keyOf(tag), await transport.json('api/show', { model: tag.id }))
    } catch (thrown) {
      if (context.signal.aborted) throw thrown
      context.log.warn(`Ollama does not describe ${tag.id}: ${transport.error(thrown).message}`)
    }
  })
  return shown
}

function keyOf({ digest, id }: Tag): string {
  return digest ?? id
}

async function listModels(context: ProviderContext): Promise<readonly ListedModel[]> {
  const transport = openTransport(context, 'list')
  try {
    const body = await transport.json('api/tags')
    if (!isRecord(body) || !('models' in body)) {
      throw unexpectedAnswer(transport.subject, 'something that is not a list of models')
    }
    const tags = readTags({ models: arrayAt(body, 'models') })
    const shown = await showModels(tags, transport, context)
    const contextSize = contextSizeOf(context.connection)
    return tags.map((tag) => toListedModel(tag, shown.get(keyOf(tag)), contextSize))
  } catch (thrown) {
    throw advise(transport.error(thrown), transport.subject)
  }
}

interface Exchange {
  readonly request: ProviderChatRequest
  readonly context: ProviderContext
  readonly transport: Transport
  readonly memory: ContextMemory
}

interface Opened {
  readonly stream: EventStream
  /** The context that was asked for. */
  readonly size: number | undefined
}

/** What a click has raised holds before what the settings say. */
function sizeFor({ request, context, memory }: Omit<ContextWatch, 'open'>): number | undefined {
  return memory.of(request.model) ?? contextSizeOf(context.connection)
}

/** Asks again with more context where Ollama's own is too small for the prompt, and the user has chosen none. */
async function openChat({ request, context, transport, memory }: Exchange): Promise<Opened> {
  const { model } = request
  const chosen = contextSizeOf(context.connection)
  let size = sizeFor({ request, context, memory })
  for (;;) {
    const body = customiseBody(toChatBody(request, context.connection, size), model, context, {})
    const asked = numberAt(recordAt(body, 'options'), 'num_ctx')
    try {
      return { stream: await transport.stream('/api/chat', body, { format: 'lines' }), size: asked }
    } catch (thrown) {
      if (!isModelError(thrown) || thrown.code !== 'context-length') throw thrown
      const raised =
        chosen === undefined ? raiseContext(neededContext(request), size, model.contextWindow) : undefined
      if (raised === undefined) {
        warnOfContext(watchOf({ request, context, memory }), asked)
        throw thrown
      }
      context.log.info(`Ollama loads ${model.id} again with a context of ${raised} tokens.`)
      memory.keep(model, raised)
      size = raised
    }
  }
}

function watchOf({ request, context, memory }: Omit<ContextWatch, 'open'>): ContextWatch {
  const { model } = request
  return {
    request,
    context,
    memory,
    open: (kind, signal) => openTransport({ ...context, signal }, kind, { model }),
  }
}

async function* answer(exchange: Exchange): AsyncGenerator<readonly ResponsePart[]> {
  const { request, transport } = exchange
  const watch = watchOf(exchange)
  const loaded = askLoadedContext(watch, sizeFor(exchange))
  try {
    const { stream, size } = await openChat(exchange).catch(async (thrown) => {
      await loaded()
      throw thrown
    })
    const loadedSize = await loaded()
    warnOfContext(watch, size ?? loadedSize)
    const reader = createChatReader(request, transport)
    yield* readAnswer(stream, reader, { transport })
  } catch (thrown) {
    throw advise(transport.error(thrown), transport.subject)
  }
}

function streamChat(
  request: ProviderChatRequest,
  context: ProviderContext,
  memory: ContextMemory,
): AsyncIterable<ResponsePart> {
  const { model, tools = [] } = request
  const transport = openTransport(context, 'chat', { model, holdsBack: tools.length > 0 })
  return ensureComplete(answer({ request, context, transport, memory }), { request, context, transport })
}

async function embed(request: EmbedRequest, context: ProviderContext): Promise<EmbedResult> {
  const transport = openTransport(context, 'document', { model: request.model })
  try {
    return await embedInBatches(request, embedLimits, async (inputs) =>
      readEmbedAnswer(await transport.json('api/embed', toEmbedBody(request, inputs, context.connection))),
    )
  } catch (thrown) {
    throw isModelError(thrown) ? advise(thrown, transport.subject) : thrown
  }
}

export function createNativeApi(): EmbeddingWork {
  const memory = createContextMemory()
  const admit = createParameterGate()
  return {
    listModels,
    chat: (request, context) => streamChat(admit(request, context, nativeRules), context, memory),
    embed,
  }
}
