import { formatModelRef, type ModelInfo, type ModelRef } from '../model.js'
import { matchesPattern } from '../registry/patterns.js'
import type { RuledRoute } from './rules.js'

/** A named routing policy, offered as a model of its own. */
export interface RouteSetting extends RuledRoute {
  /** `auto`, `auto/…`, or a name of the user's own, which is no connection's. */
  readonly name: string
  /** For the list of models. */
  readonly title?: string
  readonly description?: string
  /** Patterns over `connection/id`, with `*` for any text. Absent: every model. */
  readonly models?: readonly string[]
  readonly exclude?: readonly string[]
  /** `listed`: in the order of `models`, the score deciding within each pattern. `ranked` where absent. */
  readonly order?: 'ranked' | 'listed'
  /** From 0 to 1 by patterns over `connection/id`: what the user thinks of a model; stronger than the estimate. */
  readonly quality?: Readonly<Record<string, number>>
  /** Calls of providers for one request; 3 where absent. */
  readonly maxAttempts?: number
}

/** The program's own; a setting of the same name takes the place of one. */
const builtinRoutes: readonly RouteSetting[] = [
  {
    name: 'auto',
    title: 'Auto',
    description: 'The right model for each request, by quality, cost, speed and reliability.',
    weights: 'balanced',
    rules: [{ kind: 'complexity', simple: 'thrifty', complex: 'quality' }, { kind: 'sticky' }],
  },
  {
    name: 'auto/cheapest',
    title: 'Auto: cheapest',
    description: 'What costs least and can do what is asked.',
    weights: 'cost',
  },
  {
    name: 'auto/fastest',
    title: 'Auto: fastest',
    description: 'What has lately answered first.',
    weights: 'speed',
    rules: [{ kind: 'balance' }],
  },
  {
    name: 'auto/local',
    title: 'Auto: local',
    description: 'The best model on this machine or your network; nothing leaves for a cloud.',
    weights: 'privacy',
    requirements: { privacy: 'local' },
    rules: [{ kind: 'sticky' }],
  },
  {
    name: 'auto/powerful',
    title: 'Auto: powerful',
    description: 'The most able model, whatever it costs within your budgets.',
    weights: 'quality',
    rules: [{ kind: 'sticky' }],
  },
]

/** All routes by their names. */
export function resolveRoutes(settings: readonly RouteSetting[]): ReadonlyMap<string, RouteSetting> {
  return new Map([...builtinRoutes, ...settings].map((route) => [route.name, route]))
}

/** The route that a reference names; undefined for a model's own. */
export function findRoute(
  routes: ReadonlyMap<string, RouteSetting>,
  model: ModelRef,
): RouteSetting | undefined {
  return routes.get(formatModelRef(model))
}

/** The place of the first pattern that fits; -1 where none does. */
export function placeInPatterns(patterns: readonly string[], ref: string): number {
  const text = ref.toLowerCase()
  return patterns.findIndex((pattern) => matchesPattern(pattern.toLowerCase(), text))
}

export function isInRoute({ models, exclude = [] }: RouteSetting, ref: string): boolean {
  if (placeInPatterns(exclude, ref) !== -1) return false
  return models === undefined || placeInPatterns(models, ref) !== -1
}

/** What the user thinks of a model, by the first pattern that fits. */
export function qualityInRoute({ quality }: RouteSetting, model: ModelInfo): number | undefined {
  if (quality === undefined) return undefined
  const patterns = Object.keys(quality)
  const fitting = patterns[placeInPatterns(patterns, formatModelRef(model))]
  return fitting === undefined ? undefined : quality[fitting]
}
