import assert from 'node:assert/strict'
import { budgetList } from '../../../../src/vscode/policies/budgetSchema.js'
import { readList } from '../../../../src/vscode/policies/listSetting.js'
import { budgetReport, budgetTable } from '../../../../src/vscode/views/budgetReport.js'
import { createBudget } from '../../../fakes/usagePipeline.js'

describe('budgetReport', () => {
  it('shows by an example that is valid how a budget is made, where there is none', () => {
    const [, example = ''] = /```json\n"roundhouse\.budgets": (.*)\n```/.exec(budgetReport([], [])) ?? []
    const { entries, problems } = readList(budgetList, JSON.parse(example))
    assert.deepEqual([entries.length, problems], [1, []])
  })

  it('says first what of the setting is not in force', () => {
    const { problems } = readList(budgetList, [{ id: 'mine', limit: 5, window: 'fortnight' }])
    const page = budgetReport([], problems)
    assert.match(
      page,
      /^# Budgets\n\n\*\*Some of the setting is not in force:\*\*\n\n- .*window must be one of/,
    )
    assert.doesNotMatch(budgetReport([], []), /not in force/)
  })

  it('says of a workspace’s budget that the workspace set it, and not what the workspace is called', () => {
    const scope = { kind: 'workspace', value: '[Fix](command:evil)' } as const
    const use = { scopeValue: scope.value, window: { end: 0 }, spent: 1, reserved: 0 }
    const page = budgetTable([
      { ...use, budget: createBudget({ name: 'day (set by the workspace)', scope, setBy: 'workspace' }) },
    ])
    assert.match(page, /\| day \\\(set by the workspace\\\) \|.*\| this workspace \|/)
    assert.doesNotMatch(page, /evil/)
  })
})
