import type { EagerIterator } from './relay.js'

/** What is opened with its first step. A generator in between would cost each further step as much as reading it. */
export function openLate<T>(open: () => Promise<AsyncIterable<T>>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator](): EagerIterator<T> {
      let opened: EagerIterator<T> | undefined
      let opening: Promise<EagerIterator<T>> | undefined
      let isLeft = false
      const start = async (): Promise<IteratorResult<T, undefined>> => {
        opening ??= open().then((iterable) => iterable[Symbol.asyncIterator]())
        opened = await opening
        return await opened.next()
      }
      return {
        ready: () => (isLeft ? undefined : opened?.ready?.()),
        next() {
          if (isLeft) return Promise.resolve({ done: true, value: undefined })
          return opened === undefined ? start() : opened.next()
        },
        async return() {
          isLeft = true
          const iterator = opened ?? (await opening?.catch(() => undefined))
          await iterator?.return?.()
          return { done: true, value: undefined }
        },
      }
    },
  }
}
