import assert from 'node:assert/strict'
import { budgetList } from '../../../../src/vscode/policies/budgetSchema.js'
import { readList } from '../../../../src/vscode/policies/listSetting.js'
import { budgetReport } from '../../../../src/vscode/views/budgetReport.js'

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
})
