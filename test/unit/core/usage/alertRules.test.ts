import assert from 'node:assert/strict'
import {
  type AlertRule,
  alertRuleDefaults,
  defaultAlertRules,
  findAlert,
} from '../../../../src/core/usage/alertRules.js'
import type { ModelStatistics } from '../../../../src/core/usage/metrics.js'

const usual: ModelStatistics = {
  requests: 20,
  successRate: 1,
  fallbackRate: 0,
  cacheHitRate: 0,
  healthScore: 100,
}
const model = { connection: 'work', id: 'org/small' }

function rule(when: AlertRule['when']): AlertRule {
  return { ...alertRuleDefaults, id: 'mine', window: 'twoWeeks', when }
}

function find(when: AlertRule['when'], statistics: Partial<ModelStatistics>): string | undefined {
  return findAlert(rule(when), { connection: 'work', model }, { ...usual, ...statistics })
}

describe('alert rules', () => {
  it('hold beyond their border, not at it', () => {
    assert.equal(find({ measure: 'healthScore', below: 50 }, { healthScore: 50 }), undefined)
    assert.equal(
      find({ measure: 'healthScore', below: 50 }, { healthScore: 34 }),
      'work/org/small has a health score of 34, below 50. See the log for its errors, or choose another model for now.',
    )
    const latencyMs = { p50: 900, p95: 12_345, p99: 20_000 }
    assert.match(
      find({ measure: 'latencyP95Ms', above: 10_000 }, { latencyMs }) ?? '',
      /a latency \(p95\) of 12\.3 s, above 10\.0 s/,
    )
  })

  it('can watch every measure, and tell it in its own unit', () => {
    const quantiles = { p50: 1_000, p95: 2_000, p99: 3_000 }
    const told = [
      find({ measure: 'successRate', below: 0.9 }, { successRate: 0.5 }),
      find({ measure: 'fallbackRate', above: 0.1 }, { fallbackRate: 0.25 }),
      find({ measure: 'firstPartP95Ms', above: 1_500 }, { firstPartMs: quantiles }),
      find({ measure: 'tokensPerSecond', below: 20 }, { tokensPerSecond: 11.7 }),
      find({ measure: 'costPerRequest', above: 0.1 }, { costPerRequest: 0.25 }),
    ].map((message) => /has (.*?)\. See/.exec(message ?? '')?.[1])
    assert.deepEqual(told, [
      'a success rate of 50 %, below 90 %',
      'a fallback rate of 25 %, above 10 %',
      'a time to the first part (p95) of 2.0 s, above 1.5 s',
      'a speed in tokens per second of 12, below 20',
      'a cost for each answer of $0.25, above $0.10',
    ])
  })

  it('watch only what they are about, and say so where it is about the last hour alone', () => {
    const watch = (only: string) => {
      const mine: AlertRule = { ...rule({ measure: 'healthScore', below: 50 }), only, window: 'hour' }
      return findAlert(mine, { connection: 'work', model }, { ...usual, healthScore: 34 })
    }
    assert.match(watch('work/org/*') ?? '', /a health score of 34, below 50 in the last hour\./)
    assert.equal(watch('home/*'), undefined)
  })

  it('say nothing of what is not known, nor of a few attempts', () => {
    assert.equal(find({ measure: 'latencyP95Ms', above: 1 }, {}), undefined)
    assert.equal(find({ measure: 'costPerRequest', above: 0 }, {}), undefined)
    assert.equal(find({ measure: 'healthScore', below: 50 }, { healthScore: 0, requests: 4 }), undefined)
  })

  it('tell by default of a connection in bad health, and of a model that fails or slows down', () => {
    const bad: ModelStatistics = { ...usual, healthScore: 20, degradation: 'failing' }
    const told = (statistics: ModelStatistics): string[] =>
      defaultAlertRules
        .filter((row) => findAlert(row, { connection: 'work' }, statistics) !== undefined)
        .map(({ id }) => id)
    assert.deepEqual(told(usual), [])
    assert.deepEqual(told(bad), ['connection-unhealthy', 'model-failing'])
    assert.deepEqual(told({ ...usual, degradation: 'slow' }), ['model-slow'])
  })
})
