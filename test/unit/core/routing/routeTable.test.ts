import assert from 'node:assert/strict'
import type { RouteSetting } from '../../../../src/core/routing/routes.js'
import { createRouteTable, type RouteTableOptions } from '../../../../src/core/routing/routeTable.js'
import type { WeightPreset } from '../../../../src/core/routing/weights.js'
import { createRouting } from '../../../fakes/routing.js'

describe('createRouteTable', () => {
  it('weighs simple and hard requests as the user does, and by how hard they look only where the user says nothing', async () => {
    const connections = {
      work: {
        models: [
          { id: 'cheap-mini', contextWindow: 100_000, pricing: { input: 0.1, output: 0.4 } },
          { id: 'dear-pro', contextWindow: 100_000, pricing: { input: 15, output: 120 } },
        ],
      },
    }
    const questions = ['What is it?', 'Tell me', 'Refactor it step by step, and say why:\nclass A {']
    const chosenBy = async (weights: RouteTableOptions['weights']) => {
      const routes = createRouteTable({ routes: () => [], weights })
      const { ask } = await createRouting({ connections, router: { routes } })
      const answers = questions.map(async (text) => {
        const { model, reason } = await ask('auto', {
          messages: [{ role: 'user', content: [{ type: 'text', text }] }],
        })
        assert.match(reason ?? '', /^auto: the task looks (simple|moderate|complex) /)
        return model
      })
      return await Promise.all(answers)
    }
    const [cheap, dear] = ['work/cheap-mini', 'work/dear-pro']
    assert.deepEqual(await chosenBy(() => 'balanced'), [cheap, cheap, dear])
    assert.deepEqual(await chosenBy(() => 'cost'), [cheap, cheap, cheap])
    assert.deepEqual(await chosenBy(() => 'quality'), [dear, dear, dear])
    const own = { quality: 0, cost: 1, latency: 0, privacy: 0, reliability: 0 }
    assert.deepEqual(await chosenBy(() => own), [cheap, cheap, cheap])
  })

  it('weighs the route auto as the user does, unless the user has an auto of their own', () => {
    let own: readonly RouteSetting[] = [{ name: 'daily', weights: 'cost' }]
    let weights: WeightPreset = 'speed'
    const table = createRouteTable({ routes: () => own, weights: () => weights })
    const weightsOf = (name: string) => table().get(name)?.weights
    assert.deepEqual([weightsOf('auto'), weightsOf('daily')], ['speed', 'cost'])
    weights = 'privacy'
    assert.deepEqual([weightsOf('auto'), weightsOf('daily')], ['privacy', 'cost'])
    own = [{ name: 'auto', weights: 'quality' }]
    assert.deepEqual([weightsOf('auto'), weightsOf('daily')], ['quality', undefined])
  })

  it('is the same until a route or the weights change', () => {
    let own: readonly RouteSetting[] = []
    let weights: WeightPreset = 'speed'
    const table = createRouteTable({ routes: () => own, weights: () => weights })
    const first = table()
    assert.equal(table(), first)
    weights = 'cost'
    const second = table()
    assert.notEqual(second, first)
    own = [{ name: 'daily' }]
    assert.notEqual(table(), second)
    assert.equal(table(), table())
  })
})
