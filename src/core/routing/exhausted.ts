import { writeDuration } from '../durations.js'
import { ModelError } from '../errors.js'
import { formatModelRef, type ModelRef } from '../model.js'
import type { Obstacle, ReasonCode } from './candidate.js'
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

/** What a model that could be chosen never has. */
const outOfQuestion: ReadonlySet<ReasonCode> = new Set(['not-in-route', 'not-for-chat', 'by-name-only'])

/** What to add where the models that are there can never be chosen; the first that is found counts. */
const additions: readonly { readonly code: ReasonCode; readonly advice: string }[] = [
  {
    code: 'not-local',
    advice:
      'Only local models may be chosen, and there is none. Add a connection to a local server such as Ollama, or a GGUF file.',
  },
  {
    code: 'not-in-route',
    advice:
      'None of your models is named in the route. Change it in roundhouse.routes, or add a connection or a GGUF file.',
  },
  {
    code: 'by-name-only',
    advice:
      'The model that comes with Roundhouse answers only where you choose it yourself. Add a connection, or a GGUF file of your own.',
  },
]
const firstAddition = 'There is no model yet: add a connection.'

/** The obstacles by their codes, each with the first of its sentences. */
function groupObstacles(ranking: Ranking): LeftOut[] {
  const groups = new Map<string, LeftOut>()
  for (let place = ranking.usable; place < ranking.size; place++) {
    const obstacle = ranking.obstacle(place)
    if (obstacle === undefined || outOfQuestion.has(obstacle.code)) continue
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

/** There is none that the route could choose at any time. */
function noModel({ route, ranking }: ExhaustedOptions): ModelError {
  const codes = new Set<ReasonCode | undefined>()
  for (let place = 0; place < ranking.size; place++) codes.add(ranking.obstacle(place)?.code)
  const advice = additions.find(({ code }) => codes.has(code))?.advice ?? firstAddition
  return new ModelError({ code: 'no-model', message: `“${route}” found no model that answers. ${advice}` })
}

/** No model is left to ask: every attempt, and why the others were left out. */
export function fallbackExhausted(options: ExhaustedOptions): ModelError {
  const { route, failures, ranking, now } = options
  const groups = groupObstacles(ranking)
  const isHopeless = ranking.usable === 0 && groups.every(({ obstacle }) => obstacle.code === 'not-local')
  if (failures.length === 0 && isHopeless) return noModel(options)
  const tried = failures.map(
    ({ model, error }, at) =>
      `${at + 1}. ${formatModelRef(model)}: ${withoutStop(error.message)} (${error.code})`,
  )
  const waits = failures.flatMap(({ error }) => error.retryAfterMs ?? [])
  const wait = [...waits, soonestMs(ranking, now) ?? []].flat()
  const retryAfterMs = wait.length === 0 ? undefined : Math.min(...wait)
  const because = tried.length === 0 ? '' : ` Tried: ${tried.join('; ')}.`
  const leftOut = describeLeftOut(groups)
  return new ModelError({
    code: 'fallback-exhausted',
    message: `“${route}” found no model that answers.${because}${leftOut} ${nextStep(retryAfterMs)}`,
    retryable: retryAfterMs !== undefined || failures.some(({ error }) => error.retryable),
    retryAfterMs,
    cause: new AggregateError(failures.map(({ error }) => error)),
  })
}
