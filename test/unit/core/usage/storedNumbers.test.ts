import assert from 'node:assert/strict'
import type { Chat } from '../../../../src/core/chat.js'
import { isModelError } from '../../../../src/core/errors.js'
import type { Budget } from '../../../../src/core/usage/budget.js'
import { createReport } from '../../../../src/core/usage/report.js'
import { mostStored, toStoredReal, toStoredWhole } from '../../../../src/core/usage/storedNumbers.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import {
  answerWith,
  createBudget,
  createPricedModel,
  createUsage,
  createUsagePipeline,
  type UsagePipelineOptions,
} from '../../../fakes/usagePipeline.js'

const isExceeded = (error: unknown): boolean => isModelError(error) && error.code === 'budget-exceeded'

describe('a number in the database', () => {
  it('is one that can be read again, whatever it was', () => {
    const values = [-1, Number.NaN, 0, 1.5, 2 ** 53, 1e300, Infinity]
    assert.deepEqual(values.map(toStoredWhole), [0, 0, 0, 2, mostStored, mostStored, mostStored])
    assert.deepEqual(values.map(toStoredReal), [0, 0, 0, 1.5, mostStored, mostStored, mostStored])
    assert.ok(Number.isSafeInteger(mostStored))
  })
})

describe('budgets and numbers that cannot be', () => {
  const database = useOpenDatabase(useDatabaseFolder())
  const open = (budgets: readonly Budget[], facts: Partial<UsagePipelineOptions>) =>
    createUsagePipeline({
      database,
      clock: createManualClock(Date.UTC(2026, 10, 21, 12)),
      budgets,
      answer: answerWith({}),
      ...facts,
    })

  it('hold though a server counts more tokens than there are, or none', async () => {
    for (const outputTokens of [2 ** 53, 1e19, -1e19, 0, Number.NaN]) {
      const text = 'word '.repeat(1_000)
      const answer: Chat = async function* answer() {
        yield { type: 'text', text }
        yield { type: 'usage', usage: createUsage({ inputTokens: 5, outputTokens }) }
        yield { type: 'finish', reason: 'stop' }
      }
      database.exec('DELETE FROM budget_counter; DELETE FROM attempt; DELETE FROM usage_rollup')
      const window = open([createBudget({ limit: 0.1 })], { answer })
      let answers = 0
      for (; answers < 300; answers++)
        if ((await window.ask().catch((error: unknown) => assert.ok(isExceeded(error)))) === undefined) break
      assert.ok(answers > 1 && answers < 20, `${outputTokens}: ${answers} answers`)
      const [status] = window.budgets.status()
      assert.ok((status?.spent ?? 0) > 0.08 && (status?.spent ?? 1) <= 0.1, `${status?.spent}`)
    }
  })

  it('go on being read, however large their sums are', async () => {
    const model = createPricedModel({ pricing: { input: 1e5, output: 1e5 } })
    const usage = { inputTokens: 1e12, outputTokens: 1e12 }
    const window = open(
      [createBudget({ kind: 'soft' }), createBudget({ id: 'tokens', unit: 'tokens', kind: 'soft' })],
      {
        models: [model],
        answer: answerWith(usage),
      },
    )
    for (let turn = 0; turn < 5; turn++) await window.ask()
    database.exec('UPDATE budget_counter SET spent = 8999999999999999')
    database.exec('UPDATE usage_rollup SET cost = 8999999999999999, uncached_input = 8999999999999999')
    await window.ask()
    const [money, tokens] = window.budgets.status()
    assert.deepEqual([money?.spent, tokens?.spent], [9e6, 9e15])
    const by = [[], ['model'], ['caller'], ['outcome'], ['day']] as const
    for (const dimensions of by) {
      const period = { from: 0, to: Date.UTC(2027) }
      const [row] = createReport(database, {
        period: { ...period, from: Date.UTC(2026, 10) },
        by: dimensions,
        timeZone: 'UTC',
      })
      assert.equal(row?.attempts, 6)
    }
    assert.equal([...window.ledger.read({ from: 0, to: 9e15 })].length, 6)
  })
})
