import type { ChatRequest } from '../chat.js'
import { minuteMs } from '../durations.js'
import { ModelError } from '../errors.js'
import { formatModelRef, type ModelInfo, type ModelRef } from '../model.js'
import type { Clock } from '../ports.js'
import type { Registry } from '../registry/registry.js'
import type { Breaker } from './breaker.js'
import type { Obstacle } from './candidate.js'
import { notesOf } from './decisions.js'
import { type Failure, fallbackExhausted, soonestMs } from './exhausted.js'
import type { FallbackCandidate } from './fallback.js'
import { locationOf, refuseCloud } from './localOnly.js'
import type { Planner, RoutePlan } from './planner.js'
import type { RouteSetting } from './routes.js'
import { strategies } from './strategies.js'

/** What differs between a route and a model that is asked for by its own name. */
export interface Course {
  readonly plan?: RoutePlan
  readonly maxAttempts: number
  readonly maxRetries: number
  /** In the order in which they are to be asked. */
  readonly candidates: () => Iterable<FallbackCandidate>
  readonly obstacle: (candidate: FallbackCandidate) => Obstacle | undefined
  /** Takes the right to ask. False where another candidate should be asked. Throws ModelError, or waits. */
  readonly admit: (model: FallbackCandidate, signal: AbortSignal) => Promise<boolean>
  readonly reason: (model: ModelRef, failures: readonly Failure[]) => string
  /** The error for the caller when nobody is left. */
  readonly giveUp: (failures: readonly Failure[]) => ModelError
}

export interface CourseOptions {
  readonly planner: Planner
  readonly registry: Pick<Registry, 'find' | 'view'>
  readonly breaker: Breaker
  readonly clock: Pick<Clock, 'now' | 'sleep'>
}

const usualAttempts = 3

/** Milliseconds that a request waits for the first model that may be asked again. */
const routePatienceMs = 10_000
const directPatienceMs = minuteMs
/** While another request finds out whether the model works again. */
const trialPatienceMs = 1_000

function afterFailures(failures: readonly Failure[]): string {
  if (failures.length === 0) return ''
  const told = failures.map(({ model, error }) => `${formatModelRef(model)} failed (${error.code})`)
  return `; ${told.join(', ')}`
}

function reasonOf(plan: RoutePlan, model: ModelRef, failures: readonly Failure[]): string {
  const { ranking, choice, route } = plan
  const name = formatModelRef(model)
  const place = choice.places.find((at) => {
    const candidate = ranking.model(at)
    return candidate !== undefined && formatModelRef(candidate) === name
  })
  const isFirst = place === choice.places[0]
  const notes = isFirst ? notesOf(plan) : plan.rules.notes
  const reasons = place === undefined ? [] : (ranking.at(place)?.reasons ?? [])
  return `${route.name}: ${[...notes, ...reasons].join('; ')}${afterFailures(failures)}`
}

function* modelsOf({ ranking, choice }: RoutePlan): Generator<ModelInfo> {
  for (const place of choice.places) {
    const model = ranking.model(place)
    if (model !== undefined) yield model
  }
}

/** A plan with a model to ask, after a short wait where one can be asked soon. */
async function planSoon(
  { planner, clock }: CourseOptions,
  request: ChatRequest,
  route: RouteSetting,
  signal: AbortSignal,
): Promise<RoutePlan> {
  let plan = planner.plan(request, route)
  let patience = routePatienceMs
  while (plan.ranking.usable === 0) {
    const wait = soonestMs(plan.ranking, clock.now())
    if (wait === undefined || wait > patience) return plan
    const ms = Math.max(1, wait)
    await clock.sleep(ms, signal)
    patience -= ms
    plan = planner.plan(request, route)
  }
  return plan
}

export async function createRouteCourse(
  options: CourseOptions,
  request: ChatRequest,
  route: RouteSetting,
  signal: AbortSignal,
): Promise<Course> {
  const { planner, registry, breaker, clock } = options
  const plan = await planSoon(options, request, route, signal)
  return {
    plan,
    maxAttempts: Math.max(1, route.maxAttempts ?? usualAttempts),
    maxRetries: 1,
    candidates: () => modelsOf(plan),
    obstacle(candidate) {
      const model = registry.find(candidate)
      // It has gone since the ranking.
      if (model === undefined)
        return { code: 'not-in-route', message: `${candidate.id} is not offered any more` }
      return planner.obstacle(model, request)
    },
    admit: async (model) => breaker.admit(model) === undefined,
    reason: (model, failures) => reasonOf(plan, model, failures),
    giveUp(failures) {
      const last = failures.at(-1)?.error
      const isFinal = last !== undefined && strategies[last.code].steps.length === 0
      if (isFinal) return last
      return fallbackExhausted({ route: route.name, failures, ranking: plan.ranking, now: clock.now() })
    },
  }
}

function refuse(model: ModelRef, obstacle: Obstacle, now: number): ModelError {
  const wait = obstacle.until === undefined ? undefined : Math.max(0, obstacle.until - now)
  return new ModelError({
    code: obstacle.code === 'cooling-down' ? 'rate-limited' : 'overloaded',
    message: `${obstacle.message}. Wait, or choose another model or a route.`,
    model,
    retryable: true,
    retryAfterMs: wait,
  })
}

/**
 * Waits until a Retry-After is over, and while another request tries the model: all that wait would come at once. A model
 * on this machine is the user's own, and is asked however often it has failed; so is one whose credit was used up, for
 * only the user knows when there is more.
 */
async function admitDirect(options: CourseOptions, model: ModelRef, signal: AbortSignal): Promise<boolean> {
  const { breaker, clock, registry } = options
  const isLocal = locationOf(registry, model) === 'local'
  let patience = directPatienceMs
  for (;;) {
    const obstacle = breaker.admit(model)
    if (obstacle === undefined || obstacle.code === 'quota-exhausted') return true
    if (isLocal && obstacle.code === 'circuit-open') return true
    const wait = Math.max(1, (obstacle.until ?? Infinity) - clock.now())
    if (wait > (obstacle.code === 'circuit-open' ? trialPatienceMs : patience)) {
      throw refuse(model, obstacle, clock.now())
    }
    patience -= wait
    await clock.sleep(wait, signal)
  }
}

/** Before limits, budgets and the ledger see the request. */
function forbidCloud({ planner, registry }: CourseOptions, model: ModelRef): void {
  const view = registry.view(model.connection)
  if (planner.policy().privacy !== 'local' || view === undefined) return
  refuseCloud({ ...view, model: registry.find(model) })
}

/** Asks the one model, again where the failure may pass. Throws ModelError `forbidden`. */
export function createDirectCourse(options: CourseOptions, request: ChatRequest): Course {
  const { registry } = options
  forbidCloud(options, request.model)
  const model: FallbackCandidate = registry.find(request.model) ?? request.model
  const name = formatModelRef(model)
  return {
    maxAttempts: usualAttempts,
    maxRetries: usualAttempts - 1,
    candidates: () => [model],
    obstacle: () => undefined,
    admit: (candidate, signal) => admitDirect(options, candidate, signal),
    reason: (_, failures) => `${name} was asked for${afterFailures(failures)}`,
    giveUp: (failures) =>
      failures.at(-1)?.error ?? new ModelError({ code: 'not-found', message: `${name} was not asked.` }),
  }
}
