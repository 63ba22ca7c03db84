export const apis = ['interactions', 'generateContent'] as const
export const thresholds = [
  'off',
  'block_none',
  'block_only_high',
  'block_medium_and_above',
  'block_low_and_above',
] as const
export const summaries = ['auto', 'none'] as const

/** What Google tells apart, each with the field that sets its threshold. */
export const harms = [
  { field: 'safetyHateSpeech', harm: 'hate_speech', label: 'Hate speech' },
  { field: 'safetyDangerousContent', harm: 'dangerous_content', label: 'Dangerous content' },
  { field: 'safetyHarassment', harm: 'harassment', label: 'Harassment' },
  { field: 'safetySexuallyExplicit', harm: 'sexually_explicit', label: 'Sexually explicit content' },
] as const
