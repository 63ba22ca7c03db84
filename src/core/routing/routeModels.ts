import { canChat, formatModelRef, type ModelInfo, parseModelRef } from '../model.js'
import type { ConnectionView } from '../registry/registry.js'
import { isInRoute, type RouteSetting } from './routes.js'

/** The provider of routes, of which there is none. */
export const routeProvider = 'roundhouse'

export function isRoute({ provider }: Pick<ModelInfo, 'provider'>): boolean {
  return provider === routeProvider
}

/** Whether this is what routes are listed under, which is no connection of the user's. */
export function offersRoutes({ connection }: Pick<ConnectionView, 'connection'>): boolean {
  return connection.provider === routeProvider
}

/** True where one candidate can, false where none can, undefined where nobody knows. */
function any(
  models: readonly ModelInfo[],
  read: (model: ModelInfo) => boolean | undefined,
): boolean | undefined {
  const values = new Set(models.map(read))
  if (values.has(true)) return true
  return values.has(undefined) ? undefined : false
}

function isCandidate(route: RouteSetting, model: ModelInfo): boolean {
  if (route.requirements?.privacy === 'local' && model.location !== 'local') return false
  if (!canChat(model) || model.lifecycle?.status === 'retired') return false
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

const roomOf = ({ contextWindow, maxInputTokens }: ModelInfo): number => contextWindow ?? maxInputTokens ?? 0

/** Those of the one that holds most, among those that call tools where any does: agents fill the context with tools. */
function limitsOf(models: readonly ModelInfo[]) {
  const withTools = models.filter(({ capabilities }) => capabilities.toolCalling === true)
  const largest = (withTools.length === 0 ? models : withTools).toSorted((a, b) => roomOf(b) - roomOf(a))[0]
  const { contextWindow, maxInputTokens, maxOutputTokens } = largest ?? {}
  return {
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxInputTokens === undefined ? {} : { maxInputTokens }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }
}

function describeRoute(route: RouteSetting, candidates: readonly ModelInfo[]): ModelInfo {
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
    ...limitsOf(candidates),
    pricing: {},
    sources: {},
  }
}

/**
 * The routes as models: each can what one of its candidates can, and holds what the largest holds, for the router asks
 * only those that hold the request. A route without candidates is none.
 */
export function routeModels(models: readonly ModelInfo[], routes: Iterable<RouteSetting>): ModelInfo[] {
  return Array.from(routes).flatMap((route) => {
    const candidates = models.filter((model) => isCandidate(route, model))
    return candidates.length === 0 ? [] : [describeRoute(route, candidates)]
  })
}
