import { randomUUID } from 'node:crypto'
import { formatModelRef } from '../core/model.js'
import type { Database } from '../core/ports.js'
import { type Breaker, createBreaker } from '../core/routing/breaker.js'
import { createChatOverhead } from '../core/routing/chatOverhead.js'
import { createSharedCircuitStore } from '../core/routing/circuitStore.js'
import { createConcurrencyLimiter } from '../core/routing/concurrency.js'
import { createDecisionStore } from '../core/routing/decisionStore.js'
import { createDecisionLog } from '../core/routing/decisions.js'
import { createLocalPolicy } from '../core/routing/localOnly.js'
import { createPlanner } from '../core/routing/planner.js'
import { createRequestTickets } from '../core/routing/requestTickets.js'
import { createSharedSlots } from '../core/routing/sharedSlots.js'
import { estimateInput } from '../core/tokens/calibration.js'
import { createHealthObstacle } from '../core/usage/healthObstacle.js'
import type { Accounting } from './accounting.js'
import type { PipelineOptions } from './pipeline.js'

/** Chooses models, and keeps away from those that cannot answer now. */
export function createRouting(options: PipelineOptions, database: Database, accounting: Accounting) {
  const { registry, tokens, policies, ports } = options
  const { clock, log } = ports
  const { budgets, limiter, metrics, recent } = accounting
  const limitsOf = (id: string) => registry.view(id)?.connection.limits
  const limitOf = (id: string) => limitsOf(id)?.requestsAtOnce
  const tickets = createRequestTickets({ database, owner: randomUUID(), clock })
  const slots = createSharedSlots({ tickets, limitOf, clock, log })
  const concurrency = createConcurrencyLimiter({ limitOf, clock, shared: slots })
  const breaker: Breaker = createBreaker({ store: createSharedCircuitStore(database), clock, log })
  const planner = createPlanner({
    models: () => registry.models(),
    estimateInput: (request) => estimateInput(tokens, formatModelRef(request.model), request),
    checks: [createHealthObstacle({ registry, metrics, clock }), limiter.check, budgets.check],
    measurementsOf: (model) => metrics.model(model),
    breaker,
    recent,
    policy: createLocalPolicy(policies),
    clock,
    random: Math.random,
  })
  const decisions = createDecisionLog({ store: createDecisionStore({ database }), log })
  return { concurrency, slots, breaker, recent, planner, decisions, overhead: createChatOverhead() }
}

export type Routing = ReturnType<typeof createRouting>
