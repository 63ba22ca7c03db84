import type { Disposable } from './ports.js'

type Listener<T> = (value: T) => void

export interface Event<T> {
  (listener: Listener<T>): Disposable
}

export interface Emitter<T> extends Disposable {
  readonly event: Event<T>
  fire(value: T): void
}

/** Announces state. A listener that is added twice is called twice; after `dispose` nothing is called. */
export function createEmitter<T>(): Emitter<T> {
  const listeners = new Set<{ readonly call: Listener<T> }>()
  return {
    event(listener) {
      const entry = { call: listener }
      listeners.add(entry)
      return { dispose: () => void listeners.delete(entry) }
    },
    fire(value) {
      for (const entry of Array.from(listeners)) entry.call(value)
    },
    dispose: () => listeners.clear(),
  }
}
