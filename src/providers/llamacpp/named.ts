import { isModelError, ModelError } from '../../core/errors.js'
import type { ModelRef } from '../../core/model.js'

export const id = 'llamacpp'

/** An error of the engine, which knows neither providers nor connections. */
export function named(error: unknown, model?: ModelRef): unknown {
  if (!isModelError(error)) return error
  const { code, message, retryable, retryAfterMs, cause } = error
  return new ModelError({
    code,
    message,
    provider: id,
    ...(model === undefined ? {} : { model: { connection: model.connection, id: model.id } }),
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause,
  })
}
