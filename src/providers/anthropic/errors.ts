import type { ErrorRule } from '../shared/errorRules.js'

/** What only Anthropic says, or says with a status that means something else elsewhere. */
export const errorRules: readonly ErrorRule[] = [
  { types: /linked_organization_(spend_limit|billing)/, code: 'quota-exhausted' },
  // One's own monthly limit is a 400.
  { message: /API usage limits|credit balance is too low/i, code: 'quota-exhausted' },
  { types: /organization_on_hold|sandbox_egress_restricted/, code: 'forbidden' },
  { types: /timeout_error/, code: 'timeout', retryable: true },
  { types: /request_too_large/, code: 'context-length' },
  { message: /exceed context limit/i, code: 'context-length' },
]
