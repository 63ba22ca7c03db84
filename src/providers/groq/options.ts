export const reasoningFormats = ['parsed', 'raw', 'hidden'] as const
