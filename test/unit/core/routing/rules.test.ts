import assert from 'node:assert/strict'
import type { ChatRequest } from '../../../../src/core/chat.js'
import { readComplexity } from '../../../../src/core/routing/complexity.js'
import { readNeeds } from '../../../../src/core/routing/needs.js'
import { planRoute, type RoutingRule, type RuledRoute } from '../../../../src/core/routing/rules.js'
import { resolveWeights } from '../../../../src/core/routing/weights.js'

function plan(route: RuledRoute, inputTokens = 100, patch: Partial<ChatRequest> = {}) {
  const request: ChatRequest = {
    model: { connection: 'auto', id: '' },
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    caller: { door: 'api' },
    ...patch,
  }
  const needs = readNeeds(request, inputTokens)
  return planRoute(route, { request, needs, complexity: readComplexity(request) })
}

describe('the rules of a route', () => {
  it('prefer local models up to a context, and not beyond', () => {
    const rules: RoutingRule[] = [{ kind: 'preferLocal', upToTokens: 4_000 }]
    assert.deepEqual(
      [plan({ rules }, 4_000).prefersLocal, plan({ rules }, 4_001).prefersLocal],
      [true, false],
    )
  })

  it('add up to the strictest requirements, the request’s own included', () => {
    const { requirements } = plan(
      {
        requirements: { privacy: 'local' },
        rules: [
          { kind: 'maxCost', usd: 0.5 },
          { kind: 'maxCost', usd: 0.1 },
          { kind: 'maxLatency', p50Ms: 800, p95Ms: 3_000 },
          { kind: 'require', requirements: { capabilities: ['toolCalling'] } },
        ],
      },
      100,
      { requirements: { maxCost: 0.05, features: ['seed'] } },
    )
    assert.deepEqual(JSON.parse(JSON.stringify(requirements)), {
      capabilities: ['toolCalling'],
      features: ['seed'],
      maxCost: 0.05,
      maxLatencyMs: 3_000,
      maxMedianLatencyMs: 800,
      privacy: 'local',
    })
  })

  it('weigh by how hard the task looks, and say why', () => {
    const route: RuledRoute = { rules: [{ kind: 'complexity', simple: 'cost', complex: 'quality' }] }
    const simple = plan(route)
    assert.deepEqual(simple.weights, resolveWeights('cost'))
    assert.deepEqual(simple.notes, ['the task looks simple (-1: a question that is soon answered)'])
    assert.deepEqual(plan(route, 10_000).weights, resolveWeights('cost'))
    const hard = [{ role: 'user', content: [{ type: 'text', text: 'Refactor this:\nclass A {' }] }] as const
    assert.deepEqual(plan(route, 20_000, { messages: hard }).weights, resolveWeights('quality'))
  })

  it('count only under their conditions', () => {
    const tools = [{ name: 'read', description: '' }]
    const require = { kind: 'require', requirements: { category: 'powerful' } } as const
    const isRequired = (
      when: NonNullable<RoutingRule['when']>,
      tokens: number,
      patch?: Partial<ChatRequest>,
    ) => plan({ rules: [{ ...require, when }] }, tokens, patch).requirements.category === 'powerful'
    assert.equal(isRequired({ minInputTokens: 10 }, 9), false)
    assert.equal(isRequired({ minInputTokens: 10 }, 10), true)
    assert.equal(isRequired({ maxInputTokens: 10 }, 11), false)
    assert.equal(isRequired({ complexity: ['complex'] }, 10), false)
    assert.equal(isRequired({ complexity: ['simple'] }, 10), true)
    assert.equal(isRequired({ usesTools: true }, 10), false)
    assert.equal(isRequired({ usesTools: true, minInputTokens: 5 }, 10, { tools }), true)
  })

  it('set how long a conversation keeps its model, and how requests are spread', () => {
    const { stickyMs, balance } = plan({
      rules: [
        { kind: 'sticky', minutes: 5 },
        { kind: 'balance', weights: { 'a/*': 3 } },
        { kind: 'weigh', weights: 'speed' },
      ],
    })
    assert.deepEqual([stickyMs, balance], [300_000, { within: 0.02, weights: { 'a/*': 3 } }])
  })
})

describe('weights', () => {
  it('are brought to the sum 1, and fall back to the balanced ones where they say nothing', () => {
    const one = resolveWeights({ quality: 3, cost: 1, latency: -5, privacy: Number.NaN, reliability: 0 })
    assert.deepEqual(one, { quality: 0.75, cost: 0.25, latency: 0, privacy: 0, reliability: 0 })
    const none = { quality: 0, cost: 0, latency: 0, privacy: 0, reliability: 0 }
    assert.deepEqual(resolveWeights(none), resolveWeights('balanced'))
  })
})
