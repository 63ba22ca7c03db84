import assert from 'node:assert/strict'
import { resolveRoutes } from '../../../../src/core/routing/routes.js'
import { readList } from '../../../../src/vscode/policies/listSetting.js'
import { routeList } from '../../../../src/vscode/policies/routeSchema.js'
import type { SettingProblem } from '../../../../src/vscode/settingProblem.js'

const said = (problem?: SettingProblem) => `${problem?.path} ${problem?.message}`

describe('roundhouse.routes', () => {
  for (const route of resolveRoutes([]).values()) {
    it(`can say all that Roundhouse’s own ${route.name} says`, () => {
      assert.deepEqual(readList(routeList, [route]), { entries: [route], problems: [] })
    })
  }

  it('can say every rule, with its condition', () => {
    const route = {
      name: 'mine',
      title: 'Mine',
      description: 'Local while it is short.',
      models: ['ollama/*', 'work/*'],
      exclude: ['*/preview'],
      order: 'listed',
      quality: { 'work/*': 0.9 },
      maxAttempts: 2,
      weights: { quality: 1, cost: 2, latency: 0, privacy: 0, reliability: 0.5 },
      requirements: {
        capabilities: ['toolCalling'],
        features: ['pdfInput'],
        minContextTokens: 8_000,
        maxLatencyMs: 900,
        maxMedianLatencyMs: 400,
        maxPricePer1kTokens: 0.01,
        maxCost: 0.5,
        privacy: 'local',
        category: 'versatile',
      },
      rules: [
        { kind: 'preferLocal', upToTokens: 4_000, when: { usesTools: false } },
        { kind: 'maxCost', usd: 0.1, when: { minInputTokens: 1, maxInputTokens: 9 } },
        { kind: 'maxLatency', p50Ms: 200, p95Ms: 900 },
        { kind: 'require', requirements: { privacy: 'local' }, when: { complexity: ['simple'] } },
        { kind: 'weigh', weights: 'speed' },
        { kind: 'complexity', simple: 'cost', moderate: 'balanced', complex: 'quality' },
        { kind: 'sticky', minutes: 5 },
        { kind: 'balance', within: 0.1, weights: { 'work/*': 2 } },
      ],
    }
    assert.deepEqual(readList(routeList, [route]), { entries: [route], problems: [] })
  })

  for (const [entry, problem] of [
    [{ title: 'No name' }, 'roundhouse.routes[0].name is missing'],
    [{ name: 'My Route' }, 'roundhouse.routes[0].name use lower-case letters'],
    [{ name: 'a/b/c' }, 'roundhouse.routes[0].name use lower-case letters'],
    [{ name: 'r', rules: [{ kind: 'pray' }] }, 'roundhouse.routes[0].rules.0'],
    [{ name: 'r', rules: [{ kind: 'maxCost' }] }, 'roundhouse.routes[0].rules.0.usd is missing'],
    [{ name: 'r', weights: 'fast' }, 'roundhouse.routes[0].weights'],
    [{ name: 'r', maxAttempts: 0 }, 'roundhouse.routes[0].maxAttempts must be at least 1'],
    [{ name: 'r', quality: { 'a/*': 2 } }, 'roundhouse.routes[0].quality.a/* must be at most 1'],
  ] as const) {
    it(`says of ${JSON.stringify(entry)} what is wrong`, () => {
      const { entries, problems } = readList(routeList, [entry])
      assert.deepEqual(entries, [])
      assert.equal(problems.length, 1)
      assert.ok(said(problems[0]).startsWith(problem), said(problems[0]))
    })
  }
})
