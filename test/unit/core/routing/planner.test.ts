import assert from 'node:assert/strict'
import type { ModelInfo } from '../../../../src/core/model.js'
import { createBreaker } from '../../../../src/core/routing/breaker.js'
import type { Measurements } from '../../../../src/core/routing/candidates.js'
import { createMemoryCircuitStore } from '../../../../src/core/routing/circuitStore.js'
import { createPlanner, type PlannerOptions } from '../../../../src/core/routing/planner.js'
import { createRecentAnswers } from '../../../../src/core/routing/recent.js'
import { type RouteSetting, resolveRoutes } from '../../../../src/core/routing/routes.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { createModel } from '../../../fakes/models.js'
import { requestOf } from '../../../fakes/routing.js'

const window = { contextWindow: 200_000, capabilities: { toolCalling: true } }
/** As the makers' models stand to one another; prices in USD per million tokens. */
const usual: readonly ModelInfo[] = [
  createModel({ id: 'claude-opus-5', ...window, pricing: { input: 5, output: 25 } }),
  createModel({ id: 'claude-sonnet-5', ...window, pricing: { input: 3, output: 15 } }),
  createModel({ id: 'claude-haiku-4-5', ...window, pricing: { input: 1, output: 5 } }),
  createModel({ id: 'gemini-2.5-flash', ...window, pricing: { input: 0.3, output: 2.5 } }),
  createModel({ id: 'smollm2:135m', ...window, contextWindow: 8_192, location: 'local' }),
]

function setUp(options: Partial<PlannerOptions> & { readonly tokens?: number } = {}) {
  const clock = createManualClock()
  const routes = resolveRoutes([])
  const planner = createPlanner({
    models: () => usual,
    estimateInput: () => options.tokens ?? 500,
    breaker: createBreaker({ store: createMemoryCircuitStore(), clock, log: createMemoryLog() }),
    recent: createRecentAnswers({ clock }),
    clock,
    random: () => 0,
    ...options,
  })
  const best = (route: string | RouteSetting, text = 'Hello') => {
    const setting = typeof route === 'string' ? routes.get(route) : route
    const messages = [{ role: 'user', content: [{ type: 'text', text }] }] as const
    const { ranking, choice } = planner.plan(
      requestOf('auto', { messages }),
      setting ?? assert.fail('There is no such route.'),
    )
    return ranking.model(choice.places[0] ?? -1)?.id
  }
  return { clock, planner, best }
}

describe('a plan by the routes as they come', () => {
  const hard = 'Refactor this step by step, and say why:\nclass Cart {'

  it('neither wastes the dearest model on a greeting nor leaves it to the tiniest', () => {
    assert.equal(setUp().best('auto'), 'gemini-2.5-flash')
    assert.equal(setUp({ tokens: 6_000 }).best('auto', 'Go on'), 'gemini-2.5-flash')
  })

  it('takes an able model for what looks hard', () => {
    assert.equal(setUp({ tokens: 6_000 }).best('auto', hard), 'claude-opus-5')
  })

  it('keeps what the names of the routes promise', () => {
    const { best } = setUp()
    assert.deepEqual(
      ['auto/cheapest', 'auto/local', 'auto/powerful'].map((route) => best(route)),
      ['smollm2:135m', 'smollm2:135m', 'claude-opus-5'],
    )
    assert.equal(setUp({ tokens: 9_000 }).best('auto/cheapest'), 'gemini-2.5-flash')
  })

  it('never leaves this machine where the policy says so', () => {
    const { best } = setUp({ policy: () => ({ privacy: 'local' }) })
    assert.equal(best('auto/powerful', hard), 'smollm2:135m')
    assert.equal(setUp({ tokens: 9_000, policy: () => ({ privacy: 'local' }) }).best('auto'), undefined)
  })
})

describe('a plan', () => {
  it('follows what has been measured within two seconds, and not for every request', async () => {
    let asked = 0
    let quick = 'claude-opus-5'
    const measurementsOf = ({ id }: { readonly id: string }): Measurements => {
      asked++
      const ms = id === quick ? 200 : 3_000
      return { requests: 9, firstPartMs: { p50: ms, p95: ms }, healthScore: 90 }
    }
    const { best, clock } = setUp({ measurementsOf })
    assert.equal(best('auto/fastest'), 'claude-opus-5')
    quick = 'claude-sonnet-5'
    assert.equal(best('auto/fastest'), 'claude-opus-5')
    assert.equal(asked, usual.length)
    await clock.advance(2_000)
    assert.equal(best('auto/fastest'), 'claude-sonnet-5')
  })

  it('sees models that have come and gone at once', () => {
    let models: readonly ModelInfo[] = usual
    const { best } = setUp({ models: () => models })
    assert.equal(best('auto/powerful'), 'claude-opus-5')
    models = usual.slice(1)
    assert.notEqual(best('auto/powerful'), 'claude-opus-5')
    models = []
    assert.equal(best('auto/powerful'), undefined)
  })

  it('sees a route that has become another one of the same name at once', () => {
    const { best } = setUp()
    assert.equal(best({ name: 'mine', models: ['*/claude-sonnet*'] }), 'claude-sonnet-5')
    assert.equal(best({ name: 'mine', models: ['*/claude-haiku*'] }), 'claude-haiku-4-5')
    assert.equal(best({ name: 'mine', weights: 'quality', quality: { '*haiku*': 1 } }), 'claude-haiku-4-5')
  })
})
