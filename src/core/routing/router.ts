import type { Chat, ChatRequest, ResponsePart } from '../chat.js'
import { cancelled, isModelError, type ModelError } from '../errors.js'
import { formatModelRef } from '../model.js'
import { openLate } from '../openLate.js'
import type { Disposable } from '../ports.js'
import { relay } from '../relay.js'
import { wrapError } from '../wrapError.js'
import { type AskOptions, askModel, type BegunAnswer } from './askModel.js'
import { createRetryBudget, type RetryBudget } from './backoff.js'
import type { ConcurrencyLimiter } from './concurrency.js'
import { type Course, type CourseOptions, createRouteCourse } from './courses.js'
import type { Decision, DecisionLog } from './decisions.js'
import { createDirectCourse } from './directCourse.js'
import { createFallback, type Fallback, type FallbackCandidate } from './fallback.js'
import { conversationKey } from './planner.js'
import type { RecentAnswers } from './recent.js'
import { findRoute, type RouteSetting } from './routes.js'

export interface RouterOptions extends CourseOptions, AskOptions {
  readonly clock: CourseOptions['clock'] & AskOptions['clock']
  readonly breaker: CourseOptions['breaker']
  readonly recent: RecentAnswers
  /** All routes by their names, as `resolveRoutes` gives them. */
  readonly routes: () => ReadonlyMap<string, RouteSetting>
  readonly decisions: Pick<DecisionLog, 'add' | 'end'>
  /** Absent for any number of requests at once. */
  readonly concurrency?: Pick<ConcurrencyLimiter, 'acquire'>
  /** Looks the connection's key up anew; true where it has become another one. */
  readonly refreshKey?: (connection: string) => Promise<boolean>
  /** Shared with other routers; its own where absent. */
  readonly retries?: RetryBudget
  /** An id that no other request has. */
  readonly createId: () => string
  /** From 0 up to 1. */
  readonly random: () => number
}

interface Journey {
  readonly request: ChatRequest
  readonly decision: Decision
  readonly course: Course
  readonly fallback: Fallback<FallbackCandidate>
  readonly signal: AbortSignal
}

function startFallback(options: RouterOptions, course: Course, budget: RetryBudget) {
  return createFallback<FallbackCandidate>({
    candidates: course.candidates,
    maxAttempts: course.maxAttempts,
    maxRetries: course.maxRetries,
    obstacle: course.obstacle,
    circuit: (model) => options.breaker.obstacle(model),
    spendRetry: () => budget.spend(),
    refreshKey: options.refreshKey ?? (async () => false),
    clock: options.clock,
    random: options.random,
  })
}

type Slot = Disposable | ModelError | undefined

/** Waits for the connection's turn; the failure where it does not come. */
async function takeSlot(options: RouterOptions, connection: string, signal: AbortSignal): Promise<Slot> {
  try {
    return await options.concurrency?.acquire(connection, signal)
  } catch (error) {
    return wrapError(error, { provider: undefined, signal })
  }
}

interface Turn {
  /** Nobody was asked, for the connection has too many requests of ours. */
  readonly isBusy: boolean
  readonly outcome: BegunAnswer | ModelError
  readonly slot?: Disposable | undefined
}

/** One model, in the turn of its connection. */
async function askInTurn(options: RouterOptions, journey: Journey, model: FallbackCandidate): Promise<Turn> {
  const { request, decision, course, fallback, signal } = journey
  const slot = await takeSlot(options, model.connection, signal)
  if (isModelError(slot)) {
    options.breaker.release(model)
    return { outcome: slot, isBusy: true }
  }
  const reason = () => course.reason(model, fallback.failures)
  const outcome = await askModel(options, { request, model, decision, signal, reason })
  if (isModelError(outcome)) slot?.dispose()
  return { outcome, isBusy: false, slot }
}

interface Arrival {
  readonly answer: BegunAnswer
  readonly slot: Disposable | undefined
}

/** From one model to the next until one answers. */
async function travel(options: RouterOptions, journey: Journey): Promise<Arrival> {
  const { course, fallback, signal } = journey
  const [first] = course.candidates()
  let next = first === undefined ? undefined : { model: first, delayMs: 0 }
  while (next !== undefined) {
    const { model, delayMs }: { model: FallbackCandidate; delayMs: number } = next
    if (delayMs > 0) {
      options.onWait?.(model, delayMs)
      await options.clock.sleep(delayMs, signal)
    }
    if (!(await course.admit(model, signal))) {
      next = fallback.skip(model)
      continue
    }
    const { outcome, slot, isBusy }: Turn = await askInTurn(options, journey, model)
    if (!isModelError(outcome)) return { answer: outcome, slot }
    if (outcome.code === 'cancelled') throw outcome
    next = await fallback.next(model, outcome, isBusy)
  }
  throw course.giveUp(fallback.failures)
}

function remember(
  { recent }: RouterOptions,
  { request, decision }: Pick<Journey, 'request' | 'decision'>,
): void {
  const { plan, chosen } = decision
  const conversation = plan === undefined ? undefined : conversationKey(request, plan.route)
  if (conversation === undefined || chosen === undefined) return
  recent.keepModel(conversation, formatModelRef(chosen.model))
}

/** Ends a decision, once. */
function conclude({ decisions }: RouterOptions, decision: Decision, outcome: Decision['outcome']): void {
  decision.outcome = outcome
  decisions.end(decision)
}

function concludeFailed(options: RouterOptions, decision: Decision, error: unknown, signal: AbortSignal) {
  const failure = wrapError(error, { provider: undefined, signal })
  conclude(options, decision, failure.code === 'cancelled' ? 'cancelled' : 'failed')
  return failure
}

function deliver(
  options: RouterOptions,
  { request, decision, signal }: Pick<Journey, 'request' | 'decision' | 'signal'>,
  { answer, slot }: Arrival,
) {
  return relay<ResponsePart, ResponsePart>(answer.rest, {
    first: answer.first,
    see: (part) => (part.type === 'route' || part.type === 'served' ? undefined : part),
    end() {
      answer.succeed()
      remember(options, { request, decision })
      conclude(options, decision, 'answered')
      return []
    },
    fail: (error) => concludeFailed(options, decision, answer.fail(error), signal),
    close(left) {
      if (left) {
        answer.leave()
        // What it has read of the conversation it has in its cache, though nobody wanted the rest of its answer.
        remember(options, { request, decision })
        conclude(options, decision, 'cancelled')
      }
      slot?.dispose()
    },
  })
}

/**
 * Asks the model that a request names, or those that its route chooses, until one answers. The first part is `route`:
 * which model, and why. Once the caller has seen a part of an answer, no other model is asked. Throws ModelError:
 * `fallback-exhausted` with every attempt where a route has nobody left, else the model's own.
 */
export function createRouter(options: RouterOptions): Chat {
  const budget = options.retries ?? createRetryBudget()

  async function depart(request: ChatRequest, decision: Decision, signal: AbortSignal): Promise<Arrival> {
    const setting = findRoute(options.routes(), request.model)
    const begun = options.clock.monotonic()
    const course =
      setting === undefined
        ? createDirectCourse(options, request)
        : await createRouteCourse(options, request, setting, signal)
    if (course.plan !== undefined) {
      decision.plan = course.plan
      decision.selectionMs = options.clock.monotonic() - begun
    }
    const fallback = startFallback(options, course, budget)
    return await travel(options, { request, decision, course, fallback, signal })
  }

  async function route(request: ChatRequest, signal: AbortSignal): Promise<AsyncIterable<ResponsePart>> {
    if (signal.aborted) throw cancelled(signal.reason)
    budget.earn()
    const decision: Decision = {
      requestId: options.createId(),
      at: options.clock.now(),
      asked: request.model,
      tried: [],
      outcome: 'running',
    }
    options.decisions.add(decision)
    try {
      const arrival = await depart(request, decision, signal)
      return deliver(options, { request, decision, signal }, arrival)
    } catch (error) {
      throw concludeFailed(options, decision, error, signal)
    }
  }

  return (request, signal) => openLate(() => route(request, signal))
}
