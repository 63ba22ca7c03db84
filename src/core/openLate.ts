/** What is opened with its first step. A generator in between would cost each further step as much as reading it. */
export function openLate<T>(open: () => Promise<AsyncIterable<T>>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      let opened: AsyncIterator<T> | undefined
      let opening: Promise<AsyncIterator<T>> | undefined
      let isLeft = false
      const start = async (): Promise<IteratorResult<T>> => {
        opening ??= open().then((iterable) => iterable[Symbol.asyncIterator]())
        opened = await opening
        return await opened.next()
      }
      return {
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
