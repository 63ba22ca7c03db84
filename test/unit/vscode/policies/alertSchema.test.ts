import assert from 'node:assert/strict'
import { defaultAlertRules, measureNames } from '../../../../src/core/usage/alertRules.js'
import { alertList } from '../../../../src/vscode/policies/alertSchema.js'
import { completeRules } from '../../../../src/vscode/policies/completeRules.js'
import { readList } from '../../../../src/vscode/policies/listSetting.js'
import type { SettingProblem } from '../../../../src/vscode/settingProblem.js'
import { readBlocks } from '../../../fakes/pages.js'

const read = (...entries: unknown[]) => readList(alertList, entries)
const ids = (...entries: unknown[]) => completeRules(read(...entries).entries).map(({ id }) => id)
const own = defaultAlertRules.map(({ id }) => id)

const said = (problem?: SettingProblem) => `${problem?.path} ${problem?.message}`

describe('roundhouse.alerts.rules', () => {
  it('needs an id, a metric and a border, and takes the rest as usual', () => {
    const { entries, problems } = read({ id: 'dear', metric: 'costPerRequest', above: 0.5 })
    assert.deepEqual(problems, [])
    assert.deepEqual(completeRules(entries).at(-1), {
      id: 'dear',
      watches: 'model',
      when: { measure: 'costPerRequest', above: 0.5 },
      window: 'hour',
      leastRequests: 5,
      severity: 'warning',
      pauseMs: 6 * 3_600_000,
    })
  })

  it('takes the rule of docs/health.md', () => {
    const { entries, problems } = read(JSON.parse(readBlocks('health.md', 'json')[0] ?? ''))
    assert.deepEqual([entries[0]?.metric, problems], ['costPerRequest', []])
  })

  it('keeps everything that a user writes', () => {
    const { entries } = read({
      id: 'slow',
      metric: 'tokensPerSecond',
      below: 20,
      scope: 'connection',
      only: 'work*',
      window: 'twoWeeks',
      leastRequests: 50,
      severity: 'info',
      pauseHours: 0.5,
    })
    assert.deepEqual(completeRules(entries).at(-1), {
      id: 'slow',
      watches: 'connection',
      only: 'work*',
      when: { measure: 'tokensPerSecond', below: 20 },
      window: 'twoWeeks',
      leastRequests: 50,
      severity: 'info',
      pauseMs: 1_800_000,
    })
  })

  it('takes every metric', () => {
    const entries = measureNames.map((metric) => ({ id: metric.toLowerCase(), metric, above: 1 }))
    assert.deepEqual(read(...entries).problems, [])
  })

  it('leaves Roundhouse’s own as they are, replaces one of the same id, and turns one off', () => {
    assert.deepEqual(ids(), own)
    assert.deepEqual(ids({ id: 'mine', metric: 'healthScore', below: 80 }), [...own, 'mine'])
    assert.deepEqual(ids({ id: 'model-slow', metric: 'latencyP95Ms', above: 60_000 }), own)
    assert.deepEqual(
      ids({ id: 'model-slow', enabled: false }),
      own.filter((id) => id !== 'model-slow'),
    )
  })

  const border = 'must have a metric, and either “above” or “below”'
  for (const [entry, problem] of [
    [{ id: 'a', metric: 'healthScore' }, border],
    [{ id: 'a', above: 5 }, border],
    [{ id: 'a', metric: 'healthScore', above: 1, below: 2 }, border],
    [{ id: 'a', metric: 'mood', above: 1 }, 'must be one of: healthScore, '],
    [{ id: 'a', metric: 'healthScore', above: -1 }, 'must be at least 0'],
    [{ id: 'a', metric: 'healthScore', above: 1, window: 'year' }, 'must be one of: hour, twoWeeks'],
    [{ id: 'A b', metric: 'healthScore', above: 1 }, 'use lower-case letters'],
  ] as const) {
    it(`refuses ${JSON.stringify(entry)}, and goes on with the others`, () => {
      const { entries, problems } = read(entry, { id: 'b', metric: 'healthScore', below: 50 })
      assert.equal(problems.length, 1)
      assert.ok(said(problems[0]).includes(problem), said(problems[0]))
      assert.deepEqual(
        entries.map(({ id }) => id),
        ['b'],
      )
    })
  }
})
