import type { ErrorCode } from '../../core/errors.js'

/** What a failed response says, reduced to what rules look at. */
export interface Failure {
  readonly status: number | undefined
  /** The error's type, code, status and reason words, joined by spaces. */
  readonly types: string
  readonly message: string
}

/** All that is given must match. The first matching row decides. */
export interface ErrorRule {
  readonly status?: readonly number[]
  readonly types?: RegExp
  readonly message?: RegExp
  readonly code: ErrorCode
  readonly retryable?: boolean
}

const clientErrors = [400, 404, 413, 422]
const contextMessage =
  /context[ _](length|window|size)|maximum context|max_model_len|(prompt|input|request) is too (long|large)|too many (input )?tokens|exceeds? the (available|maximum) (context|number of tokens)|reduce the length/i

/** By what the provider calls the error; holds for errors inside a stream too, where there is no status. */
const rulesByType: readonly ErrorRule[] = [
  {
    types:
      /insufficient_quota|credit_balance_exhausted|(enforced|contract)_spend_limit_reached|billing|payment_required|insufficient_(funds|credits|balance)/,
    code: 'quota-exhausted',
  },
  { status: [400, 403, 429], types: /PerDay/, code: 'quota-exhausted' },
  {
    status: [400, 403, 429],
    message:
      /credit balance is too low|exceeded your (current|monthly) (quota|included credits)|spend(ing)? limit/i,
    code: 'quota-exhausted',
  },
  {
    types: /context_length_exceeded|exceed_context_size|string_above_max_length|context_window/,
    code: 'context-length',
  },
  { status: clientErrors, message: contextMessage, code: 'context-length' },
  { types: /content_filter|content_policy|moderation|safety_violation/, code: 'content-filtered' },
  { types: /model_not_found|model_not_available|not_found_error|unknown_model/, code: 'not-found' },
  { types: /invalid_api_key|authentication_error|API_KEY_INVALID|UNAUTHENTICATED/, code: 'unauthorized' },
  { types: /permission_error|PERMISSION_DENIED|access_denied/, code: 'forbidden' },
  {
    types: /overloaded|slow_down|capacity_exceeded|unavailable_error|loading/i,
    code: 'overloaded',
    retryable: true,
  },
  { status: [413], types: /rate_limit|tokens/, code: 'context-length' },
  { types: /rate_limit|too_many_requests|RESOURCE_EXHAUSTED/i, code: 'rate-limited', retryable: true },
  { types: /tool_use_failed/, code: 'provider-error', retryable: true },
  {
    status: [400, 404, 422, 501],
    message:
      /(does not|doesn't|do not|not) support (tool|function|image|vision|multimodal|reasoning|thinking|system)|is not a multimodal model|image input is not supported|--jinja|enable-auto-tool-choice/i,
    code: 'capability-unsupported',
  },
]

/** By status alone, when the words say nothing. */
const rulesByStatus: readonly ErrorRule[] = [
  { status: [401, 407], code: 'unauthorized' },
  { status: [402], code: 'quota-exhausted' },
  { status: [403], code: 'forbidden' },
  { status: [404, 405, 410], code: 'not-found' },
  { status: [408, 504], code: 'timeout', retryable: true },
  { status: [409], code: 'provider-error', retryable: true },
  { status: [413], code: 'context-length' },
  { status: [429], code: 'rate-limited', retryable: true },
  { status: [498, 503, 529], code: 'overloaded', retryable: true },
  { status: [501], code: 'capability-unsupported' },
  { types: /server_error|internal|api_error|timeout/i, code: 'provider-error', retryable: true },
  { types: /invalid_request|invalid_argument|BadRequest/i, code: 'invalid-request' },
]

export function classify(failure: Failure, ownRules: readonly ErrorRule[]): ErrorRule {
  const found = [...ownRules, ...rulesByType, ...rulesByStatus].find((rule) => matches(rule, failure))
  if (found !== undefined) return found
  const status = failure.status ?? 500
  return status >= 500
    ? { code: 'provider-error', retryable: true }
    : { code: status >= 400 ? 'invalid-request' : 'provider-error' }
}

function matches(rule: ErrorRule, failure: Failure): boolean {
  if (rule.status !== undefined && (failure.status === undefined || !rule.status.includes(failure.status)))
    return false
  if (rule.types !== undefined && !rule.types.test(failure.types)) return false
  return rule.message === undefined || rule.message.test(failure.message)
}
