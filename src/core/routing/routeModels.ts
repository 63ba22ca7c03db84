import { canChat, formatModelRef, type ModelInfo, mayBeProposed, parseModelRef } from '../model.js'
import type { Requirements } from './requirements.js'
import { limitsOfRoute } from './routeLimits.js'
import { routeProvider } from './routeProvider.js'
import { isInRoute, type RouteSetting } from './routes.js'

/** True where one candidate can, false where none can, undefined where nobody knows. */
function any(
  models: readonly ModelInfo[],
  read: (model: ModelInfo) => boolean | undefined,
): boolean | undefined {
  const values = new Set(models.map(read))
  if (values.has(true)) return true
  return values.has(undefined) ? undefined : false
}

export interface RouteModelOptions {
  /** What holds for every request, whatever its route. */
  readonly policy: Requirements
  /** Milliseconds since the epoch. */
  readonly now: number
}

function isCandidate(route: RouteSetting, model: ModelInfo, policy: Requirements): boolean {
  const isLocal = model.location === 'local'
  if (!isLocal && (route.requirements?.privacy ?? policy.privacy) === 'local') return false
  if (!canChat(model) || !mayBeProposed(model) || model.lifecycle?.status === 'retired') return false
  return isInRoute(route, formatModelRef(model))
}

type Abilities = Pick<
  ModelInfo['capabilities'],
  'toolCalling' | 'imageInput' | 'reasoning' | 'structuredOutput'
>

function abilitiesOf(models: readonly ModelInfo[]): Abilities {
  const toolCalling = any(models, ({ capabilities }) => capabilities.toolCalling)
  const imageInput = any(models, ({ capabilities }) => capabilities.imageInput)
  const reasoning = any(models, ({ capabilities }) => capabilities.reasoning)
  const structuredOutput = any(models, ({ capabilities }) => capabilities.structuredOutput)
  return {
    ...(toolCalling === undefined ? {} : { toolCalling }),
    ...(imageInput === undefined ? {} : { imageInput }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(structuredOutput === undefined ? {} : { structuredOutput }),
  }
}

/** Agents fill the context with tools, and may only ask those that call them. */
function callingTools(models: readonly ModelInfo[]): readonly ModelInfo[] {
  const known = models.filter(({ capabilities }) => capabilities.toolCalling === true)
  return known.length === 0 ? models : known
}

function describeRoute(
  route: RouteSetting,
  candidates: readonly ModelInfo[],
  options: RouteModelOptions,
): ModelInfo {
  const { connection, id } = parseModelRef(route.name) ?? { connection: route.name, id: '' }
  const isLocal = candidates.every(({ location }) => location === 'local')
  return {
    connection,
    id,
    provider: routeProvider,
    name: route.title ?? route.name,
    description: route.description ?? 'Chooses a model for each request.',
    family: 'auto',
    version: '1',
    location: isLocal ? 'local' : 'cloud',
    capabilities: abilitiesOf(candidates),
    ...limitsOfRoute(route, callingTools(candidates), options),
    pricing: {},
    sources: {},
  }
}

/**
 * The routes as models: each can what one of its candidates can, and holds what the largest holds that a request of that
 * length may go to, for the router asks only those that hold it. A route without candidates is none.
 */
export function routeModels(
  models: readonly ModelInfo[],
  routes: Iterable<RouteSetting>,
  options: RouteModelOptions,
): ModelInfo[] {
  return Array.from(routes).flatMap((route) => {
    const candidates = models.filter((model) => isCandidate(route, model, options.policy))
    if (candidates.length > 0) return [describeRoute(route, candidates, options)]
    // One whose candidates are all held back stays, as they do, and says why when it is asked.
    const held = models.filter((model) => isCandidate(route, model, {}))
    return held.length === 0 ? [] : [describeRoute(route, held, { ...options, policy: {} })]
  })
}
