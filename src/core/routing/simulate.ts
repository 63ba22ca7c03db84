import type { ChatRequest } from '../chat.js'
import type { Clock } from '../ports.js'
import { type Decision, type DecisionReport, reportDecision } from './decisions.js'
import type { Planner } from './planner.js'
import { findRoute, type RouteSetting } from './routes.js'

export interface SimulateOptions {
  readonly planner: Pick<Planner, 'plan'>
  readonly routes: () => ReadonlyMap<string, RouteSetting>
  readonly clock: Pick<Clock, 'now'>
}

/** What the route of a request would choose at this moment. Nothing is sent; undefined where no route is asked for. */
export function simulateRoute(options: SimulateOptions, request: ChatRequest): DecisionReport | undefined {
  const route = findRoute(options.routes(), request.model)
  if (route === undefined) return undefined
  const plan = options.planner.plan(request, route)
  const place = plan.choice.places[0]
  const best = place === undefined ? undefined : plan.ranking.at(place)
  const decision: Decision = {
    requestId: '',
    at: options.clock.now(),
    asked: request.model,
    plan,
    tried: [],
    outcome: 'simulated',
    ...(best === undefined ? {} : { chosen: { model: best.model, reason: best.reasons.join('; ') } }),
  }
  return reportDecision(decision)
}
