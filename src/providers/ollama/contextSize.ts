import type { ModelInfo } from '../../core/model.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { estimateInput } from '../shared/estimate.js'

/** Tokens. Ollama's own default is half of it, too little for any agent. */
const smallestRaise = 8_192
/** Tokens kept for the answer, where the request says nothing. */
const answerReserve = 2_048
/** Estimates may be short of the truth by so much. */
const margin = 1.5

/** Below this, the smallest context that Ollama has ever loaded a model with holds the prompt. */
export const smallestLoaded = 2_048

/** Tokens that a request surely fits into, with its answer. */
export function neededContext(request: ProviderChatRequest): number {
  return estimateInput(request) * margin + (request.parameters?.maxOutputTokens ?? answerReserve)
}

/**
 * The next context to ask for after Ollama refused a prompt as too long: it gives every model the same small one
 * unless told otherwise. Undefined where the model reads no more than `limit`, or does not say how much it reads.
 */
export function raiseContext(
  needed: number,
  tried: number | undefined,
  limit: number | undefined,
): number | undefined {
  if (limit === undefined) return undefined
  let size = Math.max(smallestRaise, (tried ?? 0) * 2)
  while (size < needed) size *= 2
  const raised = Math.min(size, limit)
  return raised > (tried ?? 0) ? raised : undefined
}

export interface ContextMemory {
  of(model: ModelInfo): number | undefined
  keep(model: ModelInfo, size: number): void
}

/**
 * What was raised, by itself or by the user's click, stays raised as long as the ModelInfo: every change makes Ollama
 * load the model again.
 */
export function createContextMemory(): ContextMemory {
  const sizes = new WeakMap<ModelInfo, number>()
  return {
    of: (model) => sizes.get(model),
    keep: (model, size) => void sizes.set(model, size),
  }
}
