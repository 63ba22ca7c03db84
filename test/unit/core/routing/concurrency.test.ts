import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { isModelError } from '../../../../src/core/errors.js'
import type { Disposable } from '../../../../src/core/ports.js'
import { createConcurrencyLimiter } from '../../../../src/core/routing/concurrency.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'

function setUp(initial: number | undefined) {
  const clock = createManualClock()
  let limit = initial
  const limiter = createConcurrencyLimiter({ limitOf: () => limit, clock, waitLimitMs: 60_000 })
  const started: string[] = []
  const failures: string[] = []
  const slots = new Map<string, Disposable>()
  const ask = async (name: string, signal = new AbortController().signal, connection = 'work') => {
    try {
      const slot = await limiter.acquire(connection, signal)
      started.push(name)
      slots.set(name, slot)
    } catch (error) {
      failures.push(isModelError(error) ? `${name} ${error.code}` : String(error))
    }
  }
  const end = async (name: string) => {
    slots.get(name)?.dispose()
    await settle()
  }
  return { clock, limiter, started, failures, ask, end, setLimit: (next: number) => void (limit = next) }
}

describe('concurrency limits', () => {
  it('let requests above the limit wait in the order in which they came', async () => {
    const { limiter, started, ask, end } = setUp(2)
    for (const name of ['a', 'b', 'c', 'd']) void ask(name)
    await settle()
    assert.deepEqual([started, limiter.load('work')], [['a', 'b'], { running: 2, waiting: 2 }])
    await end('b')
    await end('a')
    assert.deepEqual(started, ['a', 'b', 'c', 'd'])
    await end('c')
    await end('d')
    assert.deepEqual(limiter.load('work'), { running: 0, waiting: 0 })
  })

  it('hold for each connection by itself, and for none without a limit', async () => {
    const one = setUp(1)
    void one.ask('a')
    void one.ask('b', undefined, 'home')
    await settle()
    assert.deepEqual(one.started, ['a', 'b'])
    const free = setUp(undefined)
    for (let at = 0; at < 100; at++) void free.ask(`${at}`)
    await settle()
    assert.equal(free.started.length, 100)
  })

  it('let a request that waits be cancelled, and the next one move up', async () => {
    const { started, failures, ask, end, clock } = setUp(1)
    const caller = new AbortController()
    void ask('a')
    void ask('b', caller.signal)
    void ask('c')
    await settle()
    caller.abort()
    await settle()
    assert.deepEqual(failures, ['b cancelled'])
    await end('a')
    assert.deepEqual([started, clock.sleeping()], [['a', 'c'], 0])
  })

  it('end the wait after its time with a reason, and not a moment before', async () => {
    const { clock, failures, limiter, ask } = setUp(1)
    void ask('a')
    void ask('b')
    await clock.advance(59_999)
    assert.deepEqual(failures, [])
    await clock.advance(1)
    assert.deepEqual([failures, limiter.load('work')], [['b overloaded'], { running: 1, waiting: 0 }])
    await assert.rejects(
      Promise.all([limiter.acquire('work', new AbortController().signal), clock.advance(60_000)]),
      /“work” already runs 1 requests at once, and none ended within 60 s\. Wait, raise/,
    )
  })

  it('take a higher limit with the next request', async () => {
    const { started, ask, setLimit } = setUp(1)
    void ask('a')
    void ask('b')
    setLimit(3)
    void ask('c')
    await settle()
    assert.deepEqual(started, ['a', 'b', 'c'])
  })

  it('count a slot that is given back twice once', async () => {
    const { started, ask, end } = setUp(1)
    for (const name of ['a', 'b', 'c']) void ask(name)
    await settle()
    await end('a')
    await end('a')
    assert.deepEqual(started, ['a', 'b'])
  })

  it('never let more than the limit run, whoever comes, ends or gives up', async () => {
    const step = fc.record({ kind: fc.constantFrom('ask', 'end', 'cancel'), which: fc.nat(20) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, limit) => {
          const { limiter, started, failures, ask, end } = setUp(limit)
          const callers: AbortController[] = []
          const ended = new Set<string>()
          for (const { kind, which } of steps) {
            if (kind === 'ask') {
              const caller = new AbortController()
              callers.push(caller)
              void ask(`${callers.length - 1}`, caller.signal)
            } else if (kind === 'end') {
              const running = started.filter((name) => !ended.has(name))
              const name = running[which % Math.max(1, running.length)]
              if (name !== undefined) ended.add(name)
              if (name !== undefined) await end(name)
            } else callers[which]?.abort()
            await settle()
            const { running, waiting } = limiter.load('work')
            assert.ok(running <= limit && (waiting === 0 || running === limit))
            assert.equal(running, started.length - ended.size)
            assert.equal(started.length + failures.length + waiting, callers.length)
          }
          assert.deepEqual(
            started,
            started.toSorted((a, b) => Number(a) - Number(b)),
          )
        },
      ),
      { numRuns: 40 },
    )
  })
})
