/** How much each side of a model counts; only their proportions matter. None is below 0, and one is above. */
export interface RankingWeights {
  readonly quality: number
  readonly cost: number
  readonly latency: number
  readonly privacy: number
  readonly reliability: number
}

export const weightNames = ['quality', 'cost', 'latency', 'privacy', 'reliability'] as const

export const weightPresets = {
  balanced: { quality: 3, cost: 3, latency: 2, privacy: 0, reliability: 2 },
  thrifty: { quality: 3, cost: 4, latency: 2, privacy: 0, reliability: 2 },
  quality: { quality: 9, cost: 0.5, latency: 0.5, privacy: 0, reliability: 1 },
  cost: { quality: 0.5, cost: 9, latency: 0.5, privacy: 0, reliability: 1 },
  speed: { quality: 0.5, cost: 0.5, latency: 9, privacy: 0, reliability: 1 },
  privacy: { quality: 2, cost: 1, latency: 1, privacy: 9, reliability: 1 },
} as const satisfies Readonly<Record<string, RankingWeights>>

export type WeightPreset = keyof typeof weightPresets

/** With the sum 1. Weights that say nothing, or nothing sensible, are the balanced ones. */
export function resolveWeights(weights: RankingWeights | WeightPreset): RankingWeights {
  const given: RankingWeights = typeof weights === 'string' ? weightPresets[weights] : weights
  const usable = (name: (typeof weightNames)[number]): number =>
    Number.isFinite(given[name]) && given[name] > 0 ? given[name] : 0
  const sum = weightNames.reduce((total, name) => total + usable(name), 0)
  if (sum === 0) return resolveWeights('balanced')
  return {
    quality: usable('quality') / sum,
    cost: usable('cost') / sum,
    latency: usable('latency') / sum,
    privacy: usable('privacy') / sum,
    reliability: usable('reliability') / sum,
  }
}
