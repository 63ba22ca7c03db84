import type { ReasoningEffort } from '../../core/chat.js'
import type { ModelInfo } from '../../core/model.js'

/** Every name that an effort has on a wire, from the least to the most. */
const scale = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/**
 * The level that a model offers nearest to the one that is wanted, the higher of two. `assumed` are those of a model
 * that does not say; undefined where none of its levels is known.
 */
export function nearestEffort(
  wanted: ReasoningEffort,
  { reasoningEfforts }: Pick<ModelInfo, 'reasoningEfforts'>,
  assumed: readonly string[],
): string | undefined {
  const target = scale.indexOf(wanted)
  const offered = (reasoningEfforts ?? assumed).filter((name) => scale.includes(name))
  const distance = (name: string): number => Math.abs(scale.indexOf(name) - target)
  return offered.toSorted((a, b) => distance(a) - distance(b) || scale.indexOf(b) - scale.indexOf(a))[0]
}
