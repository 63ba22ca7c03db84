import assert from 'node:assert/strict'
import { dayMs, hourMs } from '../../../../src/core/durations.js'
import {
  type AlertStore,
  createAlertStore,
  mostAlertsPerHour,
} from '../../../../src/core/usage/alertStore.js'
import { openingLines, useDatabaseFolder } from '../../../fakes/databases.js'
import { runElsewhere } from '../../../fakes/elsewhere.js'

const now = Date.UTC(2026, 0, 1)
const pauseMs = 6 * hourMs
const key = { rule: 'model-slow', subject: 'work/small' }

describe('alert store', () => {
  const folder = useDatabaseFolder()
  let store: AlertStore
  beforeEach(async () => {
    store = createAlertStore(await folder.open())
  })

  const claim = (at: number, facts: Partial<typeof key> = {}): boolean =>
    store.claim({ ...key, ...facts, now: at, pauseMs })

  it('gives an alert once, and again when its pause is over', () => {
    const claims = [now, now + 1, now + pauseMs - 1, now + pauseMs, now + pauseMs + 1].map((at) => claim(at))
    assert.deepEqual(claims, [true, false, false, true, false])
  })

  it('gives an alert to one of eight windows that ask at once', async () => {
    const source = `${openingLines(folder.path)}
import { createAlertStore } from 'src/core/usage/alertStore.ts'
const claim = ${JSON.stringify({ ...key, now, pauseMs })}
console.log(createAlertStore(database).claim(claim))
database.dispose()`
    const said = await Promise.all(Array.from({ length: 8 }, () => runElsewhere(source)))
    assert.deepEqual(said.toSorted(), [...Array.from({ length: 7 }, () => 'false'), 'true'])
  })

  it('gives no more than four alerts in an hour, whatever they are about', () => {
    const subjects = Array.from({ length: 6 }, (_, index) => `work/m${index}`)
    const claims = subjects.map((subject) => claim(now, { subject }))
    assert.equal(claims.filter(Boolean).length, mostAlertsPerHour)
    assert.equal(claim(now + hourMs, { subject: 'work/m5' }), true)
  })

  it('keeps quiet about what is silenced, by rule, by subject or altogether, until then', () => {
    const until = now + hourMs
    for (const silenced of [
      key,
      { ...key, rule: '*' },
      { ...key, subject: '*' },
      { rule: '*', subject: '*' },
    ]) {
      store.silence({ ...silenced, until })
      assert.equal(claim(now), false)
      assert.deepEqual(store.silences(now), [{ ...silenced, until }])
      store.unsilence(silenced)
    }
    store.silence({ ...key, subject: 'work/other', until })
    store.silence({ ...key, until: now })
    assert.equal(claim(now), true)
    assert.deepEqual(store.silences(until), [])
  })

  it('goes on when the clock was put back', () => {
    assert.equal(claim(now + 365 * dayMs), true)
    assert.equal(claim(now), true)
    assert.equal(claim(now + 1), false)
  })

  it('takes any text for a rule or a subject as a text', () => {
    const hostile = "x'); DROP TABLE alert; --"
    assert.equal(claim(now, { subject: hostile, rule: hostile }), true)
    assert.equal(claim(now + 1, { subject: hostile, rule: hostile }), false)
    assert.equal(claim(now), true)
  })
})
