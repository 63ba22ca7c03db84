import assert from 'node:assert/strict'
import { schemaVersion } from '../../../../src/core/storage/migration.js'
import { migrations } from '../../../../src/core/storage/migrations.js'

describe('the steps of the schema', () => {
  it('are numbered from 1 without gaps, and the last one is the version', () => {
    assert.deepEqual(
      migrations.map(({ number }) => number),
      migrations.map((_, index) => index + 1),
    )
    assert.equal(schemaVersion(migrations), migrations.length)
    assert.equal(schemaVersion([]), 0)
  })
})
