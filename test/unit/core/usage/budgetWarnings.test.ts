import assert from 'node:assert/strict'
import { dayMs } from '../../../../src/core/durations.js'
import type { Budget } from '../../../../src/core/usage/budget.js'
import { createDatabaseFolder, type DatabaseFolder } from '../../../fakes/databases.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { answerWith, createBudget, createUsagePipeline } from '../../../fakes/usagePipeline.js'

const caller = { door: 'languageModel', workspace: '[Fix it](command:evil)' } as const

/** As many as a workspace may write, each with thresholds of its own. */
const ofWorkspace: readonly Budget[] = Array.from({ length: 20 }, (_, index) =>
  createBudget({
    id: `workspace/b${index}`,
    name: `b${index} (set by the workspace)`,
    kind: 'soft',
    limit: 0.01 * (index + 1),
    window: 'day',
    warnAt: [0.5, 1],
    scope: { kind: 'workspace', value: caller.workspace },
    setBy: 'workspace',
  }),
)

describe('warnings of a workspace’s budgets', () => {
  let folder: DatabaseFolder
  beforeEach(() => void (folder = createDatabaseFolder()))
  afterEach(() => folder.remove())

  it('are told once a day for all of them and in one window, and the log has the others', async () => {
    const clock = createManualClock(Date.UTC(2026, 10, 21, 1))
    const answer = answerWith({ outputTokens: 1_000 })
    const open = async () =>
      createUsagePipeline({ database: await folder.open(), clock, budgets: ofWorkspace, answer })
    const windows = [await open(), await open()]
    const askAll = async (): Promise<void> => {
      for (let turn = 0; turn < 4; turn++) for (const window of windows) await window.ask({ caller })
    }
    const told = () => windows.flatMap(({ warnings }) => warnings.map(({ message }) => message))
    await askAll()
    assert.equal(told().length, 1)
    assert.match(told()[0] ?? '', /^100 % of the budget “b\d+ \(set by the workspace\)” is used: /)
    assert.doesNotMatch(told().join(), /evil/)
    assert.ok(windows.flatMap(({ log }) => log.lines).filter((line) => line.includes('set by')).length > 5)
    await clock.advance(dayMs)
    await askAll()
    assert.equal(told().length, 2)
  })

  it('do not keep the user’s own from being told', async () => {
    const clock = createManualClock(Date.UTC(2026, 10, 21, 1))
    const own = createBudget({ limit: 0.01, kind: 'soft', warnAt: [1] })
    const window = createUsagePipeline({
      database: await folder.open(),
      clock,
      budgets: [...ofWorkspace, own],
      answer: answerWith({ outputTokens: 1_000 }),
    })
    await window.ask({ caller })
    const [first, second] = window.warnings.map(({ budget }) => budget.id)
    assert.deepEqual([first?.startsWith('workspace/'), second, window.warnings.length], [true, 'month', 2])
  })
})
