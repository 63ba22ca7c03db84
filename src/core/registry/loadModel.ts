import { createAbortRace } from '../abortRace.js'
import type { ModelInfo, ModelRef } from '../model.js'
import type { Registry } from './registry.js'

type Source = Pick<Registry, 'view' | 'refresh' | 'find'>

/** Waits for the first list of a connection: a budget must know whose model it is. What fails is the attempt's to say. */
export function createModelLoader(registry: Source) {
  return async (ref: ModelRef, signal: AbortSignal): Promise<ModelInfo | undefined> => {
    const view = registry.view(ref.connection)
    if (view?.connection.enabled !== true || view.listedAt !== undefined) return undefined
    const race = createAbortRace(signal)
    try {
      await race.run(registry.refresh(ref.connection))
    } catch {
      return undefined
    } finally {
      race.dispose()
    }
    return registry.find(ref)
  }
}
