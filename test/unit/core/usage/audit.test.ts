import assert from 'node:assert/strict'
import { createRedactor } from '../../../../src/core/redact.js'
import { type AuditEntry, compareEntries, createAudit } from '../../../../src/core/usage/audit.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

const always = { from: 0, to: 9e15 }
const entry: AuditEntry = {
  subject: 'connection',
  name: 'work',
  action: 'changed',
  detail: 'baseUrl',
  origin: 'settings',
}

describe('the audit', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)

  it('keeps what was changed, when and where from, once though several windows see it', async () => {
    const clock = createManualClock()
    const redact = (text: string) => text
    const other = await folder.open()
    const windows = [database, other].map((one) =>
      createAudit({ database: one, clock, log: createMemoryLog(), redact }),
    )
    const first = clock.now()
    for (const window of windows) window.write(entry)
    await clock.advance(6_000)
    for (const window of windows) window.write(entry)
    windows[0]?.write({ ...entry, subject: 'key', action: 'rotated', detail: '' })
    assert.deepEqual(windows[1]?.read(always), [
      { ...entry, at: first },
      { ...entry, at: first + 6_000 },
      { ...entry, at: first + 6_000, subject: 'key', action: 'rotated', detail: '' },
    ])
    assert.deepEqual(windows[1]?.read({ from: first, to: first + 1 }).length, 1)
  })

  it('never keeps a secret, and never throws', () => {
    const redactor = createRedactor()
    redactor.register('hunter2-secret')
    const log = createMemoryLog()
    const redact = (text: string) => redactor.redact(text)
    const audit = createAudit({ database, clock: createManualClock(), log, redact })
    audit.write({ ...entry, detail: 'header hunter2-secret' })
    assert.deepEqual(
      audit.read(always).map(({ detail }) => detail),
      ['header [redacted]'],
    )
    database.dispose()
    audit.write({ ...entry, name: 'hunter2-secret' })
    assert.equal(log.lines.length, 1)
    assert.ok(!log.lines.join('').includes('hunter2'))
  })

  it('names what differs between two states, and no value', () => {
    const before = new Map<string, object>([
      ['a', { baseUrl: 'https://a', fields: { header: 'secret-1' } }],
      ['b', { x: 1 }],
      ['c', { x: 1 }],
    ])
    const after = new Map<string, object>([
      ['a', { baseUrl: 'https://b', fields: { header: 'secret-2' } }],
      ['c', { x: 1 }],
      ['d', {}],
    ])
    assert.deepEqual(compareEntries(before, after), [
      { name: 'b', action: 'removed', detail: '' },
      { name: 'd', action: 'added', detail: '' },
      { name: 'a', action: 'changed', detail: 'baseUrl, fields' },
    ])
  })
})
