import type { Caller, Operation } from '../chat.js'
import { ModelError } from '../errors.js'
import { formatModelRef, type ModelInfo, type ModelRef } from '../model.js'
import { createModelLoader } from '../registry/loadModel.js'
import type { Registry } from '../registry/registry.js'
import { mergeRequirements, type Requirements } from '../routing/requirements.js'
import type { Selection, SelectModels } from '../routing/selection.js'
import type { RankingWeights, WeightPreset } from '../routing/weights.js'

export interface FindModelOptions {
  readonly registry: Registry
  readonly select: SelectModels
}

/** Which model somebody wants for texts. */
export interface ModelWish {
  /** The best one that meets the requirements where absent. */
  readonly model?: ModelRef | undefined
  readonly requirements?: Requirements | undefined
  readonly weights?: RankingWeights | WeightPreset | undefined
  readonly caller: Caller
}

interface Work {
  readonly operation: Exclude<Operation, 'chat'>
  readonly capability: 'embedding' | 'reranking'
  /** The method of a provider that does it. */
  readonly method: 'embed' | 'rerank'
  /** The rest of a sentence that begins with a model's name. */
  readonly refusal: string
  readonly wanted: string
  readonly example: string
}

export const embedding: Work = {
  operation: 'embeddings',
  capability: 'embedding',
  method: 'embed',
  refusal: 'makes no embeddings',
  wanted: 'a model for embeddings',
  example: 'Ollama’s nomic-embed-text',
}

export const reranking: Work = {
  operation: 'reranking',
  capability: 'reranking',
  method: 'rerank',
  refusal: 'ranks no documents',
  wanted: 'a model that ranks documents',
  example: 'a reranking GGUF file for llama.cpp',
}

const mostNamed = 3

type FindModel = (work: Work, wish: ModelWish, signal: AbortSignal) => Promise<ModelInfo | ModelRef>

/** What to choose instead: a model that is there, or how to get one. */
function nextStep({ registry }: FindModelOptions, { capability, wanted, example }: Work): string {
  const known = registry.models().filter(({ capabilities }) => capabilities[capability] === true)
  if (known.length === 0) return `Add a connection that has ${wanted}, such as ${example}.`
  const named = known.slice(0, mostNamed).map((model) => formatModelRef(model))
  return `Choose ${wanted}, such as ${named.join(', ')}.`
}

export function cannot(work: Work, model: ModelInfo, next = `Choose ${work.wanted}.`): ModelError {
  return new ModelError({
    code: 'capability-unsupported',
    message: `${model.name} ${work.refusal}. ${next}`,
    provider: model.provider,
    model: { connection: model.connection, id: model.id },
  })
}

function refuse(options: FindModelOptions, work: Work, model: ModelInfo): void {
  const provider = options.registry.view(model.connection)?.provider
  const other = work.capability === 'embedding' ? 'reranking' : 'embedding'
  const isKnownNot =
    model.capabilities[work.capability] === false ||
    (model.capabilities[work.capability] === undefined && model.capabilities[other] === true)
  if (provider?.[work.method] !== undefined && !isKnownNot) return
  throw cannot(work, model, nextStep(options, work))
}

/** Vectors of two models cannot be compared, so no route may choose them anew for each request. */
function refuseRoute(work: Work, model: ModelRef): void {
  if (model.id !== '' && model.connection !== 'auto') return
  throw new ModelError({
    code: 'capability-unsupported',
    message: `“${formatModelRef(model)}” is a route, and routes choose models that chat. Name ${work.wanted}, or none.`,
    model,
  })
}

function nobody(options: FindModelOptions, work: Work, { leftOut }: Selection): ModelError {
  const hindered = leftOut.filter(({ model }) => model.capabilities[work.capability] === true)
  const reasons = hindered.slice(0, mostNamed).flatMap((row) => row.reasons)
  const because = reasons.length === 0 ? '' : ` Left out: ${reasons.join('; ')}.`
  const next = hindered.length === 0 ? nextStep(options, work) : 'Ask for less, or name a model.'
  return new ModelError({
    code: hindered.length === 0 ? 'not-found' : 'fallback-exhausted',
    message: `There is no ${work.wanted.replace(/^a /, '')} that can be asked now.${because} ${next}`,
  })
}

/**
 * The model that is named, or the best one of those that can do the work. Of one that no list has, its reference: whoever
 * asks it says what is wrong. Throws ModelError `capability-unsupported`, `forbidden`, `not-found`, `fallback-exhausted`.
 */
export function createFindModel(options: FindModelOptions): FindModel {
  const { registry, select } = options
  const loadModel = createModelLoader(registry)
  return async (work, wish, signal) => {
    if (wish.model === undefined) {
      const requirements = mergeRequirements(wish.requirements ?? {}, { capabilities: [work.capability] })
      const selection = select({ requirements, weights: wish.weights, caller: wish.caller })
      const can = ({ connection }: ModelInfo) =>
        registry.view(connection)?.provider[work.method] !== undefined
      const best = selection.ranked.find(({ model }) => can(model))
      if (best === undefined) throw nobody(options, work, selection)
      return best.model
    }
    refuseRoute(work, wish.model)
    const model = registry.find(wish.model) ?? (await loadModel(wish.model, signal))
    if (model !== undefined) refuse(options, work, model)
    return model ?? wish.model
  }
}
