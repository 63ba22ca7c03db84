import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createAudit } from '../../../../src/core/usage/audit.js'
import { createSeenSettings } from '../../../../src/core/usage/auditSeen.js'
import { sha256 } from '../../../../src/platform/cache/sha256.js'
import { openingLines, useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { releaseTogether, startElsewhere } from '../../../fakes/elsewhere.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

const always = { from: 0, to: 9e15 }
const entriesOf = (entries: Readonly<Record<string, object>>) => new Map(Object.entries(entries))

describe('settings as they were seen last', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)
  const clock = createManualClock()

  let salts = 0
  function openWindow(of = database) {
    const audit = createAudit({ database: of, clock, log: createMemoryLog(), redact: (text) => text })
    const seen = createSeenSettings({ database: of, audit, sha256, createId: () => `salt-${++salts}` })
    return { ...seen, read: () => audit.read(always) }
  }

  it('are only remembered the first time, and are on record with the time of discovery after that', async () => {
    const first = openWindow()
    first.discover('budget', entriesOf({ month: { id: 'month', limit: 5 }, day: { id: 'day', limit: 1 } }))
    assert.deepEqual(first.read(), [])
    await clock.advance(3_600_000)
    const second = openWindow()
    second.discover(
      'budget',
      entriesOf({ month: { id: 'month', limit: 50 }, week: { id: 'week', limit: 9 } }),
    )
    const found = { at: clock.now(), origin: 'settings, while no window was open', subject: 'budget' }
    assert.deepEqual(second.read(), [
      { ...found, name: 'day', action: 'removed', detail: '' },
      { ...found, name: 'week', action: 'added', detail: '' },
      { ...found, name: 'month', action: 'changed', detail: 'limit' },
    ])
  })

  it('are compared by what they say, not by the order in which it is written', () => {
    const window = openWindow()
    window.discover('route', entriesOf({ r: { models: ['a'], weights: { cost: 1, quality: 2 } }, s: {} }))
    window.discover('route', entriesOf({ s: {}, r: { weights: { quality: 2, cost: 1 }, models: ['a'] } }))
    assert.deepEqual(window.read(), [])
    window.discover('route', entriesOf({ s: {}, r: { weights: { quality: 1, cost: 1 }, models: ['a'] } }))
    assert.deepEqual(
      window.read().map(({ name, detail }) => [name, detail]),
      [['r', 'weights']],
    )
  })

  it('are found changed exactly where they are, whatever they hold', () => {
    const value = fc.jsonValue({ maxDepth: 2 })
    const entry = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), value, {
      maxKeys: 4,
      noNullPrototype: true,
    })
    const entries = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), entry, { noNullPrototype: true })
    fc.assert(
      fc.property(entries, entries, (before, after) => {
        database.exec('DELETE FROM audit; DELETE FROM audit_seen')
        const window = openWindow()
        window.discover('connection', entriesOf(before))
        window.discover('connection', entriesOf(before))
        assert.deepEqual(window.read(), [])
        window.discover('connection', entriesOf(after))
        const names = window.read().map(({ name }) => name)
        assert.equal(new Set(names).size, names.length)
        for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
          const isSame = JSON.stringify(sorted(before[name])) === JSON.stringify(sorted(after[name]))
          assert.equal(names.includes(name), !isSame, name)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('are put on record once though eight windows start at once', async () => {
    openWindow().discover('connection', entriesOf({ work: { baseUrl: 'https://a.example' }, home: {} }))
    const children = Array.from({ length: 8 }, () => startElsewhere(discoveringLines(folder.path)))
    assert.deepEqual(
      await releaseTogether(children),
      Array.from({ length: 8 }, () => 'ready\ndone'),
    )
    assert.deepEqual(
      openWindow()
        .read()
        .map(({ name, action, detail }) => [name, action, detail]),
      [
        ['home', 'removed', ''],
        ['work', 'changed', 'baseUrl'],
      ],
    )
  })

  it('are left alone in a database that this window may only read', async () => {
    openWindow().discover('budget', entriesOf({ month: { limit: 5 } }))
    const readOnly = { ...database, readOnly: true }
    const window = openWindow(readOnly)
    window.discover('budget', entriesOf({ month: { limit: 6 } }))
    assert.deepEqual(window.read(), [])
    openWindow().discover('budget', entriesOf({ month: { limit: 6 } }))
    assert.equal(window.read().length, 1)
  })
})

/** With the members of objects in order, so that texts can be compared. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)])
}

/** A window whose clock is far from that of the others, so that nothing counts as the same change within seconds. */
function discoveringLines(path: string): string {
  return `${openingLines(path)}
import { createAudit } from 'src/core/usage/audit.ts'
import { createSeenSettings } from 'src/core/usage/auditSeen.ts'
import { sha256 } from 'src/platform/cache/sha256.ts'
const audit = createAudit({ database, clock: { now: () => process.pid * 10_000 }, log, redact: (text) => text })
const seen = createSeenSettings({ database, audit, sha256, createId: () => 'salt' })
console.log('ready')
await new Promise((resolve) => process.stdin.once('data', resolve))
seen.discover('connection', new Map([['work', { baseUrl: 'https://b.example' }]]))
console.log('done')
database.dispose()
process.exit()`
}
