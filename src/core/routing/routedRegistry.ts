import { ModelError } from '../errors.js'
import type { Event } from '../event.js'
import { canChat, formatModelRef, type ModelInfo, parseModelRef } from '../model.js'
import type { Clock } from '../ports.js'
import type { Provider } from '../provider.js'
import type { ConnectionView, Registry } from '../registry/registry.js'
import type { Requirements } from './requirements.js'
import type { routeModels } from './routeModels.js'
import { routeProvider } from './routeProvider.js'
import type { RouteSetting } from './routes.js'

/** Stands where a model's provider would; the router knows routes before anybody asks it. */
const provider: Provider = {
  id: routeProvider,
  name: 'Roundhouse',
  location: 'cloud',
  fields: [],
  description: 'Routes: the right model for each request',
  listModels: async () => [],
  async *chat({ model }) {
    yield* []
    throw new ModelError({
      code: 'not-found',
      message: `${formatModelRef(model)} is no route any more. Choose another model.`,
    })
  },
}

type RouteModels = typeof routeModels

/** One model leaves nothing to choose. */
const leastModels = 2

function viewOf(models: readonly ModelInfo[], id: string): ConnectionView {
  return {
    connection: {
      id,
      name: 'Routes',
      provider: routeProvider,
      enabled: true,
      fields: {},
      include: [],
      exclude: [],
      models: {},
    },
    provider,
    state: { kind: 'ready' },
    key: { state: 'notNeeded' },
    models,
    listedAt: undefined,
  }
}

export interface RouteSource {
  /** All routes by their names; the same map until one changes. */
  readonly routes: () => ReadonlyMap<string, RouteSetting>
  /** What holds for every request; the same object until it changes. */
  readonly policy: () => Requirements
  /** The registry tells of a change of the policy, which holds back clouds. */
  readonly onDidChangeRoutes: Event<void>
  readonly clock: Pick<Clock, 'now'>
  /** Undefined while its code is not loaded, which is before there can be two models. */
  readonly routeModels: () => RouteModels | undefined
}

interface Offered {
  readonly from: readonly ModelInfo[]
  readonly settings: ReadonlyMap<string, RouteSetting>
  readonly policy: Requirements
  readonly routes: readonly ModelInfo[]
  readonly models: readonly ModelInfo[]
}

/**
 * The registry with the routes behind all models, each as a model of its own. Disposing it is the registry's own
 * matter.
 */
export function createRoutedRegistry(
  registry: Registry,
  { routes, policy, onDidChangeRoutes, clock, routeModels }: RouteSource,
): Registry {
  let known: Offered | undefined

  /** The same until a model or a route changes. */
  function offered(): Offered {
    const from = registry.models()
    const settings = routes()
    const held = policy()
    if (known?.from === from && known.settings === settings && known.policy === held) return known
    const options = { policy: held, now: clock.now() }
    const isChoice = from.filter(canChat).length >= leastModels
    const found = (isChoice && routeModels()?.(from, settings.values(), options)) || []
    known = {
      from,
      settings,
      policy: held,
      routes: found,
      models: found.length === 0 ? from : [...from, ...found],
    }
    return known
  }

  const isRoute = (connectionId: string) =>
    [...routes().keys()].some((name) => parseModelRef(name)?.connection === connectionId)

  return {
    ...registry,
    onDidChange(listener) {
      const subscriptions = [registry.onDidChange(listener), onDidChangeRoutes(listener)]
      return {
        dispose() {
          for (const subscription of subscriptions) subscription.dispose()
        },
      }
    },
    models: () => offered().models,
    views() {
      const found = offered().routes
      return found.length === 0 ? registry.views() : [...registry.views(), viewOf(found, 'auto')]
    },
    find: (ref) =>
      registry.find(ref) ??
      offered().routes.find(({ connection, id }) => connection === ref.connection && id === ref.id),
    view: (connectionId) =>
      registry.view(connectionId) ??
      (isRoute(connectionId) ? viewOf(offered().routes, connectionId) : undefined),
  }
}
