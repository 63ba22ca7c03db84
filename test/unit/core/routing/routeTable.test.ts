import assert from 'node:assert/strict'
import type { RouteSetting } from '../../../../src/core/routing/routes.js'
import { createRouteTable } from '../../../../src/core/routing/routeTable.js'
import type { WeightPreset } from '../../../../src/core/routing/weights.js'

describe('createRouteTable', () => {
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
