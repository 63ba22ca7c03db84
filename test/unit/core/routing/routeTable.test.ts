import assert from 'node:assert/strict'
import type { RouteSetting } from '../../../../src/core/routing/routes.js'
import { createRouteTable } from '../../../../src/core/routing/routeTable.js'

describe('createRouteTable', () => {
  it('weighs the route auto as the user does, unless the user has an auto of their own', () => {
    let own: readonly RouteSetting[] = []
    const table = createRouteTable({ routes: () => own, weights: () => 'speed' })
    assert.equal(table().get('auto')?.weights, 'speed')
    assert.equal(table(), table())
    own = [{ name: 'auto', weights: 'quality' }]
    assert.equal(table().get('auto')?.weights, 'quality')
  })
})
