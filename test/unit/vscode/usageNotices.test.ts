import assert from 'node:assert/strict'
import { defaultAlertRules } from '../../../src/core/usage/alertRules.js'
import { budgetDefaults } from '../../../src/core/usage/budget.js'
import type { Notice } from '../../../src/vscode/commands/ui.js'
import { createUsageNotices } from '../../../src/vscode/usageNotices.js'
import { settle } from '../../fakes/manualClock.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'

function createShown(press?: string) {
  const told: Notice[] = []
  const executed: string[] = []
  const log = createMemoryLog()
  const notices = createUsageNotices({
    loadUi: async () => ({
      tell: async (notice) => {
        told.push(notice)
        return press
      },
    }),
    host: { execute: async (command) => void executed.push(command) },
    log,
  })
  return { told, executed, log, notices }
}

const warning = (share: number) => ({
  budget: { ...budgetDefaults, id: 'b', name: 'Monthly', limit: 5 },
  scopeValue: '',
  share,
  spent: 4,
  message: '80 % of the budget “Monthly” is used.',
})
const [rule] = defaultAlertRules

describe('createUsageNotices', () => {
  it('tells of an answer that ended at a budget, and goes on in Chat', async () => {
    for (const [button, command] of [
      ['Go On', 'workbench.action.chat.open'],
      ['Show Budgets', 'roundhouse.showBudgets'],
    ] as const) {
      const { told, executed, notices } = createShown(button)
      notices.limited({ tokens: 8_192, budget: 'Month' })
      await settle()
      assert.deepEqual(told, [
        {
          level: 'info',
          message: 'The answer ended after 8,192 tokens: the budget “Month” allowed no more at once.',
          buttons: ['Go On', 'Show Budgets'],
        },
      ])
      assert.deepEqual(executed, [command])
    }
  })

  it('tells of a threshold, warns of a limit, and leads to the budgets', async () => {
    const { told, executed, notices } = createShown('Show Budgets')
    notices.budget(warning(0.8))
    notices.budget(warning(1))
    await settle()
    assert.deepEqual(
      told.map(({ level, message }) => [level, message]),
      [
        ['info', '80 % of the budget “Monthly” is used.'],
        ['warning', '80 % of the budget “Monthly” is used.'],
      ],
    )
    assert.deepEqual(executed, ['roundhouse.showBudgets', 'roundhouse.showBudgets'])
  })

  it('silences an alert where the user asks for it, and only then', async () => {
    assert.ok(rule)
    const alert = { rule, subject: { connection: 'work' }, message: 'work fails.' }
    let silenced = 0
    const silencing = createShown('Silence for a Day')
    silencing.notices.alert(alert, () => void silenced++)
    await settle()
    assert.equal(silenced, 1)
    assert.deepEqual(silencing.told[0]?.buttons, ['Show Health', 'Silence for a Day'])
    const dismissing = createShown()
    dismissing.notices.alert(alert, () => void silenced++)
    await settle()
    assert.equal(silenced, 1)
  })

  it('says that texts are still there, and deletes them where the user asks for it', async () => {
    let deleted = 0
    const asked = createShown('Delete Them')
    asked.notices.keptTexts(1, () => void deleted++)
    await settle()
    assert.equal(deleted, 1)
    assert.match(asked.told[0]?.message ?? '', /Those of 1 call are still on this machine\./)
    createShown().notices.keptTexts(2, () => void deleted++)
    await settle()
    assert.equal(deleted, 1)
  })

  it('logs what a button could not do', async () => {
    assert.ok(rule)
    const { notices, log } = createShown('Silence for a Day')
    notices.alert({ rule, subject: { connection: 'work' }, message: 'work fails.' }, () => {
      throw new Error('read-only')
    })
    await settle()
    assert.deepEqual(log.lines, ['error A notice failed: work fails.: read-only'])
  })
})
