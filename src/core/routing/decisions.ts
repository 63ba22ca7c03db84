import type { ErrorCode } from '../errors.js'
import { formatModelRef, type ModelRef } from '../model.js'
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
  /** Undefined where it is too long ago. */
  explain(requestId: string): DecisionReport | undefined
  /** Newest first. */
  list(): readonly DecisionReport[]
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

/** The latest decisions of this window; the words are made when somebody asks. */
export function createDecisionLog(capacity = 200): DecisionLog {
  const decisions = new Map<string, Decision>()
  return {
    add(decision) {
      decisions.set(decision.requestId, decision)
      const oldest = decisions.keys().next().value
      if (decisions.size > capacity && oldest !== undefined) decisions.delete(oldest)
    },
    explain(requestId) {
      const decision = decisions.get(requestId)
      return decision === undefined ? undefined : reportDecision(decision)
    },
    list: () => Array.from(decisions.values(), reportDecision).toReversed(),
  }
}
