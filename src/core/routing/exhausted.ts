import { writeDuration } from '../durations.js'
import { ModelError } from '../errors.js'
import { formatModelRef, type ModelRef } from '../model.js'
import type { Obstacle } from './candidate.js'
import type { Ranking } from './rank.js'

export interface Failure {
  readonly model: ModelRef
  readonly error: ModelError
}

const mostObstacles = 4

function withoutStop(sentence: string): string {
  return sentence.trim().replace(/\.$/, '')
}

interface LeftOut {
  readonly obstacle: Obstacle
  readonly count: number
}

/** The obstacles by their codes, each with the first of its sentences. */
function groupObstacles(ranking: Ranking): LeftOut[] {
  const groups = new Map<string, LeftOut>()
  for (let place = ranking.usable; place < ranking.size; place++) {
    const obstacle = ranking.obstacle(place)
    if (obstacle === undefined || obstacle.code === 'not-in-route' || obstacle.code === 'not-for-chat')
      continue
    const group = groups.get(obstacle.code)
    groups.set(obstacle.code, { obstacle: group?.obstacle ?? obstacle, count: (group?.count ?? 0) + 1 })
  }
  return [...groups.values()]
}

function describeLeftOut(groups: readonly LeftOut[]): string {
  const told = groups.slice(0, mostObstacles).map(({ obstacle, count }) => {
    const others = count === 1 ? '' : ` (and ${count - 1} more such)`
    return `${withoutStop(obstacle.inFull?.() ?? obstacle.message)}${others}`
  })
  return told.length === 0 ? '' : ` Left out: ${told.join('; ')}.`
}

/** Milliseconds until the first obstacle goes away by itself; undefined where none does. */
export function soonestMs(ranking: Ranking, now: number): number | undefined {
  let soonest: number | undefined
  for (let place = ranking.usable; place < ranking.size; place++) {
    const until = ranking.obstacle(place)?.until
    if (until !== undefined) soonest = Math.min(soonest ?? Infinity, Math.max(0, until - now))
  }
  return soonest
}

function nextStep(retryAfterMs: number | undefined): string {
  if (retryAfterMs === undefined) return 'Choose another model, or change the route.'
  return `Try again in ${writeDuration(retryAfterMs)}, or choose another model.`
}

export interface ExhaustedOptions {
  readonly route: string
  readonly failures: readonly Failure[]
  readonly ranking: Ranking
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Nobody is left to ask: every attempt, and why the others were left out. */
export function fallbackExhausted({ route, failures, ranking, now }: ExhaustedOptions): ModelError {
  const tried = failures.map(
    ({ model, error }, at) =>
      `${at + 1}. ${formatModelRef(model)}: ${withoutStop(error.message)} (${error.code})`,
  )
  const waits = failures.flatMap(({ error }) => error.retryAfterMs ?? [])
  const wait = [...waits, soonestMs(ranking, now) ?? []].flat()
  const retryAfterMs = wait.length === 0 ? undefined : Math.min(...wait)
  const because = tried.length === 0 ? '' : ` Tried: ${tried.join('; ')}.`
  const leftOut = describeLeftOut(groupObstacles(ranking))
  const nobody = ranking.size === 0 ? ' There is no model yet: add a connection.' : ''
  return new ModelError({
    code: 'fallback-exhausted',
    message: `“${route}” found no model that answers.${because}${leftOut}${nobody} ${nextStep(retryAfterMs)}`,
    retryable: retryAfterMs !== undefined || failures.some(({ error }) => error.retryable),
    retryAfterMs,
    cause: new AggregateError(failures.map(({ error }) => error)),
  })
}
