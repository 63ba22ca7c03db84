import type { ApiModel, ApiUsage, RoundhouseApi, SelectedModels } from '../api.js'
import type { Caller } from '../core/chat.js'
import { compact } from '../core/compact.js'
import { ModelError } from '../core/errors.js'
import type { Event } from '../core/event.js'
import { formatModelRef, type ModelInfo, type Usage } from '../core/model.js'
import type { Log } from '../core/ports.js'
import type { EmbedTexts, TextsToEmbed } from '../core/retrieval/embed.js'
import type { DocumentsToRank, RankDocuments } from '../core/retrieval/rerank.js'
import type { RankedModel } from '../core/routing/rank.js'
import type { Selection, SelectionRequest, SelectModels } from '../core/routing/selection.js'
import { wrapError } from '../core/wrapError.js'

/** Makes of what another extension has passed what core asks for. Each throws ModelError `invalid-request`. */
interface ApiReader {
  selection(value: unknown): Omit<SelectionRequest, 'caller'>
  embed(value: unknown): Omit<TextsToEmbed, 'caller'>
  rerank(value: unknown): Omit<DocumentsToRank, 'caller'>
}

export interface ApiOptions {
  /** Who asks, and where in the user's work. */
  readonly caller: () => Caller
  /** The same array until one changes. */
  readonly models: () => readonly ModelInfo[]
  readonly onDidChange: Event<void>
  /** Resolves when the models are known, as far as they can be had soon. */
  readonly untilListed: () => Promise<void>
  readonly load: () => Promise<{
    readonly embed: EmbedTexts
    readonly rerank: RankDocuments
    readonly select: SelectModels
  }>
  readonly read: ApiReader
  readonly log: Pick<Log, 'error'>
}

function toApiModel(model: ModelInfo): ApiModel {
  const { connection, provider, name, family, version, location, capabilities } = model
  const { contextWindow, maxInputTokens, maxOutputTokens } = model
  const { input, output, cacheRead, cacheWrite } = model.pricing
  return {
    id: formatModelRef(model),
    name,
    connection,
    provider,
    family,
    version,
    location,
    ...compact({ contextWindow, maxInputTokens, maxOutputTokens }),
    capabilities: { ...capabilities },
    pricing: compact({ input, output, cacheRead, cacheWrite }),
  }
}

function toApiUsage({ inputTokens, accuracy }: Usage): ApiUsage {
  return { inputTokens, accuracy }
}

function toExcluded({ model, obstacle }: RankedModel): SelectedModels['excluded'] {
  if (obstacle === undefined) return []
  const { code, message: reason, until } = obstacle
  return [{ model: toApiModel(model), code, reason, ...compact({ until }) }]
}

function toSelectedModels({ ranked, leftOut }: Selection): SelectedModels {
  return {
    ranked: ranked.map(({ model, score, reasons }) => ({ model: toApiModel(model), score, reasons })),
    excluded: leftOut.flatMap(toExcluded),
  }
}

/** A CancellationToken of VS Code looks much like one. */
function checkSignal(signal: unknown): void {
  if (signal instanceof AbortSignal) return
  throw new ModelError({
    code: 'invalid-request',
    message:
      'What was passed to cancel the request is no AbortSignal. Pass the signal of an AbortController.',
  })
}

/** Every failure is a ModelError, and stands in the log under the name of who has asked. */
function createAnswer({ caller, log }: ApiOptions) {
  return async <T>(
    what: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const given = signal ?? new AbortController().signal
    try {
      checkSignal(given)
      return await work(given)
    } catch (error) {
      const failure = wrapError(error, { provider: undefined, signal: given })
      if (failure.code !== 'cancelled') {
        log.error(`${what} failed, asked for by ${caller().extension ?? 'an extension'}`, failure)
      }
      throw failure
    }
  }
}

/** Version 1, for one extension. */
export function createApi(options: ApiOptions): RoundhouseApi {
  const { caller, models, read, load, untilListed, onDidChange, log } = options
  const answer = createAnswer(options)
  return {
    version: 1,
    models: () =>
      answer('The list of models', undefined, async () => {
        await untilListed()
        return models().map(toApiModel)
      }),
    onDidChangeModels(listener) {
      let known = models()
      return onDidChange(() => {
        if (models() === known) return
        known = models()
        try {
          listener()
        } catch (error) {
          log.error(`${caller().extension ?? 'An extension'} failed to heed a change of models`, error)
        }
      })
    },
    select: (requirements) =>
      answer('A selection', undefined, async () => {
        const wish = read.selection(requirements ?? {})
        await untilListed()
        return toSelectedModels((await load()).select({ ...wish, caller: caller() }))
      }),
    embed: (request, signal) =>
      answer('An embedding', signal, async (given) => {
        const wish = read.embed(request)
        await untilListed()
        const { embed } = await load()
        const { model, embeddings, cachedInputs, usage } = await embed({ ...wish, caller: caller() }, given)
        return {
          model: formatModelRef(model),
          embeddings,
          cachedTexts: cachedInputs,
          usage: toApiUsage(usage),
        }
      }),
    rerank: (request, signal) =>
      answer('A ranking of documents', signal, async (given) => {
        const wish = read.rerank(request)
        await untilListed()
        const { rerank } = await load()
        const { model, scores, usage } = await rerank({ ...wish, caller: caller() }, given)
        return { model: formatModelRef(model), scores, usage: toApiUsage(usage) }
      }),
  }
}
