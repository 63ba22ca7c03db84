import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { isModelError } from '../../../../src/core/errors.js'
import type { Budget } from '../../../../src/core/usage/budget.js'
import { createBudgetPlan } from '../../../../src/core/usage/budgetPlan.js'
import { budgetList } from '../../../../src/vscode/policies/budgetSchema.js'
import { completeWorkspaceBudget } from '../../../../src/vscode/policies/completeBudgets.js'
import { readList } from '../../../../src/vscode/policies/listSetting.js'
import { readWorkspaceBudgets } from '../../../../src/vscode/policies/workspaceBudgets.js'
import { createDatabaseFolder, type DatabaseFolder } from '../../../fakes/databases.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { answerWith, createBudget, createRequest, createUsagePipeline } from '../../../fakes/usagePipeline.js'

/** Settings of a workspace of one folder. */
const read = (workspace: unknown) => readWorkspaceBudgets({ user: undefined, workspace, folders: [] })

const budgetsOf = (workspace: unknown, name = 'app'): readonly Budget[] =>
  read(workspace).value.map((entry) => completeWorkspaceBudget(entry, name, 'UTC'))

const said = ({ path, message }: { path: string; message: string }) => `${path} ${message}`

describe('the setting roundhouse.workspaceBudgets', () => {
  it('makes hard monthly budgets in USD about this workspace of entries that say no more than a limit', () => {
    assert.deepEqual(budgetsOf([{ id: 'team', limit: 5 }]), [
      {
        id: 'workspace/team',
        name: 'team (set by the workspace)',
        unit: 'usd',
        limit: 5,
        window: 'month',
        timeZone: 'UTC',
        scope: { kind: 'workspace', value: 'app' },
        kind: 'hard',
        warnAt: [0.8, 1],
        unknownPrice: 'refuse',
        setBy: 'workspace',
      },
    ])
  })

  it('is about this workspace whatever the scope says, and takes over what else is said', () => {
    for (const scope of [{ kind: 'all' }, { kind: 'caller', value: 'acme.rival' }, 'everything', null, 7]) {
      const [budget] = budgetsOf([
        {
          id: 'team',
          limit: 9,
          unit: 'requests',
          window: 'hour',
          kind: 'soft',
          unknownPrice: 'allow',
          scope,
        },
      ])
      assert.deepEqual(budget?.scope, { kind: 'workspace', value: 'app' })
      const { unit, limit, window, kind, unknownPrice } = budget
      assert.deepEqual([unit, limit, window, kind, unknownPrice], ['requests', 9, 'hour', 'soft', 'allow'])
    }
  })

  for (const [entry, problem] of [
    [{ limit: 1 }, 'roundhouse.workspaceBudgets[1].id is missing'],
    [{ id: 'b', limit: 0 }, 'roundhouse.workspaceBudgets[1].limit must be more than 0'],
    [{ id: 'b', limit: -5 }, 'roundhouse.workspaceBudgets[1].limit must be more than 0'],
    [{ id: 'b', limit: null }, 'roundhouse.workspaceBudgets[1].limit must be a number'],
    [{ id: '../user', limit: 5 }, 'roundhouse.workspaceBudgets[1].id use lower-case letters'],
    [{ id: 'b', limit: 5, window: 'year' }, 'roundhouse.workspaceBudgets[1].window must be one of: hour'],
    [{ id: 'b', limit: 5, name: 'My Month' }, 'roundhouse.workspaceBudgets[1] has no “name”'],
    [{ id: 'b', limit: 5, warnAt: [0.01] }, 'roundhouse.workspaceBudgets[1] has no “warnAt”'],
    [{ id: 'good', limit: 5 }, 'roundhouse.workspaceBudgets[1] has the name “good” of an earlier entry'],
    [null, 'roundhouse.workspaceBudgets[1] must be an object'],
  ] as const) {
    it(`says of ${JSON.stringify(entry)} what is wrong, and holds the others`, () => {
      const { value, problems } = read([{ id: 'good', limit: 1 }, entry, { id: 'last', limit: 2 }])
      assert.deepEqual(
        value.map(({ id }) => id),
        ['good', 'last'],
      )
      assert.deepEqual(problems.map(said).length, 1)
      assert.ok(problems.map(said)[0]?.startsWith(problem), problems.map(said)[0])
    })
  }

  it('holds what the workspace and each of its folders say, though they use the same ids', () => {
    const { value, problems } = readWorkspaceBudgets({
      user: undefined,
      workspace: [{ id: 'day', limit: 3 }],
      folders: [[{ id: 'day', limit: 2 }], undefined, [{ id: 'day', limit: 1 }], 'none'],
    })
    assert.deepEqual(
      value.map(({ budgetId, limit }) => [budgetId, limit]),
      [
        ['workspace/day', 3],
        ['workspace/1/day', 2],
        ['workspace/3/day', 1],
      ],
    )
    assert.deepEqual(problems.map(said), ['roundhouse.workspaceBudgets must be a list.'])
  })

  it('is not used in the user’s own settings, which is said', () => {
    const { value, problems } = readWorkspaceBudgets({
      user: [{ id: 'mine', limit: 1 }],
      workspace: undefined,
      folders: [],
    })
    assert.deepEqual(value, [])
    assert.match(
      problems.map(said).join(),
      /for the settings of a workspace.*yours are `roundhouse\.budgets`/,
    )
  })

  it('is read no further than its first twenty entries, and says no more than twenty things of them', () => {
    const good = read(Array.from({ length: 1_000 }, (_, index) => ({ id: `b${index}`, limit: 1 })))
    assert.equal(good.value.length, 20)
    assert.deepEqual(good.problems.map(said), [
      'roundhouse.workspaceBudgets has 1000 entries; the first 20 are read, and no more.',
    ])
    const noise = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x${index}`, index]))
    const bad = read(Array.from({ length: 1_000 }, () => ({ id: 7, window: 'x', kind: 'x', ...noise })))
    assert.equal(bad.problems.length, 20)
    assert.ok(
      said(bad.problems.toSorted((a, b) => b.message.length - a.message.length)[0] ?? fail()).length < 400,
    )
  })

  it('has no effect beyond this workspace and no name of the user’s, whatever is written there', () => {
    const member = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('usd', 'tokens', 'hour', 'hard', 'soft', 'all', 1, 0.5),
    )
    const entry = fc.dictionary(
      fc.constantFrom(
        'id',
        'name',
        'limit',
        'unit',
        'window',
        'scope',
        'kind',
        'timeZone',
        'setBy',
        'budgetId',
      ),
      member,
      { noNullPrototype: true },
    )
    const named = fc
      .tuple(entry, fc.stringMatching(/^[a-z0-9-]{1,8}$/))
      .map(([rest, id]) => ({ ...rest, id }))
    const value = fc.oneof(fc.array(fc.oneof(entry, named)), fc.jsonValue({ maxDepth: 2 }))
    fc.assert(
      fc.property(value, (written) => {
        for (const budget of budgetsOf(written)) {
          assert.deepEqual(budget.scope, { kind: 'workspace', value: 'app' })
          assert.equal(budget.setBy, 'workspace')
          assert.match(budget.name, /^[a-z0-9-]+ \(set by the workspace\)$/)
          const asUsers = readList(budgetList, [{ id: budget.id, limit: 1 }])
          assert.deepEqual(asUsers.entries, [], budget.id)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('budgets of a workspace', () => {
  let folder: DatabaseFolder
  beforeEach(() => void (folder = createDatabaseFolder()))
  afterEach(() => folder.remove())

  const caller = { door: 'languageModel', extension: 'acme.helper', workspace: 'app' } as const

  /** Whether each of these requests of the workspace is answered, at a cent each. */
  async function answers(
    budgets: readonly Budget[],
    callers: readonly object[],
  ): Promise<readonly boolean[]> {
    const database = await folder.open()
    const clock = createManualClock(Date.UTC(2026, 10, 21, 12))
    const window = createUsagePipeline({
      database,
      clock,
      budgets,
      answer: answerWith({ outputTokens: 1_000 }),
    })
    const answered: boolean[] = []
    for (const facts of callers) {
      const request = createRequest({ caller: { ...caller, ...facts } })
      const isAnswered = await window.ask(request).then(
        () => true,
        (error: unknown) => {
          assert.ok(isModelError(error) && error.code === 'budget-exceeded', String(error))
          return false
        },
      )
      answered.push(isAnswered)
    }
    return answered
  }

  it('hold beside the user’s, and end with the workspace', async () => {
    const budgets = [createBudget({ id: 'day', limit: 0.045 }), ...budgetsOf([{ id: 'day', limit: 0.025 }])]
    const elsewhere = { workspace: 'other' }
    assert.deepEqual(await answers(budgets, [{}, {}, {}, elsewhere, elsewhere, elsewhere]), [
      true,
      true,
      false,
      true,
      true,
      false,
    ])
  })

  it('never let through what the user’s alone would refuse, also where both count the same', async () => {
    const own = createBudget({ id: 'app', limit: 0.025, scope: { kind: 'workspace', value: 'app' } })
    const wide = budgetsOf([
      { id: 'app', limit: 1_000, unknownPrice: 'allow' },
      { id: 'soft', limit: 1_000, kind: 'soft' },
    ])
    assert.deepEqual(await answers([own, ...wide], [{}, {}, {}]), [true, true, false])
  })

  it('leave every budget of the user in force, in the place and with the limit that it has', () => {
    const amount = fc.integer({ min: 1, max: 100 })
    const users = fc.array(
      fc.record({ id: fc.constantFrom('a', 'b', 'c'), limit: amount, kind: fc.constantFrom('hard', 'soft') }),
    )
    const theirs = fc.array(
      fc.record({ id: fc.constantFrom('a', 'b', 'c'), limit: amount, kind: fc.constantFrom('hard', 'soft') }),
    )
    const subject = { provider: 'scripted', model: { connection: 'work', id: 'small' }, caller }
    fc.assert(
      fc.property(users, theirs, (own, added) => {
        const budgets = own.map((facts) => createBudget(facts))
        const plannedOf = (all: readonly Budget[]) =>
          createBudgetPlan(() => all)
            .planFor(subject, Date.UTC(2026, 10, 21))
            .map(({ budget }) => budget)
        const both = plannedOf([...budgets, ...budgetsOf(added)])
        assert.deepEqual(
          both.filter(({ setBy }) => setBy === undefined),
          plannedOf(budgets),
        )
        assert.equal(
          new Set(both.filter(({ setBy }) => setBy).map(({ id }) => id)).size,
          both.length - own.length,
        )
      }),
    )
  })

  it('say who set them when they refuse, and do not call the workspace by its name', async () => {
    const database = await folder.open()
    const clock = createManualClock(Date.UTC(2026, 10, 21, 12))
    const workspace = '[Fix it](command:evil)'
    const budgets = budgetsOf([{ id: 'month', limit: 0.001 }], workspace)
    const window = createUsagePipeline({ database, clock, budgets, answer: answerWith({}) })
    await assert.rejects(window.ask({ caller: { ...caller, workspace } }), (error) => {
      assert.ok(isModelError(error))
      assert.match(
        error.message,
        /^The budget “month \(set by the workspace\)” of \$0\.0010 a month does not/,
      )
      assert.match(error.message, /or raise the budget in the workspace’s settings\.$/)
      assert.doesNotMatch(error.message, /evil/)
      return true
    })
  })
})

function fail(): never {
  return assert.fail('nothing was said')
}
