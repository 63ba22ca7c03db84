import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import { leastPauseMs } from '../../../../src/core/registry/pace.js'
import { paceTests } from '../../../../src/core/registry/recentTests.js'
import type { ConnectionTest, ConnectionTestResult } from '../../../../src/core/registry/testConnection.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import {
  createConnection,
  createProviderPorts,
  createScriptedProvider,
} from '../../../fakes/scriptedProvider.js'

const passed: ConnectionTestResult = { latencyMs: 40, modelCount: 3, key: 'proven' }

function setUp(outcome: () => Promise<ConnectionTestResult> = async () => passed) {
  const clock = createManualClock()
  let runs = 0
  const signals: AbortSignal[] = []
  const run = paceTests(async ({ signal }) => {
    runs++
    signals.push(signal)
    return await outcome()
  }, clock)
  const test = (asked: Partial<ConnectionTest> = {}) =>
    run({
      connection: createConnection(),
      provider: createScriptedProvider(),
      key: 'key-1',
      ports: createProviderPorts(clock),
      signal: new AbortController().signal,
      ...asked,
    })
  return { clock, test, runs: () => runs, signals }
}

describe('tests of one connection', () => {
  it('run once in ten seconds; sooner, the last outcome is given with the time since and the time left', async () => {
    const { clock, test, runs } = setUp()
    assert.deepEqual(await test(), passed)
    await clock.advance(3_000)
    assert.deepEqual(await test(), { ...passed, pause: { agoMs: 3_000, againInMs: 7_000 } })
    assert.equal(runs(), 1)
    await clock.advance(7_000)
    assert.deepEqual([await test(), runs()], [passed, 2])
  })

  it('that failed fail again in the same way, and say when to test again', async () => {
    const { clock, test, runs } = setUp(async () => {
      throw new ModelError({ code: 'unreachable', message: 'Nobody is there.', provider: 'scripted' })
    })
    await assert.rejects(test(), /^ModelError: Nobody is there\.$/)
    await clock.advance(4_000)
    await assert.rejects(test(), (error) => {
      assert.ok(error instanceof ModelError)
      assert.deepEqual([error.code, error.provider], ['unreachable', 'scripted'])
      assert.match(error.message, / was tested 4 s ago: Nobody is there\. Test again in 6 s\.$/)
      return true
    })
    assert.equal(runs(), 1)
  })

  it('run at once with another key, at another server, with other fields, or where they ask for more', async () => {
    const { test, runs } = setUp()
    await test()
    const changes: readonly Partial<ConnectionTest>[] = [
      { key: 'key-2' },
      { connection: createConnection({ baseUrl: 'https://elsewhere.test' }) },
      { connection: createConnection({ fields: { organization: 'other' } }) },
      { chat: 'always' },
      { connection: createConnection({ id: 'home' }) },
    ]
    for (const change of changes) assert.equal((await test(change)).pause, undefined)
    assert.equal(runs(), 1 + changes.length)
  })

  it('are joined while one runs: both have its result, and each may leave without ending it', async () => {
    let finish: (result: ConnectionTestResult) => void = () => assert.fail('no test has begun')
    const { test, runs, signals } = setUp(() => new Promise((resolve) => (finish = resolve)))
    const [first, second] = [new AbortController(), new AbortController()]
    const left = test({ signal: first.signal })
    const [stays, joins] = [test({ signal: second.signal }), test()]
    first.abort()
    await assert.rejects(left, { code: 'cancelled' })
    assert.deepEqual([runs(), signals.map(({ aborted }) => aborted)], [1, [false]])
    finish(passed)
    assert.deepEqual(await Promise.all([stays, joins]), [passed, passed])
    assert.equal(runs(), 1)
  })

  it('are cancelled once every caller has left, and the next one runs', async () => {
    const { test, runs, signals } = setUp(() =>
      runs() > 1 ? Promise.resolve(passed) : new Promise(() => {}),
    )
    const callers = [new AbortController(), new AbortController()]
    const waiting = callers.map(({ signal }) => test({ signal }))
    const ends = waiting.map((each) => assert.rejects(each, { code: 'cancelled' }))
    callers[1]?.abort()
    await ends[1]
    assert.equal(signals[0]?.aborted, false)
    callers[0]?.abort()
    await ends[0]
    assert.equal(signals[0]?.aborted, true)
    assert.deepEqual([await test(), runs()], [passed, 2])
  })

  it('are not joined by a test of another key', async () => {
    let finish: (result: ConnectionTestResult) => void = () => assert.fail('no test has begun')
    const { test, runs } = setUp(() =>
      runs() > 1 ? Promise.resolve(passed) : new Promise((resolve) => (finish = resolve)),
    )
    const first = test()
    assert.deepEqual([await test({ key: 'key-2' }), runs()], [passed, 2])
    finish(passed)
    await first
  })

  it('that were cancelled do not count', async () => {
    const caller = new AbortController()
    const { test, runs } = setUp(async () => {
      if (runs() > 1) return passed
      caller.abort()
      throw new ModelError({ code: 'cancelled', message: 'Cancelled.' })
    })
    await assert.rejects(test({ signal: caller.signal }), { code: 'cancelled' })
    assert.deepEqual([await test(), runs()], [passed, 2])
  })

  it('may run again after their pause, whatever the last took', async () => {
    const { clock, test, runs } = setUp()
    await test()
    await clock.advance(leastPauseMs - 1)
    assert.equal((await test()).pause?.againInMs, 1)
    await clock.advance(1)
    await test()
    assert.equal(runs(), 2)
  })
})
