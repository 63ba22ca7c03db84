import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { minuteMs } from '../../../src/core/durations.js'
import { isModelError } from '../../../src/core/errors.js'
import type { AttemptRecord } from '../../../src/core/usage/attemptRecord.js'
import { createAttemptSpool } from '../../../src/platform/attemptSpool.js'
import { createClock } from '../../../src/platform/clock.js'
import { createAttemptRecord } from '../../fakes/attemptRecords.js'

describe('the spool of attempts', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'roundhouse-spool-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** A window whose waits are over at once; `ahead` moves its clock. */
  const open = (id: string, ahead = 0) => {
    const clock = { now: () => Date.now() + ahead, sleep: async () => undefined }
    const spool = createAttemptSpool({ folder, id, clock })
    const collect = (take: (name: string, records: readonly AttemptRecord[]) => void) =>
      spool.handOver(take, new AbortController().signal)
    return { spool, collect }
  }

  const record = (requestId: string) =>
    createAttemptRecord({ requestId, cost: { usd: 0.25, source: 'user' } })

  it('hands over whole attempts of another window once, and leaves no file', async () => {
    const old = open('old')
    const kept = [
      record('a'),
      createAttemptRecord({ requestId: 'b', route: 'auto', operation: 'embeddings' }),
    ]
    old.spool.keep(kept)
    const taken: AttemptRecord[] = []
    await open('new').collect((_, records) => void taken.push(...records))
    await open('third').collect((_, records) => void taken.push(...records))
    assert.deepEqual(taken, kept)
    assert.deepEqual(readdirSync(folder), [])
  })

  it('has another name for what the same window puts aside later', async () => {
    const old = open('old')
    const names: string[] = []
    for (const id of ['a', 'b']) {
      old.spool.keep([record(id)])
      await open('new').collect((name) => void names.push(name))
    }
    assert.equal(new Set(names).size, 2)
  })

  it('keeps a file whose attempts cannot be taken, for the next try under the same name', async () => {
    open('old').spool.keep([record('a')])
    const names: string[] = []
    const failing = open('new').collect((name) => {
      names.push(name)
      throw new Error('locked')
    })
    await assert.rejects(failing, /locked/)
    // Another window may still be at it.
    await open('third').collect((name) => void names.push(name))
    assert.equal(names.length, 1)
    await open('third', 2 * minuteMs).collect((name) => void names.push(name))
    assert.equal(names.length, 2)
    assert.equal(names[0], names[1])
    assert.deepEqual(readdirSync(folder), [])
  })

  it('reads past a line that was cut off, and past what is no attempt', async () => {
    const old = open('old')
    old.spool.keep([record('a')])
    const [file = ''] = readdirSync(folder)
    appendFileSync(join(folder, file), '{"at":"now"}\n[]\n{"at":1,"request_id":"x","cost":{}}\n{"at":17')
    const taken: string[] = []
    await open('new').collect((_, records) => void taken.push(...records.map(({ requestId }) => requestId)))
    assert.deepEqual(taken, ['a'])
  })

  it('is closed to other users, and leaves other files alone', async () => {
    writeFileSync(join(folder, 'roundhouse.db'), 'a database')
    open('old').spool.keep([record('a')])
    const file = readdirSync(folder).find((name) => name.startsWith('roundhouse-attempts')) ?? ''
    if (process.platform !== 'win32') assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600)
    await open('new').collect(() => undefined)
    assert.ok(existsSync(join(folder, 'roundhouse.db')))
  })

  it('names the file that it cannot write', () => {
    const path = join(folder, 'a-file')
    writeFileSync(path, '')
    const spool = createAttemptSpool({ folder: path, id: 'x', clock: createClock() })
    assert.throws(
      () => spool.keep([record('a')]),
      (error: unknown) => isModelError(error) && error.code === 'not-saved' && error.message.includes(path),
    )
  })
})
