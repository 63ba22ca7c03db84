import assert from 'node:assert/strict'
import { formatModelRef, type ListedModel, parseModelRef } from '../../../../src/core/model.js'
import { routeModels } from '../../../../src/core/routing/routeModels.js'
import {
  findRoute,
  isInRoute,
  qualityInRoute,
  type RouteSetting,
  resolveRoutes,
} from '../../../../src/core/routing/routes.js'
import { createModel, welcomeModel } from '../../../fakes/models.js'
import { createRouting, requestOf } from '../../../fakes/routing.js'

const own: RouteSetting = {
  name: 'night',
  title: 'Night',
  models: ['work/*', 'home/qwen*'],
  exclude: ['*-mini'],
}

describe('routes', () => {
  const routes = resolveRoutes([own, { name: 'auto', title: 'Mine', weights: 'speed' }])

  it('are found by the reference of their name, and a model’s own reference finds none', () => {
    const titles = ['auto', 'auto/cheapest', 'night', 'work/gpt-5', 'auto/nothing'].map((name) => {
      const ref = parseModelRef(name)
      return ref === undefined ? 'unread' : findRoute(routes, ref)?.title
    })
    assert.deepEqual(titles, ['Mine', 'Auto: cheapest', 'Night', undefined, undefined])
  })

  it('take what their patterns name, capitals or not, and leave out what they exclude', () => {
    const refs = ['work/gpt-5', 'Work/GPT-5', 'work/gpt-5-mini', 'home/qwen3', 'home/llama']
    assert.deepEqual(
      refs.map((ref) => isInRoute(own, ref)),
      [true, true, false, true, false],
    )
    assert.ok(isInRoute({ name: 'all' }, 'home/llama'))
  })

  it('know what the user thinks of a model by the first pattern that fits', () => {
    const route: RouteSetting = { name: 'x', quality: { 'work/gpt-5': 0.9, 'work/*': 0.4 } }
    const thought = ['gpt-5', 'gpt-4'].map((id) => qualityInRoute(route, createModel({ id })))
    assert.deepEqual(thought, [0.9, 0.4])
    assert.equal(qualityInRoute(route, createModel({ connection: 'home' })), undefined)
  })
})

describe('routes as models', () => {
  const small = createModel({ id: 'small', contextWindow: 8_000, maxOutputTokens: 2_000, location: 'local' })
  const able = createModel({
    id: 'able',
    contextWindow: 200_000,
    maxOutputTokens: 16_000,
    capabilities: { toolCalling: true, imageInput: false },
  })
  const long = createModel({
    id: 'long',
    contextWindow: 1e6,
    capabilities: { toolCalling: false, imageInput: true },
  })
  const embedding = createModel({ id: 'embed', contextWindow: 2e6, capabilities: { embedding: true } })
  const welcome = createModel({ ...welcomeModel, connection: 'llamacpp', location: 'local' })
  const options = { policy: {}, now: Date.UTC(2026, 0, 1) }
  const find = (name: string, models = [small, able, long, embedding, welcome], routes = [own]) =>
    routeModels(models, resolveRoutes(routes).values(), options).find(
      (model) => formatModelRef(model) === name,
    )

  it('hold what the largest that calls tools holds, and can what one of them can', () => {
    const auto = find('auto')
    assert.deepEqual(
      [auto?.contextWindow, auto?.maxOutputTokens, auto?.capabilities, auto?.location],
      [200_000, 16_000, { toolCalling: true, imageInput: true }, 'cloud'],
    )
  })

  it('are there only where a model is, so that nothing is offered that cannot be asked', () => {
    assert.equal(find('auto/local')?.contextWindow, 8_000)
    assert.equal(find('auto/local')?.location, 'local')
    assert.equal(find('auto/local', [able]), undefined)
    assert.equal(find('auto/local', [able, welcome]), undefined)
    assert.deepEqual(routeModels([embedding, welcome], resolveRoutes([]).values(), options), [])
  })

  it('leave out clouds, and what those hold, while only local models may be asked', () => {
    const local = { ...options, policy: { privacy: 'local' } } as const
    const auto = routeModels([small, able, welcome], resolveRoutes([]).values(), local)[0]
    assert.deepEqual([auto?.contextWindow, auto?.location], [8_000, 'local'])
  })

  it('carry their names as references, and no price', () => {
    assert.deepEqual([find('night')?.name, find('night')?.id, find('night')?.pricing], ['Night', '', {}])
    assert.equal(find('auto/powerful')?.id, 'powerful')
  })
})

interface LimitCase {
  readonly title: string
  readonly route: Omit<RouteSetting, 'name'>
  readonly models: readonly ListedModel[]
  readonly maxInputTokens: number
}

const dear = { id: 'dear', contextWindow: 1e6, pricing: { input: 10, output: 30 } }
const modest = { id: 'modest', contextWindow: 32_000, pricing: { input: 0.1, output: 0.4 } }
const tiered = {
  id: 'tiered',
  contextWindow: 1e6,
  pricing: { input: 1, output: 10, tiers: [{ aboveInputTokens: 200_000, input: 2, output: 15 }] },
}

const limitCases: readonly LimitCase[] = [
  { title: 'the largest of all', route: {}, models: [dear, modest], maxInputTokens: 1e6 },
  {
    title: 'the longest that is not too dear',
    route: { rules: [{ kind: 'maxCost', usd: 0.5 }] },
    models: [dear, modest],
    maxInputTokens: 47_000,
  },
  {
    title: 'the longest before a price rises',
    route: { requirements: { maxCost: 0.3 } },
    models: [tiered],
    maxInputTokens: 200_000,
  },
  {
    title: 'the largest of the category that is required',
    route: { rules: [{ kind: 'require', requirements: { category: 'powerful' } }] },
    models: [dear, { ...modest, id: 'modest-pro' }],
    maxInputTokens: 1e6,
  },
  {
    title: 'what is left where hard requests need a smaller one',
    route: {
      rules: [
        { kind: 'require', requirements: { category: 'lightweight' }, when: { complexity: ['complex'] } },
      ],
    },
    models: [dear, modest],
    maxInputTokens: 32_000,
  },
  {
    title: 'no more than a rule for long requests allows',
    route: {
      rules: [{ kind: 'require', requirements: { privacy: 'local' }, when: { minInputTokens: 100_001 } }],
    },
    models: [dear],
    maxInputTokens: 100_000,
  },
  {
    title: 'what is assumed of a model that states nothing',
    route: {},
    models: [{ id: 'unknown' }, { ...modest, contextWindow: 4_000 }],
    maxInputTokens: 32_768,
  },
]

describe('what a route says that it takes', () => {
  for (const { title, route, models, maxInputTokens } of limitCases) {
    it(`is ${title}, and a request of that length goes to a model that takes it`, async () => {
      const setting = { ...route, name: 'mine' }
      let inputTokens = maxInputTokens
      const { registry, planner, ask, clock } = await createRouting({
        connections: { work: { models } },
        routes: [setting],
        planner: { estimateInput: () => inputTokens },
      })
      const [model] = routeModels(registry.models(), [setting], { policy: {}, now: clock.now() })
      const told = Math.min(model?.maxInputTokens ?? Infinity, model?.contextWindow ?? Infinity)
      assert.equal(told, maxInputTokens)
      const texts = ['What is it?', 'Refactor this step by step, and say why:\nclass Cart {']
      for (const text of texts) {
        const patch = { messages: [{ role: 'user', content: [{ type: 'text', text }] }] } as const
        assert.equal((await ask('mine', patch)).error, undefined, text)
      }
      inputTokens = told + 1
      const plan = planner.plan(requestOf('mine'), setting)
      const isLongest = texts.some((text) => {
        const messages = [{ role: 'user', content: [{ type: 'text', text }] }] as const
        return planner.plan(requestOf('mine', { messages }), setting).ranking.usable === 0
      })
      assert.ok(isLongest || plan.ranking.usable === 0, 'a longer one is answered too')
    })
  }
})
