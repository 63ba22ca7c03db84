import assert from 'node:assert/strict'
import type { ChatRequest } from '../../../../src/core/chat.js'
import { ModelError } from '../../../../src/core/errors.js'
import type { ConnectionState, ConnectionView } from '../../../../src/core/registry/registry.js'
import { createHealthObstacle, restMs } from '../../../../src/core/usage/healthObstacle.js'
import { createMetrics } from '../../../../src/core/usage/metrics.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import { createModel } from '../../../fakes/providerCalls.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

const provider = createScriptedProvider()
const small = createModel(provider, 'small')
const request: ChatRequest = { model: small, messages: [], caller: { door: 'api' } }
const ready: ConnectionState = { kind: 'ready' }

function setUp(state: ConnectionState = ready, leastScore?: number) {
  const clock = createManualClock()
  const metrics = createMetrics({ clock })
  const view: ConnectionView = {
    connection: createConnection(),
    provider,
    state,
    key: { state: 'stored' },
    models: [small],
    listedAt: 0,
  }
  const registry = { view: (id: string) => (id === 'work' ? view : undefined) }
  const given = leastScore === undefined ? {} : { leastScore: () => leastScore }
  const check = createHealthObstacle({ registry, metrics, clock, ...given })
  const fail = (count: number): void => {
    for (let index = 0; index < count; index++) {
      const outcome = { kind: 'failure', code: 'timeout' } as const
      metrics.record(createAttemptRecord({ at: clock.now() - 1_000, requestId: `${index}`, outcome }))
    }
  }
  return { clock, metrics, fail, find: () => check(small, request), next: settle }
}

describe('the obstacle of health', () => {
  it('is none for a model that answers, nor for one that nobody knows', async () => {
    const { find, metrics, next } = setUp()
    assert.equal(find(), undefined)
    await next()
    metrics.record(createAttemptRecord())
    assert.equal(find(), undefined)
  })

  it('is the state of a connection that cannot be asked', () => {
    const error = new ModelError({ code: 'unreachable', message: 'Nobody is there.' })
    const found = [
      setUp({ kind: 'unreachable', since: 0, error }).find(),
      setUp({ kind: 'noKey' }).find(),
      setUp({ kind: 'disabled' }).find(),
      setUp({ kind: 'refreshing' }).find(),
    ]
    assert.deepEqual(
      found.map((obstacle) => obstacle?.code),
      ['unreachable', 'no-key', 'disabled', undefined],
    )
    assert.equal(found[0]?.message, 'Nobody is there.')
  })

  it('is a model that fails nearly always, for ten minutes after its latest attempt', async () => {
    const { clock, find, fail, next } = setUp()
    fail(10)
    assert.equal(find(), undefined)
    await next()
    fail(5)
    const obstacle = find()
    assert.deepEqual([obstacle?.code, obstacle?.until], ['unhealthy', clock.now() + restMs])
    assert.match(obstacle?.message ?? '', /^work has failed too often .* tried again in 10 min\.$/)
    await clock.advance(restMs)
    assert.equal(find(), undefined)
    await next()
    fail(1)
    assert.equal(find()?.code, 'unhealthy')
  })

  it('is as strict as the user wishes', () => {
    const lenient = setUp(ready, 0)
    lenient.fail(100)
    assert.equal(lenient.find(), undefined)
    const strict = setUp(ready, 80)
    strict.fail(1)
    assert.equal(strict.find()?.code, 'unhealthy')
  })

  it('looks at a connection once for all models of a ranking, and anew for the next', async () => {
    const clock = createManualClock()
    let looks = 0
    const registry = { view: () => (looks++, undefined) }
    const check = createHealthObstacle({ registry, metrics: createMetrics({ clock }), clock })
    for (let index = 0; index < 100; index++) check(small, request)
    assert.equal(looks, 1)
    await settle()
    check(small, request)
    assert.equal(looks, 2)
  })

  it('does not stay when the clock was put back', async () => {
    const { clock, find, fail, next } = setUp()
    fail(20)
    assert.equal(find()?.code, 'unhealthy')
    clock.jump(-3_600_000)
    await next()
    assert.equal(find(), undefined)
  })
})
