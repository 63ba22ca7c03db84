import type { Caller, ChatRequest, Operation } from '../chat.js'
import type { Planner } from './planner.js'
import type { RankedModel } from './rank.js'
import { operationFor, type Requirements } from './requirements.js'
import type { RankingWeights, WeightPreset } from './weights.js'

export interface SelectionRequest {
  readonly requirements: Requirements
  /** What counts among those that meet the requirements; `balanced` where absent. */
  readonly weights?: RankingWeights | WeightPreset | undefined
  /** Tokens of input to reckon the cost with, which of a chat must fit into the context, too. */
  readonly inputTokens?: number | undefined
  readonly caller: Caller
}

/** Every model in its place, with its reasons. */
export interface Selection {
  /** Those that may be asked now, the best first. */
  readonly ranked: readonly RankedModel[]
  /** Those that may not, each with its obstacle. */
  readonly leftOut: readonly RankedModel[]
}

/** Sends nothing. */
export type SelectModels = (request: SelectionRequest) => Selection

/** Tokens of a question, of a folder's texts, and of what a search has found. */
const usualInputTokens: Readonly<Record<Operation, number>> = {
  chat: 1_000,
  embeddings: 100_000,
  reranking: 10_000,
}

/** Ranks the models by what somebody needs, without a request yet: as a route would that has no rules. */
export function createSelection(planner: Pick<Planner, 'plan'>): SelectModels {
  return ({ requirements, weights = 'balanced', inputTokens, caller }) => {
    const operation = operationFor(requirements)
    const request: ChatRequest = {
      model: { connection: 'auto', id: '' },
      operation,
      messages: [],
      caller,
    }
    const route = { name: 'selection', requirements, weights }
    const { ranking } = planner.plan(request, route, inputTokens ?? usualInputTokens[operation])
    const rows = Array.from({ length: ranking.size }, (_, place) => ranking.at(place) ?? [])
    return {
      ranked: rows.slice(0, ranking.usable).flat(),
      leftOut: rows.slice(ranking.usable).flat(),
    }
  }
}
