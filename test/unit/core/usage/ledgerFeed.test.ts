import assert from 'node:assert/strict'
import { dayMs } from '../../../../src/core/durations.js'
import { ModelError } from '../../../../src/core/errors.js'
import { createEmitter } from '../../../../src/core/event.js'
import type { AttemptRecord } from '../../../../src/core/usage/attemptRecord.js'
import { createLedger } from '../../../../src/core/usage/ledger.js'
import { type AttemptSource, createLedgerFeed } from '../../../../src/core/usage/ledgerFeed.js'
import { createMetrics } from '../../../../src/core/usage/metrics.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { createDatabaseFolder } from '../../../fakes/databases.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

const small = { connection: 'work', id: 'small' }

function many(count: number, at: number): AttemptRecord[] {
  return Array.from({ length: count }, (_, index) => createAttemptRecord({ at, requestId: `old-${index}` }))
}

function setUp(kept: readonly AttemptRecord[], read?: AttemptSource['read']) {
  const clock = createManualClock()
  const metrics = createMetrics({ clock })
  const log = createMemoryLog()
  const appended = createEmitter<AttemptRecord>()
  const told: AttemptRecord[] = []
  const ledger: AttemptSource = {
    read: read ?? (({ from, to }) => kept.filter(({ at }) => at >= from && at < to)),
    onDidAppend: appended.event,
  }
  const failing = (): void => {
    throw new Error('out of order')
  }
  const listeners = [failing, (record: AttemptRecord) => void told.push(record)]
  const feed = createLedgerFeed({ ledger, metrics, listeners, clock, log })
  return { clock, metrics, log, told, feed, append: (record: AttemptRecord) => appended.fire(record) }
}

const start = Date.UTC(2026, 0, 1)

describe('the feed from the ledger', () => {
  it('lets a window that starts later measure what the one before it did', async () => {
    const folder = createDatabaseFolder()
    try {
      const { clock, log, metrics } = setUp([])
      const first = createLedger({ database: await folder.open(), log })
      const feed = createLedgerFeed({ ledger: first, metrics, listeners: [], clock, log })
      await feed.start()
      for (let index = 1; index <= 40; index++) {
        const outcome =
          index % 8 === 0 ? ({ kind: 'failure', code: 'timeout' } as const) : { kind: 'success' as const }
        first.append(
          createAttemptRecord({ at: start - index, requestId: `${index}`, latencyMs: index * 50, outcome }),
        )
      }
      const later = createMetrics({ clock })
      const recalled: AttemptRecord[] = []
      const recall = (record: AttemptRecord) => void recalled.push(record)
      const second = createLedger({ database: await folder.open(), log })
      await createLedgerFeed({ ledger: second, metrics: later, listeners: [], recall, clock, log }).start()
      assert.equal(recalled.length, 40)
      assert.equal(later.model(small)?.requests, 40)
      assert.deepEqual(later.models(), metrics.models())
      feed.dispose()
    } finally {
      folder.remove()
    }
  })

  it('counts two weeks of the ledger at its start, and each attempt after that', async () => {
    const { clock, metrics, feed, append } = setUp([
      ...many(1, start - 15 * dayMs),
      ...many(3, start - 13 * dayMs),
    ])
    await feed.start()
    assert.equal(metrics.model(small)?.requests, 3)
    append(createAttemptRecord({ at: clock.now() }))
    assert.equal(metrics.model(small)?.requests, 4)
  })

  it('lets others work while it reads, and counts once what is added meanwhile', async () => {
    const late = createAttemptRecord({ at: start - 1, requestId: 'late' })
    const { clock, metrics, feed, append } = setUp([...many(1_200, start - dayMs), late])
    const started = feed.start()
    await settle()
    assert.equal(metrics.model(small)?.requests, 500)
    append(late)
    await clock.advance(0)
    await started
    assert.equal(metrics.model(small)?.requests, 1_201)
  })

  it('tells its listeners of new attempts alone, though one of them fails', async () => {
    const { feed, append, told, log } = setUp(many(3, start - dayMs))
    await feed.start()
    append(createAttemptRecord({ requestId: 'new' }))
    assert.deepEqual(
      told.map(({ requestId }) => requestId),
      ['new'],
    )
    assert.deepEqual(log.lines, ['error An attempt could not be taken into account: out of order'])
  })

  it('begins with nothing where the ledger cannot be read, and says so', async () => {
    const { feed, append, metrics, log } = setUp([], () => {
      throw new ModelError({ code: 'not-saved', message: 'It is damaged.' })
    })
    await feed.start()
    append(createAttemptRecord())
    assert.equal(metrics.model(small)?.requests, 1)
    assert.match(
      log.lines[0] ?? '',
      /^warn Earlier attempts could not be read; the metrics begin now\. It is damaged\.$/,
    )
  })

  it('hears nothing and reads nothing once it is disposed of', async () => {
    const { clock, feed, append, metrics, log } = setUp(many(1_200, start - dayMs))
    const started = feed.start()
    await settle()
    feed.dispose()
    await started
    append(createAttemptRecord())
    assert.deepEqual([metrics.model(small)?.requests, clock.sleeping()], [500, 0])
    assert.deepEqual(
      log.lines.filter((line) => line.startsWith('warn')),
      [],
    )
  })

  it('counts within a minute what other windows have added, once, however late it has come in', async () => {
    const folder = createDatabaseFolder()
    try {
      const { clock, log, metrics, told } = setUp([])
      const own = createLedger({ database: await folder.open(), log })
      const other = createLedger({ database: await folder.open(), log })
      const listeners = [(record: AttemptRecord) => void told.push(record)]
      const feed = createLedgerFeed({ ledger: own, metrics, listeners, clock, log })
      await feed.start()
      const add = (ledger: typeof own, requestId: string, ageMs: number): void =>
        void ledger.append(createAttemptRecord({ at: clock.now() - ageMs, requestId }))
      add(own, 'own', 0)
      add(other, 'quick', 0)
      add(other, 'slow', 25 * 60_000)
      assert.equal(metrics.model(small)?.requests, 1)
      await clock.advance(60_000)
      assert.equal(metrics.model(small)?.requests, 3)
      add(other, 'next', 0)
      await clock.advance(60 * 60_000)
      assert.equal(metrics.model(small)?.requests, 4)
      assert.deepEqual(
        told.map(({ requestId }) => requestId),
        ['own'],
      )
      feed.dispose()
      assert.equal(clock.sleeping(), 0)
    } finally {
      folder.remove()
    }
  })
})
