import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { type EagerIterator, type RelaySteps, relay } from '../../../src/core/relay.js'

interface Item {
  readonly at: number
}
const item = (at: number): Item => ({ at })

/** Gives its items in batches: those of one batch are ready together. */
function createSource(batches: readonly (readonly Item[])[], thrown?: Error) {
  const told = { reads: 0, closed: 0 }
  let ready: Item[] = []
  let at = 0
  const source: EagerIterator<Item> = {
    ready: () => ready.shift(),
    async next() {
      told.reads++
      await Promise.resolve()
      while (ready.length === 0 && at < batches.length) ready = [...(batches[at++] ?? [])]
      const value = ready.shift()
      if (value !== undefined) return { done: false, value }
      if (thrown !== undefined) throw thrown
      return { done: true, value: undefined }
    },
    async return() {
      told.closed++
      return { done: true, value: undefined }
    },
  }
  return { source, told }
}

const plain: RelaySteps<Item, Item> = { see: (one) => one }

async function collect(items: AsyncIterable<Item>): Promise<(number | string)[]> {
  const seen: (number | string)[] = []
  try {
    for await (const { at } of items) seen.push(at)
  } catch (error) {
    seen.push(error instanceof Error ? error.message : 'no error')
  }
  return seen
}

describe('relay', () => {
  it('gives what its source gives, in order, however that is cut into batches and layers', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat()), { maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        async (numbers, layers) => {
          let { source }: { source: EagerIterator<Item> } = createSource(
            numbers.map((batch) => batch.map(item)),
          )
          for (let layer = 1; layer < layers; layer++) source = relay(source, plain)
          assert.deepEqual(await collect(relay(source, plain)), numbers.flat())
        },
      ),
      { numRuns: 200 },
    ))

  it('reads its source once for what has come together', async () => {
    const { source, told } = createSource([[1, 2, 3].map(item), [4].map(item)])
    assert.deepEqual(await collect(relay(relay(source, plain), plain)), [1, 2, 3, 4])
    assert.equal(told.reads, 3)
  })

  it('gives first what was given to it, leaves out, adds, and says goodbye at the end', async () => {
    const { source } = createSource([[1, 2, 3].map(item)])
    const closed: boolean[] = []
    const relayed = relay<Item, Item>(source, {
      first: [item(-1)],
      see: (one) => (one.at === 2 ? undefined : [item(one.at * 10), one]),
      end: () => [item(99)],
      close: (left) => void closed.push(left),
    })
    assert.deepEqual(await collect(relayed), [-1, 10, 1, 30, 3, 99])
    assert.deepEqual([closed, await relayed.next()], [[false], { done: true, value: undefined }])
  })

  it('gives what came before a failure, and then the error that it makes of it', async () => {
    const { source, told } = createSource([[1, 2].map(item)], new Error('cut'))
    const closed: boolean[] = []
    const relayed = relay<Item, Item>(source, {
      see: (one) => one,
      fail: (error) => new Error(`made of ${error instanceof Error ? error.message : ''}`),
      farewell: () => [item(0)],
      close: (left) => void closed.push(left),
    })
    assert.deepEqual(await collect(relayed), [1, 2, 0, 'made of cut'])
    assert.deepEqual([closed, told.closed], [[false], 1])
  })

  it('ends with what a step throws, in its turn, and closes the source', async () => {
    const { source, told } = createSource([[1, 2, 3].map(item)])
    const relayed = relay<Item, Item>(source, {
      see(one) {
        if (one.at === 3) throw new Error('not three')
        return one
      },
    })
    assert.deepEqual(await collect(relay(relayed, plain)), [1, 2, 'not three'])
    assert.equal(told.closed, 1)
  })

  it('gives nothing more of a batch that is not wanted any more', async () => {
    let wanted = true
    const { source } = createSource([[1].map(item)])
    const relayed = relay<Item, Item>(source, {
      see: () => [item(1), item(2)],
      wants: () => wanted,
      end() {
        throw new Error('stopped')
      },
    })
    assert.deepEqual((await relayed.next()).value, item(1))
    wanted = false
    await assert.rejects(relayed.next(), /stopped/)
  })

  it('closes itself and its source once where the reader leaves, though the source is waited for', async () => {
    const arrival = Promise.withResolvers<void>()
    const closed: boolean[] = []
    let returned = 0
    const source: EagerIterator<Item> = {
      async next() {
        await arrival.promise
        return { done: false, value: item(1) }
      },
      async return() {
        returned++
        return { done: true, value: undefined }
      },
    }
    const relayed = relay<Item, Item>(source, { see: (one) => one, close: (left) => void closed.push(left) })
    const waiting = relayed.next()
    await relayed.return?.()
    await relayed.return?.()
    arrival.resolve()
    assert.deepEqual(await waiting, { done: true, value: undefined })
    assert.deepEqual([closed, returned], [[true], 1])
  })
})
