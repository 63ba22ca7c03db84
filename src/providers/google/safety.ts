import type { Connection } from '../../core/provider.js'
import { harms, thresholds } from './options.js'

export interface SafetyRule {
  readonly harm: (typeof harms)[number]['harm']
  readonly threshold: (typeof thresholds)[number]
}

/** By category: its own threshold, else the one for all; a category with neither is left to Google. */
export function safetyRules({ fields }: Connection): readonly SafetyRule[] {
  const thresholdAt = (field: string) => thresholds.find((each) => each === fields[field])
  const all = thresholdAt('safety')
  return harms.flatMap(({ field, harm }): SafetyRule[] => {
    const threshold = thresholdAt(field) ?? all
    return threshold === undefined ? [] : [{ harm, threshold }]
  })
}
