import assert from 'node:assert/strict'
import type { Subject } from '../../../../src/providers/shared/subject.js'
import { timeoutsFor } from '../../../../src/providers/shared/timeouts.js'

const cloud: Subject = {
  provider: 'x',
  providerName: 'X',
  connection: 'X',
  host: 'h',
  location: 'cloud',
  secrets: [],
}
const local: Subject = { ...cloud, location: 'local' }

describe('timeoutsFor', () => {
  it('gives a cloud model a minute to begin and 90 seconds between pieces', () => {
    assert.deepEqual(timeoutsFor(cloud, { kind: 'chat' }), {
      firstByteMs: 60_000,
      betweenEventsMs: 90_000,
      noProgressMs: 600_000,
    })
  })
  it('gives a local model ten minutes to load', () => {
    assert.equal(timeoutsFor(local, { kind: 'chat' }).firstByteMs, 600_000)
  })
  it('does not wait longer than 10 seconds for a list, however patient the connection', () => {
    assert.equal(timeoutsFor(local, { kind: 'list' }, 900).totalMs, 10_000)
  })
  it('obeys the connection, and above it the caller', () => {
    assert.equal(timeoutsFor(cloud, { kind: 'chat' }, 7).betweenEventsMs, 7000)
    assert.equal(timeoutsFor(cloud, { kind: 'chat', timeouts: { betweenEventsMs: 1 } }, 7).betweenEventsMs, 1)
  })
})
