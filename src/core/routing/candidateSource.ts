import type { ModelInfo } from '../model.js'
import type { Clock } from '../ports.js'
import {
  type CandidateSet,
  createCandidates,
  type MeasuredSet,
  type MeasurementsOf,
  measureCandidates,
} from './candidates.js'
import { isInRoute, qualityInRoute, type RouteSetting } from './routes.js'

export interface RouteCandidates {
  readonly set: CandidateSet
  readonly measured: MeasuredSet
  /** By the index of the candidate; absent where the route takes all. */
  readonly inRoute?: Uint8Array
}

export interface CandidateSourceOptions {
  /** The same array until something changes. */
  readonly models: () => readonly ModelInfo[]
  readonly measurementsOf?: MeasurementsOf | undefined
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
}

/** Milliseconds after which what was measured is read again. */
const measuredMs = 2_000

interface Kept {
  readonly route: RouteSetting
  readonly from: readonly ModelInfo[]
  readonly candidates: Omit<RouteCandidates, 'measured'>
}

function narrow(set: CandidateSet, route: RouteSetting): Omit<RouteCandidates, 'measured'> {
  const quality = set.quality.map((known, index) => {
    const model = set.models[index]
    return (model === undefined ? undefined : qualityInRoute(route, model)) ?? known
  })
  const isNarrow = route.models !== undefined || (route.exclude?.length ?? 0) > 0
  return {
    set: route.quality === undefined ? set : { ...set, quality },
    ...(isNarrow ? { inRoute: Uint8Array.from(set.refs, (ref) => Number(isInRoute(route, ref))) } : {}),
  }
}

/** The candidates of each route, laid out anew only when the models or the route have changed. */
export function createCandidateSource(
  options: CandidateSourceOptions,
): (route: RouteSetting) => RouteCandidates {
  const { clock } = options
  const routes = new Map<string, Kept>()
  let from: readonly ModelInfo[] | undefined
  let set: CandidateSet | undefined
  let measured: MeasuredSet | undefined
  let measuredAt = 0

  function current(models: readonly ModelInfo[]): CandidateSet {
    if (set !== undefined && from === models) return set
    from = models
    measured = undefined
    return (set = createCandidates(models, { now: clock.now() }))
  }

  function measure(all: CandidateSet): MeasuredSet {
    const now = clock.monotonic()
    if (measured !== undefined && now - measuredAt < measuredMs) return measured
    measuredAt = now
    return (measured = measureCandidates(all, options.measurementsOf))
  }

  return (route) => {
    const models = options.models()
    const all = current(models)
    const known = routes.get(route.name)
    const isKnown = known?.route === route && known.from === models
    const kept = isKnown ? known : { route, from: models, candidates: narrow(all, route) }
    routes.set(route.name, kept)
    return { ...kept.candidates, measured: measure(all) }
  }
}
