import type { FromChild, ToChild } from './protocol.js'

type Counts = readonly number[] | undefined

/** Token counts that a child is asked for beside its jobs. */
export interface LoadedCounts {
  /** Undefined where the child is busy, or has said of no such model that it is loaded. */
  ask(path: string, texts: readonly string[]): Promise<Counts>
  /** Notes what the child says of its models, and takes its counts. */
  receive(message: FromChild): void
  /** Has the child unload a model. */
  unload(path: string): void
  /** Nobody waits any more. */
  end(): void
}

export function createLoadedCounts(send: (message: ToChild) => void, isBusy: () => boolean): LoadedCounts {
  const loaded = new Set<string>()
  const waiting = new Map<number, (counts: Counts) => void>()
  let nextId = 1
  return {
    ask(path, texts) {
      if (!loaded.has(path) || isBusy()) return Promise.resolve(undefined)
      const id = nextId++
      return new Promise((resolve) => {
        waiting.set(id, resolve)
        send({ type: 'countLoaded', id, file: path, texts })
      })
    },
    receive(message) {
      if (message.type === 'loaded') loaded.add(message.file)
      if (message.type !== 'counts') return
      waiting.get(message.id)?.(message.counts)
      waiting.delete(message.id)
    },
    unload(path) {
      loaded.delete(path)
      send({ type: 'unload', file: path })
    },
    end() {
      loaded.clear()
      for (const resolve of waiting.values()) resolve(undefined)
      waiting.clear()
    },
  }
}
