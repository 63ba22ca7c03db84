import { canChat, formatModelRef, type ModelInfo, mayBeProposed } from '../../core/model.js'
import { estimateQuality } from '../../core/routing/quality.js'
import { isRoute } from '../../core/routing/routeProvider.js'
import { contextWindowOf } from '../views/format.js'
import type { CommandServices } from './services.js'
import type { TaskRole } from './taskTable.js'

/** Titles and summaries need a model with room for a conversation. */
const smallestContext = 8_000

function canServe(model: ModelInfo): boolean {
  const isRetired = model.lifecycle?.status === 'retired'
  const isOffered = canChat(model) && mayBeProposed(model) && !isRetired
  return isOffered && (contextWindowOf(model) ?? smallestContext) >= smallestContext
}

/** Less is better. Local models cost nothing and nothing leaves the machine; an unknown price comes last. */
function costOf({ location, pricing }: ModelInfo): number {
  return location === 'local' ? -1 : (pricing.output ?? pricing.input ?? Number.POSITIVE_INFINITY)
}

type Rank = (model: ModelInfo, now: number) => number

const ranks: Readonly<Record<TaskRole, readonly Rank[]>> = {
  fast: [costOf],
  capable: [(model, now) => -estimateQuality(model, now), costOf],
  longest: [(model) => -(contextWindowOf(model) ?? 0), (model, now) => -estimateQuality(model, now)],
}

export interface RankOptions {
  readonly role: TaskRole
  readonly needsTools: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Models that can do the work, the best for the role first. Routes are none of them: they have no facts of their own. */
export function rankForTask(models: readonly ModelInfo[], options: RankOptions): readonly ModelInfo[] {
  const { role, needsTools, now } = options
  return models
    .filter((model) => !isRoute(model) && canServe(model))
    .filter(({ capabilities }) => !needsTools || capabilities.toolCalling !== false)
    .map((model) => ({ model, values: ranks[role].map((rank) => rank(model, now)) }))
    .toSorted((a, b) => compare(a.values, b.values))
    .map(({ model }) => model)
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0
    if (value !== other) return value < other ? -1 : 1
  }
  return 0
}

/** Every model and route but those that answer only where they were themselves chosen. */
export function realModels(services: CommandServices): readonly ModelInfo[] {
  return services.routed.models().filter(mayBeProposed)
}

/** How many models VS Code knows by the same name, where it tells them apart by nothing else. */
export function countNamesakes(models: readonly ModelInfo[], model: ModelInfo): number {
  const ref = formatModelRef(model)
  return models.filter((other) => other.name === model.name && formatModelRef(other) !== ref).length
}
