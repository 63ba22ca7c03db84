import type { Disposable } from './ports.js'

type Listener<T> = (value: T) => void

export interface Event<T> {
  (listener: Listener<T>): Disposable
}

export interface Emitter<T> extends Disposable {
  readonly event: Event<T>
  fire(value: T): void
}

/** The host logs it as its own events' errors, and a test fails of it. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}

/**
 * Announces state. A listener that is added twice is called twice; after `dispose` nothing is called. One that throws
 * fails neither the others nor whoever fires: its error goes to `onError`.
 */
export function createEmitter<T>(onError: (error: unknown) => void = throwLater): Emitter<T> {
  const listeners = new Set<{ readonly call: Listener<T> }>()
  return {
    event(listener) {
      const entry = { call: listener }
      listeners.add(entry)
      return { dispose: () => void listeners.delete(entry) }
    },
    fire(value) {
      for (const entry of Array.from(listeners)) {
        try {
          entry.call(value)
        } catch (error) {
          onError(error)
        }
      }
    },
    dispose: () => listeners.clear(),
  }
}
