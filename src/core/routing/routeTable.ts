import { type RouteSetting, resolveRoutes } from './routes.js'
import type { RankingWeights, WeightPreset } from './weights.js'

export interface RouteTableOptions {
  /** The user's own; the same array until one changes. */
  readonly routes: () => readonly RouteSetting[]
  /** What the user weighs where the route `auto` chooses. */
  readonly weights: () => RankingWeights | WeightPreset
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
      if (auto !== undefined && !isOwn) table.set('auto', { ...auto, weights: weighed })
      known = { from, weighed, table }
    }
    return known.table
  }
}
