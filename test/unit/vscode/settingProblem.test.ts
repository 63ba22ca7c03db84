import assert from 'node:assert/strict'
import { createEmitter } from '../../../src/core/event.js'
import { joinProblems, type SettingProblem, settingOfPath } from '../../../src/vscode/settingProblem.js'

describe('settingOfPath', () => {
  for (const [path, setting] of [
    ['roundhouse.budgets', 'roundhouse.budgets'],
    ['roundhouse.budgets[1].scope.kind', 'roundhouse.budgets'],
    ['roundhouse.parameterTemplates.mine.topK', 'roundhouse.parameterTemplates'],
  ] as const) {
    it(`finds ${setting} in ${path}`, () => assert.equal(settingOfPath(path), setting))
  }
})

describe('joinProblems', () => {
  function createChecked(...problems: SettingProblem[]) {
    const changed = createEmitter<void>()
    return { problems: () => problems, onDidChange: changed.event, fire: () => changed.fire() }
  }

  it('has the problems of all settings, and announces a change of any until it is let go', () => {
    const one = createChecked({ path: 'roundhouse.a', message: 'must be a list.' })
    const other = createChecked({ path: 'roundhouse.b[0]', message: 'has no “x”.' })
    const joined = joinProblems([one, other])
    assert.deepEqual(
      joined.list().map(({ path }) => path),
      ['roundhouse.a', 'roundhouse.b[0]'],
    )
    let changes = 0
    const subscription = joined.onDidChange(() => void changes++)
    one.fire()
    other.fire()
    subscription.dispose()
    one.fire()
    assert.equal(changes, 2)
  })
})
