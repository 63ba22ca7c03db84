import assert from 'node:assert/strict'
import { schemaVersion } from '../../../../src/core/storage/migration.js'
import { migrations } from '../../../../src/core/storage/migrations.js'
import { createLedger } from '../../../../src/core/usage/ledger.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { createDatabaseFolder } from '../../../fakes/databases.js'

const always = { from: 0, to: 9e15 }

describe('the steps of the schema', () => {
  it('are numbered from 1 without gaps, and the last one is the version', () => {
    assert.deepEqual(
      migrations.map(({ number }) => number),
      migrations.map((_, index) => index + 1),
    )
    assert.equal(schemaVersion(migrations), migrations.length)
    assert.equal(schemaVersion([]), 0)
  })

  it('take nothing from a window of an older version that is open, and one that opens later only reads', async () => {
    // The first version whose attempts the ledger of today can write.
    const older = migrations.slice(0, 9)
    const folder = createDatabaseFolder()
    try {
      const { log } = folder
      const old = createLedger({ database: await folder.open({ migrations: older }), log })
      old.append(createAttemptRecord({ requestId: 'before' }))
      const database = await folder.open()
      const young = createLedger({ database, log })
      assert.ok(old.append(createAttemptRecord({ requestId: 'old' })))
      assert.ok(young.append(createAttemptRecord({ requestId: 'young' })))
      for (const ledger of [old, young])
        assert.deepEqual(
          [...ledger.read(always)].map(({ requestId }) => requestId),
          ['before', 'old', 'young'],
        )
      assert.equal(database.get('PRAGMA integrity_check')?.['integrity_check'], 'ok')
      const late = await folder.open({ migrations: older })
      assert.deepEqual([late.readOnly, folder.notices.map(({ code }) => code)], [true, ['storage-newer']])
    } finally {
      folder.remove()
    }
  })
})
