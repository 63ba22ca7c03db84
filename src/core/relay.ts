/**
 * An iterator that gives what has come already without a turn of the microtask queue, of which each layer of an
 * asynchronous iteration needs several for every item.
 */
export interface EagerIterator<T> extends AsyncIterator<T, undefined, undefined> {
  /** Undefined where one has to wait, or nothing more comes: `next` says which. Not while a `next` is under way. */
  ready?(): T | undefined
}

export interface RelaySteps<In, Out> {
  /** Given before anything is read. */
  readonly first?: readonly Out[]
  /** What becomes of an item; throws to end the relay with an error. */
  see(item: In): Out | readonly Out[] | undefined
  /** False where what an item has become is not wanted any more. */
  wants?(): boolean
  /** Given after the source's own end; throws where that came too early. */
  end?(): readonly Out[]
  /** The error that the reader gets instead. */
  fail?(error: unknown): unknown
  /** Given before an error. */
  farewell?(): readonly Out[]
  /** However it ended, once: `left` where the reader went away. */
  close?(left: boolean): void | Promise<void>
}

const over: IteratorResult<never, undefined> = { done: true, value: undefined }

function isList<T>(seen: T | readonly T[]): seen is readonly T[] {
  return Array.isArray(seen)
}

/** Items that are there, and those that the source has ready. */
function createSupply<In, Out extends object>(source: EagerIterator<In>, steps: RelaySteps<In, Out>) {
  let waiting: readonly Out[] = steps.first ?? []
  let at = 0
  let isOpen = true
  let failure: { readonly error: unknown } | undefined

  function take(): Out | undefined {
    if (at >= waiting.length) return undefined
    if (isOpen && steps.wants?.() === false) waiting = []
    return waiting[at++]
  }

  function fill(items: readonly Out[]): Out | undefined {
    waiting = items
    at = 0
    return take()
  }

  function pass(item: In): Out | undefined {
    const seen = steps.see(item)
    return seen !== undefined && isList(seen) ? fill(seen) : seen
  }

  function end(items: readonly Out[]): Out | undefined {
    isOpen = false
    return fill(items)
  }

  return {
    isOpen: () => isOpen,
    /** What has to be waited for; undefined at the end, and where the reader has left. */
    async read(hasLeft: () => boolean): Promise<Out | undefined> {
      if (failure !== undefined) throw failure.error
      let out: Out | undefined
      while (out === undefined && isOpen) {
        const next = await source.next()
        if (hasLeft()) return undefined
        out = next.done === true ? end(steps.end?.() ?? []) : pass(next.value)
      }
      return out
    },
    /** The last ones: nothing is read of the source any more. */
    end,
    /** What is there without waiting. */
    ready(): Out | undefined {
      const first = take()
      if (first !== undefined || !isOpen || failure !== undefined) return first
      try {
        for (let item = source.ready?.(); item !== undefined; item = source.ready?.()) {
          const out = pass(item)
          if (out !== undefined) return out
        }
      } catch (error) {
        failure = { error }
      }
      return undefined
    },
  }
}

/** Reads one iterator on behalf of another one's reader. The source is closed where the reader leaves before its end. */
export function relay<In, Out extends object>(
  source: EagerIterator<In>,
  steps: RelaySteps<In, Out>,
): AsyncIterableIterator<Out, undefined, undefined> & EagerIterator<Out> {
  const supply = createSupply(source, steps)
  let isOver = false
  /** Thrown after the last items. */
  let final: { readonly error: unknown } | undefined

  /** The reader may leave while the source is waited for. */
  const hasLeft = (): boolean => isOver

  async function close(left: boolean): Promise<void> {
    isOver = true
    await steps.close?.(left)
  }

  /** A source whose item was refused is not over by itself; to one that has thrown the return means nothing. */
  async function fail(error: unknown): Promise<Out | undefined> {
    final = { error: steps.fail === undefined ? error : steps.fail(error) }
    const wasOpen = supply.isOpen()
    const out = supply.end(steps.farewell?.() ?? [])
    if (wasOpen) await source.return?.()
    return out
  }

  async function step(): Promise<IteratorResult<Out, undefined>> {
    if (hasLeft()) return over
    let value: Out | undefined
    if (final === undefined)
      value = await supply.read(hasLeft).catch((error: unknown) => (hasLeft() ? undefined : fail(error)))
    if (value !== undefined) return { done: false, value }
    if (hasLeft()) return over
    await close(false)
    if (final !== undefined) throw final.error
    return over
  }

  return {
    ready: () => (isOver ? undefined : supply.ready()),
    next() {
      const value = isOver ? undefined : supply.ready()
      return value === undefined ? step() : Promise.resolve({ done: false, value })
    },
    async return() {
      if (isOver) return over
      const wasOpen = supply.isOpen()
      await close(true)
      if (wasOpen) await source.return?.()
      return over
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
