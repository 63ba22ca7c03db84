import assert from 'node:assert/strict'
import { budgetDefaults } from '../../../../src/core/usage/budget.js'
import { budgetList, readBudgets } from '../../../../src/vscode/policies/budgetSchema.js'
import { completeBudget, unreadableBudget } from '../../../../src/vscode/policies/completeBudgets.js'
import { readList } from '../../../../src/vscode/policies/listSetting.js'
import type { SettingProblem } from '../../../../src/vscode/settingProblem.js'
import { readBlocks, readPage } from '../../../fakes/pages.js'

const read = (...entries: unknown[]) => readList(budgetList, entries)

const said = (problem?: SettingProblem) => `${problem?.path} ${problem?.message}`

describe('a budget that cannot be read', () => {
  const good = { id: 'good', limit: 5 }
  const problemOf = (value: unknown) => readBudgets(value).value.problem

  for (const [value, problem] of [
    [[good, { id: 'b', limit: 'ten' }], 'roundhouse.budgets[1].limit must be a number.'],
    [
      [good, { ...good, limit: 2 }],
      'roundhouse.budgets[1] has the name “good” of an earlier entry and is not used.',
    ],
    [[good, 7], 'roundhouse.budgets[1] must be an object.'],
    ['none', 'roundhouse.budgets must be a list.'],
    [null, 'roundhouse.budgets must be a list.'],
    [{ good }, 'roundhouse.budgets must be a list.'],
  ] as const)
    it(`keeps everything from being asked: ${problem}`, () => {
      assert.equal(problemOf(value), problem)
      assert.equal(unreadableBudget(problem, 'UTC').problem, problem)
      assert.equal(unreadableBudget(problem, 'UTC').kind, 'hard')
    })

  it('keeps nothing from being asked if it would only have warned, or if there is none', () => {
    for (const value of [undefined, [], [good], [good, { id: 'b', limit: 'ten', kind: 'soft' }]])
      assert.equal(problemOf(value), undefined)
  })
})

describe('roundhouse.budgets', () => {
  it('needs an id and a limit, and takes the rest as usual: a hard one in USD, for all, each month', () => {
    const { entries, problems } = read({ id: 'mine', limit: 20 })
    assert.deepEqual(problems, [])
    assert.deepEqual(
      entries.map((entry) => completeBudget(entry, 'Europe/Berlin')),
      [
        {
          id: 'mine',
          name: 'mine',
          unit: 'usd',
          limit: 20,
          window: 'month',
          timeZone: 'Europe/Berlin',
          scope: { kind: 'all' },
          kind: 'hard',
          warnAt: [0.8, 1],
          unknownPrice: 'refuse',
        },
      ],
    )
  })

  it('keeps everything that a user writes', () => {
    const written = {
      id: 'bots',
      name: 'Bots',
      unit: 'requests',
      limit: 100,
      window: 'hour',
      timeZone: 'UTC',
      scope: { kind: 'caller', value: 'maker.bot' },
      kind: 'soft',
      warnAt: [0.5],
      unknownPrice: 'allow',
    }
    const [entry] = read(written).entries
    assert.ok(entry)
    assert.deepEqual(completeBudget(entry, 'local'), written)
  })

  for (const [entry, problem] of [
    [{ limit: 1 }, 'roundhouse.budgets[1].id is missing'],
    [{ id: 'b', limit: 0 }, 'roundhouse.budgets[1].limit must be more than 0'],
    [{ id: 'b', limit: '5' }, 'roundhouse.budgets[1].limit must be a number'],
    [{ id: 'B!', limit: 5 }, 'roundhouse.budgets[1].id use lower-case letters'],
    [
      { id: 'b', limit: 5, window: 'year' },
      'roundhouse.budgets[1].window must be one of: hour, day, week, month',
    ],
    [{ id: 'b', limit: 5, scope: { kind: 'team' } }, 'roundhouse.budgets[1].scope.kind must be one of: all'],
    [{ id: 'b', limit: 5, amount: 3 }, 'roundhouse.budgets[1] has no “amount”'],
    [{ id: 'good', limit: 5 }, 'roundhouse.budgets[1] has the name “good” of an earlier entry'],
    ['five', 'roundhouse.budgets[1] must be an object'],
  ] as const) {
    it(`says of ${JSON.stringify(entry)} what is wrong, and uses the others`, () => {
      const { entries, problems } = read({ id: 'good', limit: 1 }, entry, { id: 'last', limit: 2 })
      assert.deepEqual(
        entries.map(({ id }) => id),
        ['good', 'last'],
      )
      assert.equal(problems.length, 1)
      assert.ok(said(problems[0]).startsWith(problem), said(problems[0]))
    })
  }

  for (const [member, value, path] of [
    ['warnAt', [2], 'roundhouse.budgets[0].warnAt.0'],
    ['timeZone', 'Europe/Berln', 'roundhouse.budgets[0].timeZone'],
    ['name', null, 'roundhouse.budgets[0].name'],
    ['//', 'for the team', 'roundhouse.budgets[0]'],
  ] as const) {
    it(`leaves out ${member} ${JSON.stringify(value)} and keeps the budget`, () => {
      const { entries, problems } = read({ id: 'b', limit: 5, [member]: value })
      assert.deepEqual(
        entries.map(({ id, limit, timeZone }) => [id, limit, timeZone]),
        [['b', 5, undefined]],
      )
      assert.deepEqual(
        problems.map((problem) => problem.path),
        [path],
      )
    })
  }

  it('says that it must be a list where it is none', () => {
    assert.deepEqual(readList(budgetList, { id: 'b', limit: 1 }), {
      entries: [],
      problems: [{ path: 'roundhouse.budgets', message: 'must be a list.' }],
    })
    assert.deepEqual(readList(budgetList, undefined), { entries: [], problems: [] })
  })

  it('is in docs/usage.md as it may be written, with what holds where nothing is', () => {
    const example: unknown = JSON.parse(readBlocks('usage.md', 'json')[0] ?? '')
    const { entries, problems } = readList(budgetList, example)
    assert.deepEqual([entries.length, problems], [4, []])
    const rows = readPage('usage.md').split('\n')
    const { timeZone: _, scope, warnAt, ...defaults } = budgetDefaults
    const told = { ...defaults, scope: scope.kind, warnAt: `[${warnAt.join(', ')}]` }
    for (const [name, value] of Object.entries(told)) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\` |`))
      assert.ok(row?.endsWith(`| \`${value}\` |`), `${name}: ${row}`)
    }
  })
})
