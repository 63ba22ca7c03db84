import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { closeExtensions, closeLater, until } from '../../fakes/extension.js'
import { hello, openWork } from '../../fakes/work.js'

describe('Requests while the ledger cannot be opened', () => {
  closeExtensions()

  it('are answered, and are in the ledger with their usage once it can be', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'roundhouse-plain-'))
    closeLater(() => rm(folder, { recursive: true, force: true }))
    const path = join(folder, 'roundhouse.db')
    await mkdir(path)
    const work = await openWork({ folder, reply: () => hello({ inputTokens: 70, outputTokens: 5 }) })
    const spooled = async () =>
      (await readdir(folder)).filter((name) => name.startsWith('roundhouse-attempts-'))
    assert.equal(await work.ask('work/small', 'Hi'), 'Hello')
    assert.equal((await spooled()).length, 1)
    await rm(path, { recursive: true })
    assert.equal(await work.ask('work/small', 'Hi'), 'Hello')
    await until('what was put aside is taken in', async () => {
      await work.clock.skip(2_500)
      return (await spooled()).length === 0
    })
    await work.close()
    const database = new DatabaseSync(path, { readOnly: true })
    const row = database.prepare(
      'SELECT count(*) AS n, sum(uncached_input) AS input, sum(visible_output) AS output FROM attempt',
    )
    assert.deepEqual({ ...row.get() }, { n: 2, input: 140, output: 10 })
    database.close()
  })
})
