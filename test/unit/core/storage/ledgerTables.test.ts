import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Chat } from '../../../../src/core/chat.js'
import { ModelError } from '../../../../src/core/errors.js'
import { reservationMs } from '../../../../src/core/usage/reservations.js'
import { rollupSpans } from '../../../../src/core/usage/rollups.js'
import { createDatabaseFolder, openingLines } from '../../../fakes/databases.js'
import { startElsewhere } from '../../../fakes/elsewhere.js'
import { faultCounts, faultSeed } from '../../../fakes/faultCounts.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { answerWith, createBudget, createUsagePipeline } from '../../../fakes/usagePipeline.js'

/** Writes attempts as fast as it can, and says the number of each once the ledger has it. */
function writingLines(path: string, from: number): string {
  return `${openingLines(path)}
import { writeSync } from 'node:fs'
import { createLedger } from 'src/core/usage/ledger.ts'
import { createAttemptRecord } from 'test/fakes/attemptRecords.ts'
const ledger = createLedger({ database, log })
for (let index = ${from}; ; index++) {
  const model = { connection: 'work', id: 'm' + (index % 7) }
  const at = Date.UTC(2026, 0, 1) + index
  const isKept = ledger.append(createAttemptRecord({ at, requestId: String(index), model, latencyMs: 1 }))
  if (isKept) writeSync(1, index + '\\n')
}`
}

/** Asks within a budget as fast as it can, four at a time, and says how many answers it has had. */
function askingLines(path: string): string {
  return `${openingLines(path)}
import { writeSync } from 'node:fs'
import { answerWith, createBudget, createUsagePipeline } from 'test/fakes/usagePipeline.ts'
const budgets = [createBudget({ limit: 1_000_000 })]
const pipeline = createUsagePipeline({ database, clock: createClock(), budgets, answer: answerWith({ outputTokens: 1_000 }) })
let answers = 0
const askOn = async () => {
  for (;;) {
    await pipeline.ask()
    writeSync(1, ++answers + '\\n')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
await Promise.all([askOn(), askOn(), askOn(), askOn()])`
}

/** Kills the program some milliseconds after its first word, and returns the last whole line that it said. */
async function runUntilKilled(source: string, ms: number): Promise<number> {
  const child = startElsewhere(source)
  let said = ''
  let complaint = ''
  child.stderr?.on('data', (data) => (complaint += String(data)))
  child.stdout?.on('data', (data) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), ms)
    said += String(data)
  })
  const patience = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await once(child, 'close')
  clearTimeout(patience)
  assert.deepEqual([complaint, said === ''], ['', false], 'it said nothing in half a minute')
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1))
}

describe('the tables of the ledger', function () {
  this.timeout(60_000 + faultCounts.ledgerKills * 5_000)

  it('have every row that a window was told is there, however often one is killed while it writes', async () => {
    const folder = createDatabaseFolder()
    const context = `seed ${faultSeed}`
    try {
      const database = await folder.open()
      let from = 0
      for (let kill = 0; kill < faultCounts.ledgerKills; kill++) {
        const ms = (faultSeed * 31 + kill * 17) % 60
        const last = await runUntilKilled(writingLines(folder.path, from), ms)
        assert.ok(last >= from, context)
        const row = database.get('SELECT count(*) AS rows, max(at) AS latest FROM attempt')
        const latest = Number(row?.['latest']) - Date.UTC(2026, 0, 1)
        assert.ok(latest >= last, `${context}: ${last} was said to be there, ${latest} is the last`)
        // The kill may fall between a commit and its word, so that one row more is there; never a gap.
        assert.deepEqual([row?.['rows'], latest - last <= 1], [latest + 1, true], context)
        from = latest + 1
      }
      assert.equal(database.get('PRAGMA integrity_check')?.['integrity_check'], 'ok')
      assert.deepEqual(database.all('PRAGMA foreign_key_check'), [])
      const sums = database.all('SELECT sum(attempts) AS sum FROM usage_rollup GROUP BY span')
      assert.deepEqual(
        sums.map(({ sum }) => sum),
        rollupSpans.map(() => from),
      )
    } finally {
      folder.remove()
    }
  })

  it('agree with the budget, once what a killed window held has lapsed, however often one is killed', async () => {
    const folder = createDatabaseFolder()
    const context = `seed ${faultSeed}`
    try {
      const database = await folder.open()
      const kills = Math.ceil(faultCounts.ledgerKills / 4)
      let answers = 0
      for (let kill = 0; kill < kills; kill++) {
        answers += await runUntilKilled(askingLines(folder.path), (faultSeed * 13 + kill * 29) % 60)
      }
      const rows = Number(database.get('SELECT count(*) AS rows FROM attempt')?.['rows'])
      // What a kill cuts off between a row and its word: as many as were asked at once.
      const untold = rows - answers
      assert.ok(untold >= 0 && untold <= 4 * kills, `${context}: ${untold} rows were not told`)
      const clock = createManualClock(Date.now() + reservationMs)
      const budgets = [createBudget({ limit: 1_000_000 })]
      const pipeline = createUsagePipeline({
        database,
        clock,
        budgets,
        answer: answerWith({ outputTokens: 1_000 }),
      })
      await pipeline.ask()
      const [status] = pipeline.budgets.status()
      const lost = database.get('SELECT total(amount) AS amount FROM budget_reservation WHERE lapsed = 1')
      const spent = ((rows + 1) * 1e7 + Number(lost?.['amount'])) / 1e9
      assert.deepEqual([status?.spent, status?.reserved], [spent, 0], context)
    } finally {
      folder.remove()
    }
  })

  it('hold neither what was asked nor what was answered, nor a key, in any of their files', async () => {
    const folder = createDatabaseFolder()
    const [prompt, answer, key] = ['canary-prompt-5b1e', 'canary-answer-9c2d', 'sk-canary-3f9c1b7e5d2a4860']
    let isFailing = false
    const chat: Chat = async function* chat() {
      yield { type: 'reasoning', text: answer }
      yield { type: 'text', text: answer }
      yield { type: 'toolCall', callId: '1', name: 'look', input: { answer } }
      const cause = new Error(`Bearer ${key}: ${prompt}`)
      if (isFailing) throw new ModelError({ code: 'provider-error', message: `It said ${answer}.`, cause })
      yield { type: 'finish', reason: 'stop' }
    }
    try {
      const database = await folder.open()
      const clock = createManualClock()
      const pipeline = createUsagePipeline({ database, clock, budgets: [createBudget()], answer: chat })
      const messages = [{ role: 'user', content: [{ type: 'text', text: prompt }] }] as const
      await pipeline.ask({ messages })
      isFailing = true
      await assert.rejects(pipeline.ask({ messages }), { code: 'provider-error' })
      assert.equal(database.get('SELECT count(*) AS rows FROM attempt')?.['rows'], 2)
      const stored = dirname(folder.path)
      const files = readdirSync(stored)
      assert.ok(files.includes('roundhouse.db-wal'))
      for (const name of files) {
        const bytes = readFileSync(join(stored, name))
        for (const canary of [prompt, answer, key])
          assert.ok(!bytes.includes(canary), `${name} has ${canary}`)
      }
    } finally {
      folder.remove()
    }
  })
})
