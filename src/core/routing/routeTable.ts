import { type RouteSetting, resolveRoutes } from './routes.js'
import type { RoutingRule } from './rules.js'
import type { RankingWeights, WeightPreset } from './weights.js'

export interface RouteTableOptions {
  /** The user's own; the same array until one changes. */
  readonly routes: () => readonly RouteSetting[]
  /** What the user weighs where the route `auto` chooses. */
  readonly weights: () => RankingWeights | WeightPreset
}

/** The weights of a user who has set none: then `auto` also weighs by how hard a task looks. */
const usualWeights = 'balanced'

/** Weighs every request alike, and still says how hard it looks. */
function withoutShifts(rule: RoutingRule): RoutingRule {
  return rule.kind === 'complexity' ? { kind: 'complexity' } : rule
}

/** What the user weighs holds for simple and for hard requests too. */
function weigh(route: RouteSetting, weights: RankingWeights | WeightPreset): RouteSetting {
  if (weights === usualWeights) return route
  return { ...route, weights, rules: (route.rules ?? []).map(withoutShifts) }
}

/** All routes by their names, with the user's weights; the same map until something changes. */
export function createRouteTable({
  routes,
  weights,
}: RouteTableOptions): () => ReadonlyMap<string, RouteSetting> {
  let known:
    | {
        readonly from: readonly RouteSetting[]
        readonly weighed: unknown
        readonly table: ReadonlyMap<string, RouteSetting>
      }
    | undefined
  return () => {
    const from = routes()
    const weighed = weights()
    if (known?.from !== from || known.weighed !== weighed) {
      const table = new Map(resolveRoutes(from))
      const auto = table.get('auto')
      const isOwn = from.some(({ name }) => name === 'auto')
      if (auto !== undefined && !isOwn) table.set('auto', weigh(auto, weighed))
      known = { from, weighed, table }
    }
    return known.table
  }
}
