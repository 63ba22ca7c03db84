import type { ChatRequest, ResponsePart } from '../chat.js'
import { compact } from '../compact.js'
import { type ErrorCode, isModelError } from '../errors.js'
import { formatModelRef, type ModelInfo, type ModelRef, type Usage } from '../model.js'
import type { Clock } from '../ports.js'
import { estimateInput, hasImage } from '../tokens/calibration.js'
import type { TokenCounter } from '../tokens/estimate.js'
import type { AttemptOutcome, AttemptRecord } from './attemptRecord.js'
import type { AttemptWatch } from './attemptWatch.js'
import { judgeUsage } from './credibleUsage.js'
import type { GroupedLedger } from './groupedLedger.js'
import { classifyTokens, costOf } from './price.js'
import { noUsage } from './sumUsage.js'
import { createWrittenText } from './writtenText.js'

export interface MeterOptions {
  readonly ledger: Pick<GroupedLedger, 'append'>
  readonly findModel: (ref: ModelRef) => ModelInfo | undefined
  readonly tokens: TokenCounter
  readonly clock: Clock
  /** A new text that no other request has, for requests that no router has numbered. */
  readonly createId: () => string
}

/** Failures after which a provider may have worked on the whole input though it said nothing. */
const workedSilently: ReadonlySet<ErrorCode> = new Set([
  'cancelled',
  'timeout',
  'incomplete',
  'empty-response',
])

const unstated: Usage = { ...noUsage, accuracy: 'estimated' }

/** An image's tokens say nothing of how well text is counted. */
function isComparable({ accuracy, guessed }: Usage, { messages }: ChatRequest): boolean {
  return accuracy === 'exact' && guessed === undefined && !messages.some(hasImage)
}

/** To be asked before the counter learns from the exact count. Reasoning that is not shown cannot be estimated. */
function compareTokens(told: Usage, own: Usage): NonNullable<AttemptRecord['estimate']> {
  const isWhole = told.reasoningOutputTokens === 0
  return {
    estimated: own.inputTokens + (isWhole ? own.outputTokens : 0),
    exact: told.inputTokens + (isWhole ? told.outputTokens : 0),
  }
}

/** What one attempt has shown so far. */
function observe(options: MeterOptions, request: ChatRequest) {
  const { clock, tokens } = options
  const at = clock.now()
  const start = clock.monotonic()
  const model = formatModelRef(request.model)
  const written = createWrittenText()
  let usage: Usage | undefined
  let firstPartMs: number | undefined
  let compared: AttemptRecord['estimate']
  let served: ServedPart | undefined

  function estimate(): Usage {
    const outputTokens = written.isEmpty() ? 0 : tokens.count(model, written.whole())
    return { ...unstated, inputTokens: estimateInput(tokens, model, request), outputTokens }
  }

  /** Whoever guesses without having counted anything knows less than the counter, which learns from exact answers. */
  function replaceGuesses({ guessed = [], ...told }: Usage): Usage {
    const own = estimate()
    return {
      ...told,
      inputTokens: guessed.includes('inputTokens') ? own.inputTokens : told.inputTokens,
      outputTokens: guessed.includes('outputTokens') ? own.outputTokens : told.outputTokens,
    }
  }

  return {
    /** What the caller is to be told in place of what a provider has guessed. */
    correct(told: Usage): Usage | undefined {
      const judged = judgeUsage(told, !written.isEmpty())
      if (isComparable(judged, request)) compared = compareTokens(judged, estimate())
      usage = judged.guessed === undefined ? judged : replaceGuesses(judged)
      return usage
    },
    see(part: ResponsePart): void {
      if (part.type === 'route' || part.type === 'finish') return
      if (part.type === 'served') return void (served = part)
      firstPartMs ??= clock.monotonic() - start
      if (part.type === 'text' || part.type === 'reasoning') written.add(part.text)
      else if (part.type === 'toolCall') written.add(part.name + JSON.stringify(part.input))
    },
    hasUsage: () => usage !== undefined,
    estimate,
    record(outcome: AttemptOutcome): AttemptRecord {
      const mayHaveWorked =
        firstPartMs !== undefined || outcome.kind === 'success' || workedSilently.has(outcome.code)
      const known = usage ?? (mayHaveWorked ? estimate() : unstated)
      const latencyMs = clock.monotonic() - start
      const times = firstPartMs === undefined ? { latencyMs } : { latencyMs, firstPartMs }
      const estimated = compared === undefined ? {} : { estimate: compared }
      const said = servedOf(request, known, served)
      return describe(options, request, { at, usage: known, outcome, ...times, ...estimated, ...said })
    },
  }
}

type ServedPart = Extract<ResponsePart, { readonly type: 'served' }>

/** A server that names the model that was asked for says nothing new. */
function servedOf(
  { model }: ChatRequest,
  { serviceTier: tier }: Usage,
  served: ServedPart | undefined,
): Pick<AttemptRecord, 'served'> {
  const other = served?.model === model.id ? undefined : served?.model
  const said = compact({ model: other, provider: served?.provider, tier })
  return Object.keys(said).length === 0 ? {} : { served: said }
}

type Observed = Pick<
  AttemptRecord,
  'at' | 'outcome' | 'latencyMs' | 'firstPartMs' | 'served' | 'estimate'
> & {
  readonly usage: Usage
}

function describe(
  options: MeterOptions,
  request: ChatRequest,
  { usage, ...observed }: Observed,
): AttemptRecord {
  const model = options.findModel(request.model)
  const tokens = classifyTokens(usage)
  const cost = costOf(usage, model)
  const { route, selectionMs } = request.attempt ?? {}
  return {
    ...observed,
    requestId: request.attempt?.requestId ?? options.createId(),
    number: request.attempt?.number ?? 1,
    caller: request.caller,
    ...(request.operation === undefined ? {} : { operation: request.operation }),
    ...(route === undefined ? {} : { route }),
    ...(selectionMs === undefined ? {} : { selectionMs }),
    provider: model?.provider ?? '',
    model: request.model,
    tokens,
    accuracy: usage.accuracy,
    ...(cost === undefined ? {} : { cost }),
    isCacheHit: false,
  }
}

function failureOf(error: unknown, signal: AbortSignal): AttemptOutcome {
  const code = isModelError(error) ? error.code : 'provider-error'
  return code === 'cancelled' || signal.aborted
    ? { kind: 'cancelled', code: 'cancelled' }
    : { kind: 'failure', code }
}

/**
 * Writes one record for each attempt, failed and cancelled ones too, when it ends. What a provider does not say of the
 * usage, or has only guessed, is estimated, which the caller sees too.
 */
export function createMeter(options: MeterOptions) {
  return (request: ChatRequest, signal: AbortSignal): AttemptWatch => {
    const seen = observe(options, request)
    // What holds where the reader leaves before the end.
    let outcome: AttemptOutcome = { kind: 'cancelled', code: 'cancelled' }
    return {
      see(part) {
        if (part.type === 'usage') {
          const usage = seen.correct(part.usage)
          return usage && { ...part, usage }
        }
        seen.see(part)
        if (part.type !== 'finish') return undefined
        outcome = { kind: 'success' }
        return seen.hasUsage() ? undefined : { type: 'usage', usage: seen.estimate() }
      },
      end(thrown) {
        if (thrown !== undefined) outcome = failureOf(thrown.error, signal)
        options.ledger.append(seen.record(outcome))
      },
    }
  }
}
