import type { Disposable } from './ports.js'

export interface LinkedAbort extends Disposable {
  readonly signal: AbortSignal
  abort(): void
}

/** Aborts with another signal, or by itself. `AbortSignal.any` does as much, for several times what this costs a request. */
export function linkAbort(to: AbortSignal): LinkedAbort {
  const controller = new AbortController()
  const follow = (): void => controller.abort(to.reason)
  if (to.aborted) follow()
  else to.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    dispose: () => to.removeEventListener('abort', follow),
  }
}
