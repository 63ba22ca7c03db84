import { cancelled, isModelError, ModelError } from './errors.js'
import type { ModelRef } from './model.js'

export interface ErrorSubject {
  readonly provider: { readonly id: string; readonly name: string } | undefined
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
  const known = isModelError(error) ? error : unexpected(error, provider?.name ?? 'The provider')
  const providerId = known.provider ?? provider?.id
  const modelRef = known.model ?? model
  if (known.provider === providerId && known.model === modelRef) return known
  const { code, message, status, retryable, retryAfterMs, requestId, cause = error } = known
  const said = { code, message, status, retryable, retryAfterMs, requestId, cause }
  return new ModelError({ ...said, provider: providerId, model: modelRef })
}

function unexpected(cause: unknown, name: string): ModelError {
  const message = `${name} failed in a way that Roundhouse does not know. Try again; the log has the details.`
  return new ModelError({ code: 'provider-error', message, cause })
}
