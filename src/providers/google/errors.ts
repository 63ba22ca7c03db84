import type { ErrorRule } from '../shared/errorRules.js'

/** Codes by which the Interactions API says that it held an answer back. */
const blocked =
  /\b(safety|recitation|language|prohibited_content|spii|blocklist|image_(safety|prohibited_content|recitation|other)|content_blocked)\b/

/** What only Google says, or says with a status that means something else elsewhere. */
export const errorRules: readonly ErrorRule[] = [
  { types: /\b(quota_exceeded|payment_required)\b|PerDay/, code: 'quota-exhausted' },
  { message: /credits? (is|are) (depleted|exhausted)/i, code: 'quota-exhausted' },
  { status: [429], message: /\blimit: 0\b/, code: 'quota-exhausted' },
  // By the minute too it says “You exceeded your current quota”.
  { status: [429], code: 'rate-limited', retryable: true },
  // A bad key is a 400, with or without the reason API_KEY_INVALID.
  { types: /\bauthentication\b/, code: 'unauthorized' },
  { status: [400], message: /api key (is )?(not valid|not found|expired|invalid)/i, code: 'unauthorized' },
  { types: /failed_precondition/i, code: 'forbidden' },
  { types: blocked, code: 'content-filtered' },
  {
    types: /\b(malformed_\w+|unexpected_tool_call|too_many_tool_calls)\b/,
    code: 'provider-error',
    retryable: true,
  },
  { types: /\b(service_unavailable|UNAVAILABLE)\b/, code: 'overloaded', retryable: true },
  { types: /\bdeadline_exceeded\b/i, code: 'timeout', retryable: true },
  { types: /\b(cancelled|aborted)\b/i, code: 'provider-error', retryable: true },
]
