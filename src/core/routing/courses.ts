import type { ChatRequest } from '../chat.js'
import type { ModelError } from '../errors.js'
import { formatModelRef, type ModelInfo, type ModelRef } from '../model.js'
import type { Clock } from '../ports.js'
import type { Registry } from '../registry/registry.js'
import type { Breaker } from './breaker.js'
import type { Obstacle } from './candidate.js'
import { notesOf } from './decisions.js'
import { type Failure, fallbackExhausted, soonestMs } from './exhausted.js'
import type { FallbackCandidate } from './fallback.js'
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
  readonly registry: Pick<Registry, 'find' | 'view' | 'models'>
  /** Whether a model that was asked for by name may be replaced by the same one of another connection; never where absent. */
  readonly sameModelElsewhere?: () => boolean
  readonly breaker: Breaker
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  /** Called before each wait, in milliseconds, with the model or the route that is waited for. */
  readonly onWait?: ((model: ModelRef, ms: number) => void) | undefined
}

export const usualAttempts = 3

/** Milliseconds that a request waits for the first model that may be asked again. */
const routePatienceMs = 10_000

export function afterFailures(failures: readonly Failure[]): string {
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
  { planner, clock, onWait }: CourseOptions,
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
    onWait?.(request.model, ms)
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
