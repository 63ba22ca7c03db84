import { dayMs } from '../durations.js'
import type { ModelInfo } from '../model.js'
import { categorize, parameterBillions } from './category.js'

/** One sign of how able a model is: from 0 to 1, undefined where it is not known. */
interface QualitySignal {
  readonly name: string
  readonly weight: number
  readonly read: (model: ModelInfo, now: number) => number | undefined
}

const byCategory = { lightweight: 0.25, versatile: 0.6, powerful: 0.9 } as const

const yearMs = 365.25 * dayMs

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value))
}

/** Where a value lies between two others when each step is a multiple. */
function position(value: number, least: number, most: number): number {
  return clamp(Math.log(value / least) / Math.log(most / least))
}

function recency({ releasedAt }: ModelInfo, now: number): number | undefined {
  const at = releasedAt === undefined ? Number.NaN : Date.parse(releasedAt)
  return Number.isNaN(at) ? undefined : clamp(1 - (now - at) / (3 * yearMs))
}

/**
 * A guess from published facts, for nobody publishes quality: what its maker calls it, its size, whether it reasons, and
 * its age. A user who knows better says so in the route.
 */
const signals: readonly QualitySignal[] = [
  { name: 'category', weight: 4, read: (model) => byCategory[categorize(model)] },
  {
    name: 'parameters',
    weight: 3,
    read: (model) => {
      const billions = parameterBillions(model)
      return billions === undefined ? undefined : position(billions, 0.5, 700)
    },
  },
  {
    name: 'reasoning',
    weight: 1,
    read: ({ capabilities: { reasoning } }) => (reasoning === undefined ? undefined : Number(reasoning)),
  },
  { name: 'age', weight: 1, read: recency },
]

/** From 0 to 1: the weighted mean of the signs that are known. `now`: milliseconds since the epoch. */
export function estimateQuality(model: ModelInfo, now: number): number {
  let sum = 0
  let weights = 0
  for (const { weight, read } of signals) {
    const value = read(model, now)
    if (value === undefined) continue
    sum += weight * value
    weights += weight
  }
  return sum / weights
}
