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

  it('let a chat through uncached while nothing can be written, no hard budget, and need no new start', async function () {
    // The limit stands for a full disk: every write behind a file's first byte fails.
    if (process.platform !== 'linux') return assert.ok(true)
    const folder = createDatabaseFolder()
    try {
      const said = await runElsewhere(`${openingLines(folder.path)}
import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
import { compose } from 'src/core/chat.ts'
import { openCacheStore } from 'src/platform/cache/openCacheStore.ts'
import { collect, createCachedChat, live, policy } from 'test/fakes/cachedChat.ts'
import { answerWith, createBudget, createRequest, createUsagePipeline } from 'test/fakes/usagePipeline.ts'
const limitFiles = (bytes) => execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=' + bytes + ':'])
const clock = createClock()
const store = { ...options, settings: () => ({ ...policy, store: 'sqlite' }), folder: dirname(options.path) }
const { cache, hits } = createCachedChat({ clock, openStore: () => openCacheStore(store) })
const answer = answerWith({ outputTokens: 10 })
const open = createUsagePipeline({ database, clock, answer })
const hard = createUsagePipeline({ database, clock, answer, budgets: [createBudget()] })
const ask = async (pipeline, text) => {
  const messages = [{ role: 'user', content: [{ type: 'text', text }] }]
  const request = { ...createRequest({ messages }), parameters: { temperature: 0 } }
  const told = hits.length
  return await collect(compose([cache.middleware], pipeline.chat)(request, live())).then(
    () => (hits.length > told ? 'cached' : 'answered'),
    (error) => error.code,
  ).finally(() => pipeline.ledger.flush())
}
const round = async (name) => console.log(name, await ask(open, name), await ask(hard, name + ' hard'))
await round('before')
limitFiles(1)
await round('full')
limitFiles('unlimited')
await round('after')
console.log('again', await ask(open, 'after'), [...open.ledger.read({ from: 0, to: 1e15 })].length)`)
      assert.deepEqual(said.split('\n'), [
        'before answered answered',
        'full answered not-saved',
        'after answered answered',
        'again cached 5',
      ])
    } finally {
      folder.remove()
    }
  })
})
