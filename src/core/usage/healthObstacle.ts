import { minuteMs } from '../durations.js'
import { formatModelRef, type ModelInfo } from '../model.js'
import type { Clock } from '../ports.js'
import type { Registry } from '../registry/registry.js'
import type { CandidateCheck, Obstacle } from '../routing/candidate.js'
import type { Metrics, ModelStatistics } from './metrics.js'

export interface HealthObstacleOptions {
  readonly registry: Pick<Registry, 'view'>
  readonly metrics: Pick<Metrics, 'model' | 'connection'>
  readonly clock: Pick<Clock, 'now'>
  /** A model with a lower score is left out; 20 where absent, 0 for none. */
  readonly leastScore?: () => number
}

const usualLeastScore = 20

/** A model that is left out for its score gets a new chance so long after its latest attempt. In ms. */
export const restMs = 10 * minuteMs

function findUnreachable({ registry }: HealthObstacleOptions, model: ModelInfo): Obstacle | undefined {
  const view = registry.view(model.connection)
  if (view === undefined) return undefined
  const { connection, state } = view
  if (state.kind === 'unreachable') return { code: 'unreachable', message: state.error.message }
  if (state.kind === 'heldBack')
    return {
      code: 'not-local',
      message: `${connection.name} runs in a cloud, and roundhouse.localOnly is on`,
    }
  if (state.kind === 'noKey') return { code: 'no-key', message: `${connection.name} has no key. Enter one.` }
  if (state.kind !== 'disabled') return undefined
  return { code: 'disabled', message: `${connection.name} is disabled. Enable the connection.` }
}

function findUnhealthy(
  { clock, leastScore }: HealthObstacleOptions,
  nameIt: () => string,
  statistics: ModelStatistics | undefined,
): Obstacle | undefined {
  if (statistics?.lastAttemptAt === undefined) return undefined
  const { healthScore, lastAttemptAt } = statistics
  if (healthScore >= (leastScore?.() ?? usualLeastScore)) return undefined
  const now = clock.now()
  const until = lastAttemptAt + restMs
  // An attempt of the future was told by a clock that has been put back since.
  if (until <= now || lastAttemptAt > now) return undefined
  const minutes = Math.ceil((until - now) / minuteMs)
  const message = `${nameIt()} has failed too often in the last hour (health ${healthScore} of 100). It is tried again in ${minutes} min.`
  return { code: 'unhealthy', message, until }
}

/** What was found of a connection holds for the rest of a ranking, which nothing else comes between. */
function createMoment<T>() {
  let found: Map<string, T> | undefined
  return (key: string, find: () => T): T => {
    if (found === undefined) {
      found = new Map()
      void Promise.resolve().then(() => (found = undefined))
    }
    const known = found.get(key)
    if (known !== undefined) return known
    const value = find()
    found.set(key, value)
    return value
  }
}

/** Leaves out models whose connection does not answer, and models that have lately failed nearly always. */
export function createHealthObstacle(options: HealthObstacleOptions): CandidateCheck {
  const { metrics } = options
  const atThisMoment = createMoment<{ readonly obstacle: Obstacle | undefined }>()
  return (model) => {
    const { connection } = model
    const { obstacle } = atThisMoment(connection, () => ({
      obstacle:
        findUnreachable(options, model) ??
        findUnhealthy(options, () => connection, metrics.connection(connection)),
    }))
    if (obstacle !== undefined) return obstacle
    const statistics = metrics.model(model)
    return statistics && findUnhealthy(options, () => formatModelRef(model), statistics)
  }
}
