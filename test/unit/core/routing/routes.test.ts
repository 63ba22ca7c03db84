import assert from 'node:assert/strict'
import { parseModelRef } from '../../../../src/core/model.js'
import { routeModels } from '../../../../src/core/routing/routeModels.js'
import {
  findRoute,
  isInRoute,
  qualityInRoute,
  type RouteSetting,
  resolveRoutes,
} from '../../../../src/core/routing/routes.js'
import { createModel } from '../../../fakes/models.js'

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
  const find = (name: string, models = [small, able, long, embedding]) =>
    routeModels(models, resolveRoutes([own]).values()).find(
      ({ connection, id }) => (id === '' ? connection : `${connection}/${id}`) === name,
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
    assert.deepEqual(routeModels([embedding], resolveRoutes([]).values()), [])
  })

  it('carry their names as references, and no price', () => {
    assert.deepEqual([find('night')?.name, find('night')?.id, find('night')?.pricing], ['Night', '', {}])
    assert.equal(find('auto/powerful')?.id, 'powerful')
  })
})
