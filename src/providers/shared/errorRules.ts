import type { ErrorCode } from '../../core/errors.js'

/** What a failed response says, reduced to what rules look at. */
export interface Failure {
  readonly status: number | undefined
  /** The error's type, code, status and reason words, joined by spaces. */
  readonly types: string
  readonly messages: readonly string[]
  /** It came inside an answer that had begun well, whatever status it tells. */
  readonly isInStream: boolean
}

/** All that is given must match. The first matching row decides. */
export interface ErrorRule {
  /** `undefined` is an error inside a stream, which has none. */
  readonly status?: readonly (number | undefined)[]
  readonly types?: RegExp
  /** Matches one of the messages. */
  readonly message?: RegExp
  readonly when?: (failure: Failure) => boolean
  readonly code: ErrorCode
  readonly retryable?: boolean
}

/** By these a server may speak of the request, though 5xx means the server: a retry helps none of what the words say. */
const aboutRequest = [400, 403, 404, 409, 413, 422, 500, 501, 502, 503, undefined]

const contextMessage = new RegExp(
  [
    'context[ _](length|window|size|limit)',
    'maximum (context|prompt length)|max_model_len',
    '(prompt|input|request|text) (is )?too (long|large)\\b|too many (input |prompt )?tokens',
    'exceed(s|ed)? (the |model )*(available |maximum |max )*(context|number of tokens|prompt length|length|token limit)',
    'tokens exceeds? \\d|prompt exceeds|exceeded model token limit|less than \\d+ tokens',
    'reduce the length|too large to process|range of input length',
    'inputs`? tokens \\+',
  ].join('|'),
  'i',
)

/** As servers say that a model is not theirs, under 404 as well as under 400. */
const unknownModel = new RegExp(
  [
    '\\b(models?|deployment)\\b(?:[^.\\n]|\\.(?=\\S)){0,160}?\\b(was not found|is not found|not found|not exist|does ?n.t exist|is not available|no longer available|is not loaded)\\b',
    '\\b(unknown|invalid|no such|unrecogni[sz]ed|nonexistent) model\\b(?! (parameter|input|output|config|response|behaviou?r))',
    'not a valid model|not found:? (the )?model|(cannot|could not|can.t) find (the )?model|unable to access (the )?model',
    'no endpoints found for|no healthy deployments|not supported by any provider',
  ].join('|'),
  'i',
)

const unsupported = new RegExp(
  [
    "(does not|doesn't|do not|not|cannot|can't) support (the )?(tool|function|image|vision|multimodal|reasoning|thinking|system|embedding|chat|completion|rerank)",
    '(tools?|tool[ _]use|tool[ _]call(ing|s)?|tool[ _]choice|function[ _]calling|images?|image[ _]input|image_url|vision|audio|embeddings?|reranking|thinking)\\W{0,2} (input |use |calling )?(is|are) not (supported|enabled|available)',
    'is not a multimodal model|image input is not supported|no endpoints found that support',
    '--jinja|enable-auto-tool-choice|does not logits computation|pooling type|--embeddings?\\b|--rerank',
  ].join('|'),
  'i',
)

const refusedKey =
  /\b(incorrect|invalid|wrong|missing|expired|revoked|no|bad) (x-)?api[- _]?key|api[- _]?key (is |was |has )?(not valid|not found|invalid|incorrect|expired|missing|required|revoked)/i

const failedToLoad =
  /failed to load(?! (the )?(image|audio|video|media|file|url))|(un|not )able to load (the )?model|error loading model|insufficient (system )?(memory|resources)|not enough (system |gpu )?memory|out of memory/i

const numberOf = (text: string): number => Number(text.replaceAll(/[,_\s]/g, ''))

/** “Limit 1, Requested 30”: what one request asks for is more than there is in a whole minute, so no wait helps. */
function asksBeyondLimit({ messages }: Failure): boolean {
  return messages.some((message) => {
    const limit = /\blimit(?: is| of)?[:=\s]+([\d,_]+)/i.exec(message)?.[1]
    const requested = /\brequested(?: about)?[:=\s]+([\d,_]+)/i.exec(message)?.[1]
    return limit !== undefined && requested !== undefined && numberOf(requested) > numberOf(limit)
  })
}

function countsRequests({ messages }: Failure): boolean {
  return messages.some((message) => /requests per|\bRP[MD]\b/.test(message))
}

/** Stronger than what a provider means by a status of its own. */
const rulesByNumbers: readonly ErrorRule[] = [
  {
    status: [413, 429, undefined],
    when: (failure) => asksBeyondLimit(failure) && countsRequests(failure),
    code: 'quota-exhausted',
  },
  { status: [413, 429, undefined], when: asksBeyondLimit, code: 'context-length' },
]

/** By what the provider calls the error; holds for errors inside a stream too, where there is no status. */
const rulesByWords: readonly ErrorRule[] = [
  {
    types:
      /insufficient_quota|credit_balance_exhausted|(enforced|contract)_spend_limit_reached|billing|payment_required|insufficient_(funds|credits|balance)|budget_exceeded/,
    code: 'quota-exhausted',
  },
  { status: [400, 403, 429], types: /PerDay/, code: 'quota-exhausted' },
  {
    status: [400, 402, 403, 429, 500, undefined],
    message:
      /credit balance is too low|exceeded your (current|monthly) (quota|included credits)|spend(ing)? limit|insufficient (account )?(balance|credits?|funds|quota)|\blimit: 0\b/i,
    code: 'quota-exhausted',
  },
  {
    types:
      /context_length_exceeded|exceed_context_size|string_above_max_length|context_window|ContextWindow|too_many_(prompt|input)_tokens/,
    code: 'context-length',
  },
  { status: aboutRequest, message: contextMessage, code: 'context-length' },
  {
    types: /content_filter|content_policy|ContentPolicy|ResponsibleAIPolicy|moderation|safety_violation/,
    code: 'content-filtered',
  },
  {
    types:
      /model_not_found|model_not_available|not_found_error|unknown_model|model_not_supported|DeploymentNotFound/,
    code: 'not-found',
  },
  { types: /invalid_api_key|authentication_error|API_KEY_INVALID|UNAUTHENTICATED/, code: 'unauthorized' },
  { types: /permission_error|PERMISSION_DENIED|access_denied/, code: 'forbidden' },
  { status: aboutRequest, message: failedToLoad, code: 'engine-failed' },
  { status: aboutRequest, message: unsupported, code: 'capability-unsupported' },
  { status: [400, 403, 422, 500, undefined], message: refusedKey, code: 'unauthorized' },
  { status: [400, 404, 422, 500, undefined], message: unknownModel, code: 'not-found' },
  {
    types: /overloaded|slow_down|capacity_exceeded|unavailable_error|loading/i,
    code: 'overloaded',
    retryable: true,
  },
  // MiniMax's codes, which come with status 200.
  { types: /\bbase_resp_(1004|2049)\b/, code: 'unauthorized' },
  { types: /\bbase_resp_1008\b/, code: 'quota-exhausted' },
  { types: /\bbase_resp_(1002|1039|1041|2045|2056)\b/, code: 'rate-limited', retryable: true },
  { types: /\bbase_resp_(1026|1027)\b/, code: 'content-filtered' },
  { types: /\bbase_resp_1001\b/, code: 'timeout', retryable: true },
  { types: /\bbase_resp_2013\b/, code: 'invalid-request' },
  {
    status: [500, undefined],
    message: /overloaded|server (is )?(too )?busy|at capacity|currently loading|loading model/i,
    code: 'overloaded',
    retryable: true,
  },
  { status: [413], types: /rate_limit|tokens/, code: 'context-length' },
  {
    types: /rate_limit|too_many_requests|RESOURCE_EXHAUSTED|throttling/i,
    code: 'rate-limited',
    retryable: true,
  },
  { types: /tool_use_failed/, code: 'provider-error', retryable: true },
  // Requests that no second sending mends, under a status that says the opposite.
  {
    status: [500, undefined],
    message:
      /unsupported tool type|failed to parse (tool|messages|input|request)|(parse|syntax) error while parsing|json\.exception|invalid type:/i,
    code: 'invalid-request',
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
  const found = [...rulesByNumbers, ...ownRules, ...rulesByWords, ...rulesByStatus].find((rule) =>
    matches(rule, failure),
  )
  if (found !== undefined) return found
  const status = failure.status ?? 500
  return status >= 500
    ? { code: 'provider-error', retryable: true }
    : { code: status >= 400 ? 'invalid-request' : 'provider-error' }
}

function matches({ status, types, message, when }: ErrorRule, failure: Failure): boolean {
  if (status !== undefined && !status.includes(failure.status)) return false
  if (types !== undefined && !types.test(failure.types)) return false
  if (message !== undefined && !failure.messages.some((each) => message.test(each))) return false
  return when === undefined || when(failure)
}
