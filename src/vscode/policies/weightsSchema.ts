import * as z from 'zod/mini'
import type { RankingWeights, WeightPreset } from '../../core/routing/weights.js'

/** All of them, or it does not compile. */
const presets = {
  balanced: 'balanced',
  thrifty: 'thrifty',
  quality: 'quality',
  cost: 'cost',
  speed: 'speed',
  privacy: 'privacy',
} as const satisfies { readonly [Preset in WeightPreset]: Preset }

const weight = z.number().check(z.nonnegative())

/** A preset, or a number for each side; only their proportions matter. */
export const weightsSchema: z.ZodMiniType<RankingWeights | WeightPreset> = z.union([
  z.enum(presets),
  z.strictObject({ quality: weight, cost: weight, latency: weight, privacy: weight, reliability: weight }),
])
