import assert from 'node:assert/strict'
import type { Connection } from '../../../../src/core/provider.js'
import type { Subject } from '../../../../src/providers/shared/subject.js'
import { patienceOf, timeoutsFor } from '../../../../src/providers/shared/timeouts.js'
import { createModel } from '../../../fakes/models.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

const cloud: Subject = {
  provider: 'x',
  providerName: 'X',
  connection: 'X',
  host: 'h',
  location: 'cloud',
  secrets: () => [],
}
const local: Subject = { ...cloud, location: 'local' }

const seconds = 1000
const thinking = createModel({ capabilities: { reasoning: true } })

function patience(fields: Connection['fields']) {
  return patienceOf(createProviderContext({ provider: 'x', fields }))
}

describe('timeoutsFor', () => {
  it('gives a cloud 10 seconds to connect, 60 to begin and 90 between pieces', () => {
    assert.deepEqual(timeoutsFor(cloud, { kind: 'chat' }), {
      connectMs: 10 * seconds,
      firstByteMs: 60 * seconds,
      betweenEventsMs: 90 * seconds,
      noProgressMs: 600 * seconds,
    })
  })
  it('gives a local server ten minutes to load, and no longer than a cloud between pieces', () => {
    const { connectMs, firstByteMs, betweenEventsMs } = timeoutsFor(local, { kind: 'chat' })
    assert.deepEqual([connectMs, firstByteMs, betweenEventsMs], [10 * seconds, 600 * seconds, 90 * seconds])
  })
  it('lets a model that reasons be silent for ten minutes, at the beginning and in the middle', () => {
    const { firstByteMs, betweenEventsMs } = timeoutsFor(cloud, { kind: 'chat', model: thinking })
    assert.deepEqual([firstByteMs, betweenEventsMs], [600 * seconds, 600 * seconds])
  })
  it('waits ten minutes for what a server holds back until it is whole', () => {
    assert.equal(timeoutsFor(local, { kind: 'chat', holdsBack: true }).betweenEventsMs, 600 * seconds)
  })
  it('does not wait longer than 10 seconds for a list, however patient the connection', () => {
    const list = timeoutsFor(
      local,
      { kind: 'list' },
      patience({ timeoutSeconds: 900, connectTimeoutSeconds: 60 }),
    )
    assert.deepEqual([list.totalMs, list.connectMs], [10 * seconds, 10 * seconds])
  })
  it('obeys each of the connection’s three options by itself', () => {
    for (const [field, changed] of [
      ['connectTimeoutSeconds', { connectMs: 7 * seconds }],
      ['firstByteTimeoutSeconds', { firstByteMs: 7 * seconds }],
      ['eventTimeoutSeconds', { betweenEventsMs: 7 * seconds }],
    ] as const) {
      const usual = timeoutsFor(cloud, { kind: 'chat' })
      const given = timeoutsFor(cloud, { kind: 'chat' }, patience({ [field]: 7 }))
      assert.deepEqual(given, { ...usual, ...changed }, field)
    }
  })
  it('takes timeoutSeconds for the first byte and for the pauses, where these say nothing themselves', () => {
    assert.deepEqual(patience({ timeoutSeconds: 20, eventTimeoutSeconds: 5 }), {
      connectMs: undefined,
      firstByteMs: 20 * seconds,
      betweenEventsMs: 5 * seconds,
    })
  })
  it('never counts a pause as no progress before the time between events has passed', () => {
    const hour = 3600
    const { noProgressMs } = timeoutsFor(cloud, { kind: 'chat' }, patience({ eventTimeoutSeconds: hour }))
    assert.equal(noProgressMs, hour * seconds)
  })
  it('obeys its caller above all', () => {
    const timeouts = { betweenEventsMs: 1 }
    const given = timeoutsFor(cloud, { kind: 'chat', timeouts }, patience({ eventTimeoutSeconds: 7 }))
    assert.equal(given.betweenEventsMs, 1)
  })
})
