import { cancelled, isModelError, ModelError } from './errors.js'
import type { ModelRef } from './model.js'

export interface ErrorSubject {
  readonly provider: { readonly id: string; readonly name: string }
  readonly model?: ModelRef
  /** The caller's own: once it has aborted, every failure is a cancellation. */
  readonly signal?: AbortSignal
}

/**
 * The one error type out of whatever was thrown, with provider and model filled in where they are missing.
 * A foreign error's own text stays in `cause`: it may hold a prompt or a key.
 */
export function wrapError(error: unknown, { provider, model, signal }: ErrorSubject): ModelError {
  if (signal?.aborted === true) {
    return isModelError(error) && error.code === 'cancelled' ? error : cancelled(error)
  }
  if (!isModelError(error)) {
    return new ModelError({
      code: 'provider-error',
      message: `${provider.name} failed in a way that Roundhouse does not know. Try again; the log has the details.`,
      provider: provider.id,
      cause: error,
      ...(model === undefined ? {} : { model }),
    })
  }
  const known = error.model ?? model
  if (error.provider !== undefined && error.model === known) return error
  return new ModelError({
    code: error.code,
    message: error.message,
    provider: error.provider ?? provider.id,
    retryable: error.retryable,
    cause: error.cause ?? error,
    ...(known === undefined ? {} : { model: known }),
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
  })
}
