import type { Cache } from '../core/cache/cache.js'
import { createEmbed } from '../core/retrieval/embed.js'
import { createRerank } from '../core/retrieval/rerank.js'
import { createModelCall, type ModelCallOptions } from '../core/routing/callModel.js'
import type { Planner } from '../core/routing/planner.js'
import { createSelection } from '../core/routing/selection.js'
import type { MeteredAttempt } from './meteredAttempt.js'
import type { PipelineOptions } from './pipeline.js'

interface RequestWay {
  readonly cache: Cache
  readonly router: ModelCallOptions['router'] & { readonly planner: Planner }
  readonly metered: MeteredAttempt
}

/** What other extensions may ask for besides chats: embeddings, scores of documents, and which model they should take. */
export function createRetrieval(
  { registry }: PipelineOptions,
  { cache, router, metered: { attempt, around } }: RequestWay,
) {
  const select = createSelection(router.planner)
  const call = createModelCall({ attempt, around, router })
  const common = { registry, select, call }
  return { select, embed: createEmbed({ ...common, cache }), rerank: createRerank(common) }
}
