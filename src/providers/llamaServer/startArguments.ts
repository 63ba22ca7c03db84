import { compact } from '../../core/compact.js'
import type { Capabilities } from '../../core/model.js'
import { arrayAt, recordAt } from '../shared/json.js'

/** What a router’s command line for a model says of it, before the model is loaded. */
export interface StartFacts {
  /** Tokens that one request may use. */
  readonly contextWindow?: number
  readonly capabilities: Capabilities
}

const names = {
  context: ['--ctx-size', '-c'],
  slots: ['--parallel', '-np'],
  shared: ['--kv-unified', '-kvu'],
  embedding: ['--embeddings', '--embedding'],
  reranking: ['--reranking', '--rerank'],
  pooling: ['--pooling'],
} as const

type Option = keyof typeof names

/** Flags are evidence of what a model is for; that there is none says nothing, since the environment may set it. */
export function readStartArguments(entry: unknown): StartFacts {
  const words = arrayAt(recordAt(entry, 'status'), 'args')
  const at = (option: Option): number =>
    words.findLastIndex((word) => names[option].some((name) => name === word))
  const has = (option: Option): boolean => at(option) >= 0
  const valueOf = (option: Option): unknown => (has(option) ? words[at(option) + 1] : undefined)
  const countOf = (option: Option): number => {
    const count = Number(valueOf(option) ?? 0)
    return Number.isSafeInteger(count) && count > 0 ? count : 0
  }
  const slots = has('shared') ? 1 : Math.max(1, countOf('slots'))
  const contextWindow = Math.floor(countOf('context') / slots)
  const reranking = has('reranking') || (has('embedding') && valueOf('pooling') === 'rank')
  return {
    ...compact({ contextWindow: contextWindow === 0 ? undefined : contextWindow }),
    capabilities: reranking ? { reranking } : has('embedding') ? { embedding: true } : {},
  }
}
