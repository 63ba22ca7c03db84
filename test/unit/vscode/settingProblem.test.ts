import assert from 'node:assert/strict'
import { createEmitter } from '../../../src/core/event.js'
import {
  createProblemList,
  isOversized,
  joinProblems,
  type SettingProblem,
  settingOfPath,
} from '../../../src/vscode/settingProblem.js'

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

describe('createProblemList', () => {
  it('describes a hundred problems and counts the others', () => {
    const problems = createProblemList('roundhouse.x')
    let described = 0
    for (let index = 0; index < 250; index++)
      problems.add(`roundhouse.x[${index}]`, () => {
        described++
        return 'is wrong.'
      })
    assert.equal(described, 100)
    assert.equal(problems.list().length, 101)
    assert.deepEqual(problems.list().at(-1), { path: 'roundhouse.x', message: 'has 150 more problems.' })
    assert.equal(problems.isHopeless, false)
  })

  it('is hopeless after a thousand, and counts what is not read then', () => {
    const problems = createProblemList('roundhouse.x')
    for (let index = 0; index < 1_000; index++) problems.add('roundhouse.x', () => 'is wrong.')
    assert.equal(problems.isHopeless, true)
    problems.skip()
    problems.skip()
    assert.equal(
      problems.list().at(-1)?.message,
      'has 900 more problems and has 2 more entries that were not read.',
    )
  })
})

describe('isOversized', () => {
  it('counts what is in lists and objects, however deep', () => {
    const numbers = Array.from({ length: 5_000 }, (_, index) => index)
    assert.equal(isOversized({ a: numbers }), false)
    assert.equal(isOversized({ a: numbers, b: { c: numbers } }), true)
    assert.equal(isOversized('x'.repeat(100_000)), false)
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level++) deep = [deep]
    assert.equal(isOversized(deep), true)
  })
})
