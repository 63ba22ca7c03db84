import { createEmitter, type Event } from '../../core/event.js'
import { canChat, formatModelRef, type ModelInfo, mayBeProposed, parseModelRef } from '../../core/model.js'
import type { Disposable } from '../../core/ports.js'
import type { ConnectionView, Registry } from '../../core/registry/registry.js'
import { isRoute } from '../../core/routing/routeProvider.js'
import type { RecentModels } from './recentModels.js'

/** The setting `roundhouse.defaultModel`. */
export interface DefaultModelSetting {
  get(): string | undefined
  set(model: string): Promise<void>
  onDidChange(listener: () => void): Disposable
}

export interface ActiveModelState {
  /** `connection/id`. */
  readonly id: string
  /** Absent where the list does not (or not yet) have it. */
  readonly model: ModelInfo | undefined
  /** Absent where the connection is gone. */
  readonly view: ConnectionView | undefined
  /** False where nothing was chosen and another one stands in. */
  readonly chosen: boolean
  /** Which one stands in; absent where one was chosen. */
  readonly standIn?: StandIn
}

/**
 * The last one used on this machine, else a local one, else one of a cloud, which may cost money and so takes a click,
 * else the one that comes with the extension.
 */
export type StandIn = 'lastUsed' | 'local' | 'cloud' | 'builtin'

export interface ActiveModel extends Disposable {
  /** Undefined where there is no model at all. */
  get(): ActiveModelState | undefined
  readonly onDidChange: Event<void>
}

function isUsable(model: ModelInfo): boolean {
  return canChat(model) && mayBeProposed(model) && model.lifecycle?.status !== 'retired'
}

function findLastUsed(registry: Registry, recent: readonly string[]): ModelInfo | undefined {
  for (const id of recent) {
    const ref = parseModelRef(id)
    const model = ref === undefined ? undefined : registry.find(ref)
    if (model !== undefined && isUsable(model)) return model
  }
  return undefined
}

function findStandIn(
  registry: Registry,
  recent: readonly string[],
): { readonly model: ModelInfo; readonly standIn: StandIn } | undefined {
  const lastUsed = findLastUsed(registry, recent)
  if (lastUsed !== undefined) return { model: lastUsed, standIn: 'lastUsed' }
  const models = registry.models().filter((model) => canChat(model) && !isRoute(model))
  const usable = models.filter(isUsable)
  const local = usable.find(({ location }) => location === 'local')
  if (local !== undefined) return { model: local, standIn: 'local' }
  const [cloud] = usable
  if (cloud !== undefined) return { model: cloud, standIn: 'cloud' }
  const [builtin] = models
  return builtin === undefined ? undefined : { model: builtin, standIn: 'builtin' }
}

export interface ActiveModelSources {
  readonly registry: Registry
  readonly setting: DefaultModelSetting
  readonly recentModels: Pick<RecentModels, 'list' | 'onDidChange'>
}

/** The user's default model as it is now, or the one that stands in. */
export function createActiveModel({ registry, setting, recentModels }: ActiveModelSources): ActiveModel {
  const changed = createEmitter<void>()
  const announce = () => changed.fire()
  const subscriptions = [registry, setting, recentModels].map((source) => source.onDidChange(announce))
  const standIn = (): ActiveModelState | undefined => {
    const found = findStandIn(registry, recentModels.list())
    if (found === undefined) return undefined
    const { connection } = found.model
    return { id: formatModelRef(found.model), view: registry.view(connection), chosen: false, ...found }
  }
  return {
    get() {
      const id = setting.get()
      const ref = id === undefined ? undefined : parseModelRef(id)
      if (id === undefined || ref === undefined) return standIn()
      return { id, model: registry.find(ref), view: registry.view(ref.connection), chosen: true }
    },
    onDidChange: changed.event,
    dispose() {
      for (const subscription of subscriptions) subscription.dispose()
      changed.dispose()
    },
  }
}
