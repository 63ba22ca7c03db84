import { isSameModel } from '../catalog/sameModel.js'
import type { ChatRequest } from '../chat.js'
import { minuteMs } from '../durations.js'
import { ModelError } from '../errors.js'
import { formatModelRef, type ModelInfo, type ModelRef } from '../model.js'
import type { Obstacle } from './candidate.js'
import { afterFailures, type Course, type CourseOptions, usualAttempts } from './courses.js'
import type { FallbackCandidate } from './fallback.js'
import { locationOf, refuseCloud } from './localOnly.js'

const directPatienceMs = minuteMs
/** While another request finds out whether the model works again. */
const trialPatienceMs = 1_000

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
    options.onWait?.(model, wait)
    await clock.sleep(wait, signal)
  }
}

/** Before limits, budgets and the ledger see the request. */
function forbidCloud({ planner, registry }: CourseOptions, model: ModelRef): void {
  const view = registry.view(model.connection)
  if (planner.policy().privacy !== 'local' || view === undefined) return
  refuseCloud({ ...view, model: registry.find(model) })
}

/** Only chats: texts that were embedded elsewhere may have other vectors. A local model stays on the user's own machines. */
function findSiblings(options: CourseOptions, request: ChatRequest): readonly ModelInfo[] {
  const { registry, planner, sameModelElsewhere } = options
  const asked = registry.find(request.model)
  const isChat = (request.operation ?? 'chat') === 'chat'
  if (asked === undefined || !isChat || sameModelElsewhere?.() !== true) return []
  const same = registry.models().filter((model) => {
    const isElsewhere = model.connection !== asked.connection
    const staysLocal = asked.location !== 'local' || model.location === 'local'
    return isElsewhere && staysLocal && isSameModel(asked, model)
  })
  if (same.length === 0) return []
  // What the request needs, budgets and “local only” hold as for a route.
  const { ranking } = planner.plan(request, { name: 'same-model', models: same.map(formatModelRef) })
  return Array.from({ length: ranking.usable }, (_, place) => ranking.model(place) ?? []).flat()
}

/** Asks the one model, again where the failure may pass, or the same one elsewhere. Throws ModelError `forbidden`. */
export function createDirectCourse(options: CourseOptions, request: ChatRequest): Course {
  const { registry, planner, breaker } = options
  forbidCloud(options, request.model)
  const model: FallbackCandidate = registry.find(request.model) ?? request.model
  const siblings = findSiblings(options, request)
  const name = formatModelRef(model)
  const isAsked = (candidate: ModelRef): boolean => formatModelRef(candidate) === name
  const obstacle = (candidate: FallbackCandidate): Obstacle | undefined => {
    const sibling = isAsked(candidate) ? undefined : registry.find(candidate)
    return sibling === undefined ? undefined : planner.obstacle(sibling, request)
  }
  const hasSibling = (): boolean => siblings.some((sibling) => obstacle(sibling) === undefined)
  return {
    maxAttempts: siblings.length === 0 ? usualAttempts : usualAttempts + 1,
    maxRetries: siblings.length === 0 ? usualAttempts - 1 : 1,
    candidates: () => [model, ...siblings],
    obstacle,
    admit: async (candidate, signal) =>
      isAsked(candidate) && !hasSibling()
        ? await admitDirect(options, candidate, signal)
        : breaker.admit(candidate) === undefined,
    reason(candidate, failures) {
      const elsewhere = isAsked(candidate) ? '' : '; the same model of another connection'
      return `${name} was asked for${afterFailures(failures)}${elsewhere}`
    },
    giveUp(failures) {
      const own = failures.findLast((failure) => isAsked(failure.model)) ?? failures.at(-1)
      return own?.error ?? new ModelError({ code: 'not-found', message: `${name} was not asked.` })
    },
  }
}
