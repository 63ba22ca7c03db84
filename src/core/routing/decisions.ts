import type { ErrorCode } from '../errors.js'
import { formatModelRef, type ModelRef } from '../model.js'
import type { Log } from '../ports.js'
import type { DecisionStore } from './decisionStore.js'
import type { RoutePlan } from './planner.js'

/** One call of a provider, as it went. */
export interface TriedModel {
  readonly model: ModelRef
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Milliseconds to the first part. */
  firstPartMs?: number
  failure?: { readonly code: ErrorCode; readonly message: string }
}

/** How a request was routed, while it runs and after. */
export interface Decision {
  readonly requestId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly asked: ModelRef
  /** Absent where a model was asked for by its own name. */
  plan?: RoutePlan
  /** Milliseconds that the route took to choose; absent where a model was asked for by its own name. */
  selectionMs?: number
  readonly tried: TriedModel[]
  chosen?: { readonly model: ModelRef; readonly reason: string }
  outcome: 'running' | 'answered' | 'failed' | 'cancelled' | 'simulated'
}

interface RankedRow {
  readonly model: string
  readonly score: number
  readonly reasons: readonly string[]
}

interface LeftOutRow {
  readonly model: string
  readonly code: string
  readonly message: string
}

const usualCapacity = 200

/** A decision in plain words and numbers; neither a prompt nor an answer. The long lists are made when they are read. */
export interface DecisionReport {
  readonly requestId: string
  readonly at: number
  readonly asked: string
  readonly outcome: Decision['outcome']
  readonly chosen?: string
  readonly reason?: string
  readonly inputTokens?: number
  readonly notes: readonly string[]
  /** In the order in which they would be asked. */
  readonly ranked: readonly RankedRow[]
  readonly leftOut: readonly LeftOutRow[]
  readonly tried: readonly { readonly model: string; readonly code?: ErrorCode; readonly message?: string }[]
}

export interface DecisionLog {
  add(decision: Decision): void
  /** The request is over; what a route has decided is kept for later, and for other windows. */
  end(decision: Decision): void
  /** Undefined where it is too long ago. */
  explain(requestId: string): DecisionReport | undefined
  /** Newest first: of this window, and of others and former ones where they are kept. */
  list(): readonly DecisionReport[]
}

export interface DecisionLogOptions {
  /** Decisions in memory. */
  readonly capacity?: number
  /** Absent where nothing is kept beyond this window. */
  readonly store?: DecisionStore
  readonly log?: Pick<Log, 'warn'>
}

function rankedRows({ ranking, choice }: RoutePlan): RankedRow[] {
  return choice.places.flatMap((place) => {
    const row = ranking.at(place)
    return row === undefined
      ? []
      : [{ model: formatModelRef(row.model), score: row.score, reasons: row.reasons }]
  })
}

function leftOutRows({ ranking }: RoutePlan): LeftOutRow[] {
  const places = Array.from({ length: ranking.size - ranking.usable }, (_, at) => ranking.usable + at)
  return places.flatMap((place) => {
    const [model, obstacle] = [ranking.model(place), ranking.obstacle(place)]
    if (model === undefined || obstacle === undefined) return []
    return [{ model: formatModelRef(model), code: obstacle.code, message: obstacle.message }]
  })
}

export function notesOf({ rules, choice }: RoutePlan): readonly string[] {
  return choice.note === undefined ? rules.notes : [...rules.notes, choice.note]
}

function reportTried({ model, failure }: TriedModel): DecisionReport['tried'][number] {
  return { model: formatModelRef(model), ...failure }
}

export function reportDecision({
  plan,
  chosen,
  tried,
  asked,
  requestId,
  at,
  outcome,
}: Decision): DecisionReport {
  return {
    requestId,
    at,
    asked: formatModelRef(asked),
    outcome,
    ...(chosen === undefined ? {} : { chosen: formatModelRef(chosen.model), reason: chosen.reason }),
    ...(plan === undefined ? {} : { inputTokens: plan.needs.inputTokens }),
    notes: plan === undefined ? [] : notesOf(plan),
    get ranked() {
      return plan === undefined ? [] : rankedRows(plan)
    },
    get leftOut() {
      return plan === undefined ? [] : leftOutRows(plan)
    },
    tried: tried.map(reportTried),
  }
}

/** The latest decisions; the words are made when somebody asks, or when a route's request is over. */
export function createDecisionLog(options: DecisionLogOptions = {}): DecisionLog {
  const { capacity = usualCapacity, store, log } = options
  const decisions = new Map<string, Decision>()

  /** Explanations are worth no failed request. */
  function use<T>(otherwise: T, work: (kept: DecisionStore) => T): T {
    if (store === undefined) return otherwise
    try {
      return work(store)
    } catch (error) {
      log?.warn(`Decisions of routes are not kept: ${String(error)}`)
      return otherwise
    }
  }

  return {
    add(decision) {
      decisions.set(decision.requestId, decision)
      const oldest = decisions.keys().next().value
      if (decisions.size > capacity && oldest !== undefined) decisions.delete(oldest)
    },
    end(decision) {
      if (decision.plan !== undefined) use(undefined, (kept) => kept.keep(reportDecision(decision)))
    },
    explain(requestId) {
      const decision = decisions.get(requestId)
      return decision === undefined
        ? use<DecisionReport | undefined>(undefined, (kept) => kept.find(requestId))
        : reportDecision(decision)
    },
    list() {
      const own = Array.from(decisions.values(), reportDecision)
      const others = use<readonly DecisionReport[]>([], (kept) => kept.list(capacity))
      const further = others.filter(({ requestId }) => !decisions.has(requestId))
      return [...own.toReversed(), ...further].toSorted((a, b) => b.at - a.at).slice(0, capacity)
    },
  }
}
