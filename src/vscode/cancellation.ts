import type { CancellationToken } from 'vscode'
import type { Disposable } from '../core/ports.js'

/** A CancellationToken as an AbortSignal, converted once at the edge. */
export function linkSignal(token: CancellationToken): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  if (token.isCancellationRequested) controller.abort()
  const subscription = token.onCancellationRequested(() => controller.abort())
  return { signal: controller.signal, dispose: () => subscription.dispose() }
}
