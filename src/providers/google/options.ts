export const apis = ['interactions', 'generateContent'] as const
export const thresholds = [
  'off',
  'block_none',
  'block_only_high',
  'block_medium_and_above',
  'block_low_and_above',
] as const
export const summaries = ['auto', 'none'] as const
