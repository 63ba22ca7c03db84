/** What one side pushes, the other side iterates over; for a single consumer. */
export interface PartStream<T> extends AsyncIterable<T> {
  push(value: T): void
  /** What was pushed before is still delivered. */
  end(): void
  /** What was pushed before is still delivered, then iteration throws. */
  fail(error: unknown): void
}

export function createPartStream<T>(): PartStream<T> {
  let values: T[] = []
  let ending: { readonly error?: unknown } | undefined
  let wake = Promise.withResolvers<void>()

  const change = (apply: () => void): void => {
    if (ending !== undefined) return
    apply()
    wake.resolve()
  }

  return {
    push: (value) => change(() => void values.push(value)),
    end: () => change(() => (ending = {})),
    fail: (error) => change(() => (ending = { error })),
    async *[Symbol.asyncIterator]() {
      while (true) {
        const ready = values
        values = []
        yield* ready
        if (values.length > 0) continue
        if (ending !== undefined) {
          if ('error' in ending) throw ending.error
          return
        }
        await wake.promise
        wake = Promise.withResolvers()
      }
    },
  }
}
