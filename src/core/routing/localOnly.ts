import type { Middleware } from '../chat.js'
import { ModelError } from '../errors.js'
import { formatModelRef, type ModelInfo, type ModelRef } from '../model.js'
import { locationOfConnection } from '../registry/location.js'
import type { Registry } from '../registry/registry.js'

type Models = Pick<Registry, 'find' | 'view'>

export interface LocalOnlyOptions {
  readonly isLocalOnly: () => boolean
  readonly registry: Models
}

/** Where a model runs; of one that is not listed yet, where its connection's do. Undefined without a connection. */
export function locationOf(registry: Models, model: ModelRef): ModelInfo['location'] | undefined {
  const known = registry.find(model)
  if (known !== undefined) return known.location
  const view = registry.view(model.connection)
  return view && locationOfConnection(view.connection, view.provider)
}

/** Refuses a cloud's model that was asked for by its own name. What has no connection is left to whoever looks for it. */
export function keepLocal({ isLocalOnly, registry }: LocalOnlyOptions): Middleware {
  return (next) => (request, signal) => {
    const { model } = request
    if (!isLocalOnly() || locationOf(registry, model) !== 'cloud') return next(request, signal)
    const known = registry.find(model)
    throw new ModelError({
      code: 'forbidden',
      message: `${known?.name ?? formatModelRef(model)} runs in a cloud, and here nothing may leave for one. Choose a local model, or turn roundhouse.localOnly off.`,
      provider: known?.provider,
      model,
    })
  }
}
