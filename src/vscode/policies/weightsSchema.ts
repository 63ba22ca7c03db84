import * as z from 'zod/mini'
import type { RankingWeights, WeightPreset } from '../../core/routing/weights.js'

const presets = ['balanced', 'quality', 'cost', 'speed', 'privacy'] as const satisfies readonly WeightPreset[]

const weight = z.number().check(z.nonnegative())

/** A preset, or a number for each side; only their proportions matter. */
export const weightsSchema: z.ZodMiniType<RankingWeights | WeightPreset> = z.union([
  z.enum(presets),
  z.strictObject({ quality: weight, cost: weight, latency: weight, privacy: weight, reliability: weight }),
])
