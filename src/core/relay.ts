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

/** Items that are there, and those that the source has ready. */
function createSupply<In, Out extends object>(source: EagerIterator<In>, steps: RelaySteps<In, Out>) {
  let waiting: readonly Out[] = steps.first ?? []
  let at = 0
  let isOpen = true
  let failure: { readonly error: unknown } | undefined

  const isList = (seen: Out | readonly Out[]): seen is readonly Out[] => Array.isArray(seen)

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

  return {
    take,
    pass,
    isOpen: () => isOpen,
    failure: () => failure,
    /** The last ones: nothing is read of the source any more. */
    end(items: readonly Out[]): Out | undefined {
      isOpen = false
      return fill(items)
    },
    /** What is there without waiting. */
    ready(): Out | undefined {
      let out = take()
      while (out === undefined && isOpen && failure === undefined) {
        const item = source.ready?.()
        if (item === undefined) return undefined
        try {
          out = pass(item)
        } catch (error) {
          failure = { error }
        }
      }
      return out
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

  async function read(): Promise<Out | undefined> {
    const failure = supply.failure()
    if (failure !== undefined) throw failure.error
    while (supply.isOpen()) {
      const next = await source.next()
      if (hasLeft()) return undefined
      const out = next.done === true ? supply.end(steps.end?.() ?? []) : supply.pass(next.value)
      if (out !== undefined) return out
    }
    return undefined
  }

  async function close(left: boolean): Promise<void> {
    isOver = true
    await steps.close?.(left)
  }

  /** A source that has thrown, or has ended, is over by itself; one whose item was refused is not. */
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
      value = await read().catch((error: unknown) => (hasLeft() ? undefined : fail(error)))
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
