import assert from 'node:assert/strict'
import { createDatabaseFolder, openingLines } from '../../../fakes/databases.js'
import { runElsewhere } from '../../../fakes/elsewhere.js'

/** Takes every file handle that the process may have, but `left`; `free` gives them back. */
const exhaust = (left: number): string => `
import { closeSync, openSync } from 'node:fs'
const taken = []
try {
  for (;;) taken.push(openSync('/dev/null', 'r'))
} catch (error) {
  if (error.code !== 'EMFILE') throw error
}
for (const handle of taken.splice(0, ${left})) closeSync(handle)
const free = () => taken.splice(0).forEach((handle) => closeSync(handle))
`

const through = ['sh', '-c', 'ulimit -n 64; exec "$0" "$@"']

describe('the files of a database', function () {
  this.timeout(120_000)

  it('are named in the error where a process may open no more, and open once it may', async function () {
    // There is no such limit to set.
    if (process.platform === 'win32') return assert.ok(true)
    const folder = createDatabaseFolder()
    try {
      const lines = openingLines(folder.path).replace('const database = await openDatabase(options)', '')
      for (const left of [0, 1, 2, 3, 4]) {
        const said = await runElsewhere(
          `${lines}${exhaust(left)}
await import('node:sqlite')
const first = await openDatabase(options).then(() => ({ code: 'none', message: options.path }), (error) => error)
free()
const second = await openDatabase(options)
second.exec('CREATE TABLE IF NOT EXISTS proof (a)')
console.log(first.name === undefined || first.name === 'ModelError', first.message.includes(options.path), second.readOnly)`,
          { through },
        )
        assert.equal(said.split('\n').at(-1), 'true true false', `${left} handles left: ${said}`)
      }
    } finally {
      folder.remove()
    }
  })

  it('can be written and read on by a process that runs out of handles once they are open', async function () {
    if (process.platform === 'win32') return assert.ok(true)
    const folder = createDatabaseFolder()
    try {
      const said = await runElsewhere(
        `${openingLines(folder.path)}
import { createLedger } from 'src/core/usage/ledger.ts'
import { createAttemptRecord } from 'test/fakes/attemptRecords.ts'
const ledger = createLedger({ database, log })
ledger.append(createAttemptRecord())
${exhaust(0)}
const isKept = ledger.append(createAttemptRecord({ number: 2 }))
free()
console.log(isKept, [...ledger.read({ from: 0, to: 1e15 })].length)`,
        { through },
      )
      assert.equal(said, 'true 2')
    } finally {
      folder.remove()
    }
  })
})
