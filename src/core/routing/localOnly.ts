import type { Middleware } from '../chat.js'
import { ModelError } from '../errors.js'
import type { ModelInfo, ModelRef } from '../model.js'

export interface LocalOnlyOptions {
  readonly isLocalOnly: () => boolean
  readonly findModel: (ref: ModelRef) => ModelInfo | undefined
}

/** Refuses a cloud's model that was asked for by its own name. Unknown models are left to whoever looks for them. */
export function keepLocal({ isLocalOnly, findModel }: LocalOnlyOptions): Middleware {
  return (next) => (request, signal) => {
    const model = isLocalOnly() ? findModel(request.model) : undefined
    if (model === undefined || model.location === 'local') return next(request, signal)
    throw new ModelError({
      code: 'forbidden',
      message: `${model.name} runs in a cloud, and here nothing may leave for one. Choose a local model, or turn roundhouse.localOnly off.`,
      provider: model.provider,
      model: request.model,
    })
  }
}
