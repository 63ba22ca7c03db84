import assert from 'node:assert/strict'
import { hourMs } from '../../../../src/core/durations.js'
import { ModelError } from '../../../../src/core/errors.js'
import {
  type AlertRule,
  alertRuleDefaults,
  defaultAlertRules,
} from '../../../../src/core/usage/alertRules.js'
import { type AlertStore, createAlertStore } from '../../../../src/core/usage/alertStore.js'
import { type Alert, createAlerts, keyOf } from '../../../../src/core/usage/alerts.js'
import type { AttemptRecord } from '../../../../src/core/usage/attemptRecord.js'
import { createMetrics } from '../../../../src/core/usage/metrics.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { useDatabaseFolder } from '../../../fakes/databases.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

function setUp(store: AlertStore, rules: readonly AlertRule[] = defaultAlertRules) {
  const clock = createManualClock()
  const metrics = createMetrics({ clock })
  const log = createMemoryLog()
  const told: Alert[] = []
  const notify = (alert: Alert): void => void told.push(alert)
  const alerts = createAlerts({ metrics, rules: () => rules, store, clock, log, notify })
  const attempt = async (count: number, outcome: AttemptRecord['outcome']): Promise<void> => {
    for (let index = 0; index < count; index++) {
      const record = createAttemptRecord({ at: clock.now(), requestId: `${clock.now()}-${index}`, outcome })
      metrics.record(record)
      alerts.observe(record)
    }
    await clock.advance(1_000)
  }
  const fail = (count: number) => attempt(count, { kind: 'failure', code: 'timeout' })
  const succeed = (count: number) => attempt(count, { kind: 'success' })
  return { clock, log, told, alerts, fail, succeed, rules: () => told.map(({ rule }) => rule.id) }
}

describe('alerts', () => {
  const folder = useDatabaseFolder()
  let store: AlertStore
  beforeEach(async () => {
    store = createAlertStore(await folder.open())
  })

  it('tell once of a connection and a model that begin to fail, however many attempts follow', async () => {
    const { fail, rules, told } = setUp(store)
    await fail(4)
    assert.deepEqual(rules(), [])
    await fail(30)
    assert.deepEqual(rules(), ['connection-unhealthy', 'model-failing'])
    assert.match(told[1]?.message ?? '', /^work\/small fails more often than it used to\./)
  })

  it('tell again when it still fails after the pause', async () => {
    const { clock, fail, rules } = setUp(store)
    await fail(12)
    await clock.advance(7 * hourMs)
    await fail(12)
    assert.deepEqual(rules().filter((id) => id === 'connection-unhealthy').length, 2)
  })

  it('tell nothing of what is silenced, until it is not any more', async () => {
    const { clock, alerts, fail, rules } = setUp(store)
    alerts.silence({ rule: '*', subject: 'work' }, hourMs)
    await fail(12)
    assert.deepEqual(rules(), ['model-failing'])
    assert.deepEqual(
      alerts.silences().map(({ subject }) => subject),
      ['work'],
    )
    alerts.unsilence({ rule: '*', subject: 'work' })
    await clock.advance(2 * 60_000)
    await fail(1)
    assert.deepEqual(rules(), ['model-failing', 'connection-unhealthy'])
  })

  it('can be silenced by their own key', async () => {
    const { alerts, fail, told } = setUp(store)
    await fail(12)
    const [first] = told
    assert.ok(first !== undefined)
    alerts.silence(keyOf(first), hourMs)
    assert.deepEqual(
      alerts.silences().map(({ rule, subject }) => [rule, subject]),
      [['connection-unhealthy', 'work']],
    )
  })

  it('are told all the same, and no more often, where the database cannot be written', async () => {
    const broken: AlertStore = {
      ...store,
      claim: () => {
        throw new ModelError({ code: 'not-saved', message: 'The disk is full. Free some space.' })
      },
    }
    const { fail, rules, log } = setUp(broken)
    await fail(40)
    assert.deepEqual(rules(), ['connection-unhealthy', 'model-failing'])
    assert.equal(log.lines.filter((line) => line.includes('The disk is full')).length, 2)
  })

  it('of the last hour do not go by what was before it', async () => {
    const watch = (window: AlertRule['window']): AlertRule => ({
      ...alertRuleDefaults,
      id: window.toLowerCase(),
      when: { measure: 'successRate', below: 0.5 },
      window,
    })
    const { clock, fail, rules, succeed } = setUp(store, [watch('hour'), watch('twoWeeks')])
    await succeed(100)
    await clock.advance(2 * hourMs)
    await fail(6)
    assert.deepEqual(rules(), ['hour'])
  })

  it('do not look at answers out of the cache', async () => {
    const { alerts, clock, fail, told } = setUp(store)
    await fail(4)
    alerts.observe(createAttemptRecord({ isCacheHit: true, number: 0 }))
    assert.deepEqual([told, clock.sleeping()], [[], 0])
  })

  it('compute nothing while answers are given, and look once at what was asked together', async () => {
    const clock = createManualClock()
    const measured = createMetrics({ clock })
    let looks = 0
    const metrics: Parameters<typeof createAlerts>[0]['metrics'] = {
      model: (ref) => (looks++, measured.model(ref)),
      connection: (id) => measured.connection(id),
      lastHour: measured.lastHour,
    }
    const options = { metrics, rules: () => defaultAlertRules, store, clock, log: createMemoryLog() }
    const alerts = createAlerts({ ...options, notify: () => {} })
    for (let index = 0; index < 100; index++) alerts.observe(createAttemptRecord())
    assert.equal(looks, 0)
    await clock.advance(1_000)
    assert.equal(looks, 2)
    alerts.observe(createAttemptRecord())
    alerts.dispose()
    await clock.advance(1_000)
    assert.deepEqual([looks, clock.sleeping()], [2, 0])
  })
})
