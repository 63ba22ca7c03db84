import { createEmitter, type Event } from '../../core/event.js'
import { canChat, formatModelRef, type ModelInfo, mayBeProposed, parseModelRef } from '../../core/model.js'
import type { Disposable } from '../../core/ports.js'
import type { ConnectionView, Registry } from '../../core/registry/registry.js'

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
  /** False where nothing was chosen and the first model that can chat stands in, a real one where there is one. */
  readonly chosen: boolean
}

export interface ActiveModel extends Disposable {
  /** Undefined where there is no model at all. */
  get(): ActiveModelState | undefined
  readonly onDidChange: Event<void>
}

function firstUsable(registry: Registry): ActiveModelState | undefined {
  const models = registry.models().filter(canChat)
  const model = models.find(mayBeProposed) ?? models[0]
  if (model === undefined) return undefined
  return { id: formatModelRef(model), model, view: registry.view(model.connection), chosen: false }
}

/** The user's default model as it is now, or the first one that can chat. */
export function createActiveModel(registry: Registry, setting: DefaultModelSetting): ActiveModel {
  const changed = createEmitter<void>()
  const announce = () => changed.fire()
  const subscriptions = [registry.onDidChange(announce), setting.onDidChange(announce)]
  return {
    get() {
      const id = setting.get()
      const ref = id === undefined ? undefined : parseModelRef(id)
      if (id === undefined || ref === undefined) return firstUsable(registry)
      return { id, model: registry.find(ref), view: registry.view(ref.connection), chosen: true }
    },
    onDidChange: changed.event,
    dispose() {
      for (const subscription of subscriptions) subscription.dispose()
      changed.dispose()
    },
  }
}
