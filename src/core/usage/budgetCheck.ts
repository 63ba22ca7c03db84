import type { ChatRequest } from '../chat.js'
import type { ModelInfo } from '../model.js'
import type { Clock } from '../ports.js'
import type { CandidateCheck, Obstacle } from '../routing/candidate.js'
import { estimateLeast } from './allotment.js'
import type { Budget } from './budget.js'
import type { BudgetCounters, Count } from './budgetCounters.js'
import {
  type BudgetPlan,
  type PlannedBudget,
  refusesUnknownPrice,
  reservedAmount,
  storedLimit,
} from './budgetPlan.js'
import { describeExhausted, describeProblem, describeUnknownPrice, fitsWhole } from './budgetText.js'
import { type Estimator, estimateAnswers, type RequestEstimate } from './estimateRequest.js'
import { createRankingCache, createRankingEstimate } from './rankingEstimate.js'

export interface BudgetCheckOptions {
  readonly plan: BudgetPlan
  readonly counters: BudgetCounters
  readonly budgets: () => readonly Budget[]
  readonly estimate: Estimator
  readonly clock: Clock
  readonly catchUp?: () => boolean
}

/** Counters as one ranking sees them: each is read once, however many candidates look at it. */
function createSnapshot({ counters, clock, catchUp }: BudgetCheckOptions) {
  const countsOf = createRankingCache(clock, () => {
    catchUp?.()
    return new Map<string, Count>()
  })
  return (asked: ChatRequest, { key }: PlannedBudget): Count => {
    const counts = countsOf(asked)
    const id = [key.unit, key.scope, key.scopeValue, key.windowKind, key.window.start, key.window.end].join(
      ' ',
    )
    const count = counts.get(id) ?? counters.read(key)
    counts.set(id, count)
    return count
  }
}

/** Who has used the budget is read only for the one whose request fails by it: it is a sum of the whole window. */
function exhausted(
  counters: BudgetCounters,
  facts: Omit<Parameters<typeof describeExhausted>[0], 'users'>,
): Obstacle {
  const { key } = facts.planned
  return {
    code: 'budget-exhausted',
    message: describeExhausted({ ...facts, users: [] }),
    inFull: () => describeExhausted({ ...facts, users: counters.users(key) }),
    ...(fitsWhole(facts.planned, facts.amount) ? { until: key.window.end } : {}),
  }
}

/** Excludes from routing what a hard budget would refuse. It reads and never reserves: that alone decides. */
export function createBudgetCheck(options: BudgetCheckOptions): CandidateCheck {
  const countOf = createSnapshot(options)
  const estimateOf = createRankingEstimate(options.estimate, options.clock)

  function examine(
    planned: PlannedBudget,
    request: ChatRequest,
    estimate: RequestEstimate,
    model: ModelInfo,
  ) {
    const { budget } = planned
    if (budget.problem !== undefined)
      return { code: 'budget-exhausted', message: describeProblem(budget) } as const
    const longest = reservedAmount(budget, estimate)
    if (longest === undefined) {
      if (request.unknownPrice === 'allow' || !refusesUnknownPrice(budget)) return undefined
      return { code: 'price-unknown', message: describeUnknownPrice(budget, model) } as const
    }
    const count = countOf(request, planned)
    const fits = (amount: number): boolean =>
      amount === 0 || count.spent + count.reserved + amount <= storedLimit(budget)
    if (fits(longest)) return undefined
    const least = estimateLeast({
      estimated: estimate,
      estimateFor: estimateAnswers(options.estimate, { request, model, estimated: estimate }),
    })
    const amount = reservedAmount(budget, least) ?? longest
    const isLeast = least !== estimate
    return fits(amount) ? undefined : exhausted(options.counters, { planned, ...count, amount, isLeast })
  }

  return (model, request) => {
    if (!options.budgets().some(({ kind }) => kind === 'hard')) return undefined
    const { provider, connection, id } = model
    const subject = { provider, model: { connection, id }, caller: request.caller }
    const hard = options.plan
      .planFor(subject, options.clock.now())
      .filter(({ budget }) => budget.kind === 'hard')
    if (hard.length === 0) return undefined
    const estimate = estimateOf(request, model)
    for (const planned of hard) {
      const obstacle = examine(planned, request, estimate, model)
      if (obstacle !== undefined) return obstacle
    }
    return undefined
  }
}
