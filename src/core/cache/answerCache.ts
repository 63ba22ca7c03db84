import type { Chat, ChatRequest, Middleware, ResponsePart } from '../chat.js'
import { cancelled } from '../errors.js'
import { formatModelRef, type ModelRef } from '../model.js'
import { openLate } from '../openLate.js'
import { type Answer, decodeAnswer, encodeAnswer, isWorthKeeping, mergeParts } from './answer.js'
import type { CacheOptions, CacheParts } from './cache.js'
import { createFlights, type FlightPlan, type Flights } from './flights.js'
import { createHitReport } from './hitReport.js'
import { completionKey } from './key.js'
import { type CacheRules, isFresh, isSampled, rulesFor } from './policy.js'
import type { CacheEntry } from './store.js'

interface Plan {
  readonly key: string
  readonly sampled: boolean
}

const allows = (rules: CacheRules, sampled: boolean): boolean =>
  rules.completions && (rules.sampled || !sampled)

/** Undefined where the answer is neither looked up nor kept. */
function planFor(request: ChatRequest, { options, statistics }: CacheParts): Plan | undefined {
  const rules = rulesFor(options.policy(), request.model.connection)
  if (!rules.completions) return undefined
  const configuration = request.cache === 'bypass' ? undefined : options.configuration(request.model)
  const sampled = isSampled(request.parameters, configuration?.parameters)
  if (configuration === undefined || !allows(rules, sampled)) {
    if (configuration !== undefined) statistics.countSampled()
    else statistics.countBypass()
    return undefined
  }
  try {
    return { key: completionKey(request, configuration.fingerprint, options.sha256), sampled }
  } catch (error) {
    options.log.warn(`A request to ${formatModelRef(request.model)} cannot be cached: ${String(error)}`)
    return undefined
  }
}

function readEntry(entry: CacheEntry | undefined, plan: Plan, options: CacheOptions): Answer | undefined {
  if (entry === undefined) return undefined
  const rules = rulesFor(options.policy(), entry.connection)
  if (!allows(rules, plan.sampled)) return undefined
  return isFresh(entry.createdAt, rules.ttlMs, options.clock.now()) ? decodeAnswer(entry.value) : undefined
}

/** The model that answers: the last one that a route has named. */
function answeringModel(parts: readonly ResponsePart[], request: ChatRequest): ModelRef {
  return parts.findLast((part) => part.type === 'route')?.model ?? request.model
}

interface Asked {
  readonly request: ChatRequest
  readonly plan: Plan
  readonly parts: CacheParts
}

function keep(seen: readonly ResponsePart[], durationMs: number, asked: Asked): void {
  const { request, plan, parts } = asked
  const model = answeringModel(seen, request)
  const { policy, clock } = parts.options
  if (!isWorthKeeping(seen) || !allows(rulesFor(policy(), model.connection), plan.sampled)) return
  const { key } = plan
  const createdAt = clock.now()
  parts.store.set(key, () => ({
    key,
    kind: 'completion',
    connection: model.connection,
    model: model.id,
    createdAt,
    value: encodeAnswer({ parts: mergeParts(seen), durationMs }),
  }))
}

function* replay(answer: Answer, entry: CacheEntry): Generator<ResponsePart> {
  const model = { connection: entry.connection, id: entry.model }
  const given = new Date(entry.createdAt).toISOString()
  const reason = `from the cache: ${formatModelRef(model)} gave this answer at ${given}`
  yield { type: 'route', model, reason, cached: true }
  for (const part of answer.parts) yield part.type === 'usage' ? { ...part, cached: true } : part
}

/** The answer to another's request, as it comes. */
async function* share(source: AsyncIterable<ResponsePart>): AsyncGenerator<ResponsePart> {
  for await (const part of source) {
    if (part.type === 'usage') yield { ...part, cached: true }
    else if (part.type !== 'route') yield part
    else yield { ...part, reason: `${part.reason}; shared with an identical request`, cached: true }
  }
}

interface Call extends Asked {
  readonly next: Chat
  readonly signal: AbortSignal
  readonly flights: Flights<ResponsePart>
}

/** Asks, and keeps the parts once they are all there. */
function planFlight({ next, ...asked }: Call): FlightPlan<ResponsePart> {
  const { clock } = asked.parts.options
  const begun = clock.monotonic()
  let durationMs = 0
  return {
    open: (stop) => next(asked.request, stop),
    see: () => void (durationMs = clock.monotonic() - begun),
    keep: (seen) => keep(seen, durationMs, asked),
  }
}

async function answerOnce(call: Call): Promise<AsyncIterable<ResponsePart>> {
  const { request, plan, parts, signal, flights } = call
  const { options, store, statistics } = parts
  const mayRead = request.cache !== 'refresh'
  const report = createHitReport(request, parts)
  if (signal.aborted) throw cancelled(signal.reason)
  if (mayRead && !flights.has(plan.key)) {
    const entry = await store.get(plan.key)
    const known = readEntry(entry, plan, options)
    if (entry !== undefined && known !== undefined) {
      return report.follow(replay(known, entry), { source: 'store', durationMs: known.durationMs })
    }
  }
  if (mayRead && flights.has(plan.key)) {
    const shared = share(flights.join(plan.key, planFlight(call), signal))
    return report.follow(shared, { source: 'flight', durationMs: 0 })
  }
  statistics.countMiss()
  options.onMiss?.()
  return flights.start(plan.key, planFlight(call), signal)
}

/** Gives an answer again where the policy allows it, and lets identical requests at the same time share one. */
export function createAnswerCache(parts: CacheParts): Middleware {
  const flights = createFlights<ResponsePart>()
  return (next) => (request, signal) => {
    const plan = planFor(request, parts)
    // Nothing stands between where nothing is kept, as it is from the start.
    if (plan === undefined) return next(request, signal)
    return openLate(() => answerOnce({ request, plan, parts, next, signal, flights }))
  }
}
