import type { GgufInsights } from 'node-llama-cpp'

/** Tokens kept free for the answer where the request sets no limit. */
export const defaultOutputTokens = 4096

const smallestContext = 4096
const step = 2048
/** Where a file does not say what its model was trained for. */
const unknownContext = 8192

type ContextInsights = Pick<GgufInsights, 'trainContextSize' | 'estimateContextResourceRequirements'>

/**
 * The longest context, in tokens, of a model on this machine: what it was trained for, or less where the attention
 * cache of that would need more than `memoryBytes`.
 */
export function largestContext(insights: ContextInsights, memoryBytes: number): number {
  const trained = insights.trainContextSize ?? unknownContext
  const fits = (size: number): boolean => cacheBytes(insights, size) <= memoryBytes
  if (trained <= smallestContext || fits(trained)) return trained
  let low = Math.floor(smallestContext / step)
  let high = Math.ceil(trained / step)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle * step)) low = middle
    else high = middle
  }
  return low * step
}

function cacheBytes(insights: ContextInsights, contextSize: number): number {
  return insights.estimateContextResourceRequirements({ contextSize, modelGpuLayers: 0 }).cpuRam
}

const smallestPooled = 512

/** The context to create for texts that are evaluated whole: its memory grows with the square of their length. */
export function pooledContextFor(needed: number, limit: number): number {
  let size = smallestPooled
  while (size < needed) size *= 2
  return Math.min(limit, size)
}

/**
 * The context to create for a prompt: memory follows the conversation, not the model's maximum. A conversation that
 * outgrew its context gets half as much again, because its cache is lost with every new one.
 */
export function contextFor(needed: number, limit: number, outgrown: number | undefined): number {
  const wanted = Math.max(needed, smallestContext, outgrown === undefined ? 0 : outgrown * 1.5)
  return Math.min(limit, Math.ceil(wanted / step) * step)
}
