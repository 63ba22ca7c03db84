import assert from 'node:assert/strict'
import { createEmitter } from '../../../../src/core/event.js'
import { formatModelRef, parseModelRef } from '../../../../src/core/model.js'
import type { Requirements } from '../../../../src/core/routing/requirements.js'
import { createRoutedRegistry } from '../../../../src/core/routing/routedRegistry.js'
import type { RouteSetting } from '../../../../src/core/routing/routes.js'
import { createRouteTable } from '../../../../src/core/routing/routeTable.js'
import { createRouting, type RoutedOptions } from '../../../fakes/routing.js'

async function createRouted(models: readonly string[], options: Partial<RoutedOptions> = {}) {
  const listed = models.map((id) => ({ id }))
  const connections = { work: { models: listed } }
  const { registry, clock } = await createRouting({ connections, ...options })
  const anywhere: Requirements = {}
  let policy = anywhere
  const changed = createEmitter<void>()
  let own: readonly RouteSetting[] = []
  const routes = createRouteTable({ routes: () => own, weights: () => 'balanced' })
  const routed = createRoutedRegistry(registry, {
    routes,
    policy: () => policy,
    onDidChangeRoutes: changed.event,
    clock,
  })
  return {
    registry,
    routed,
    setOwn: (next: readonly RouteSetting[]) => {
      own = next
      changed.fire()
    },
    setPolicy: (next: Requirements) => {
      policy = next
      changed.fire()
    },
    names: () => routed.models().map(formatModelRef),
  }
}

describe('createRoutedRegistry', () => {
  it('offers the routes behind all models, and finds them as it finds models', async () => {
    const { routed, names } = await createRouted(['a', 'b'])
    assert.deepEqual(names().slice(0, 3), ['llamacpp/welcome', 'work/a', 'work/b'])
    assert.ok(names().includes('auto') && names().includes('auto/cheapest'), names().join(', '))
    const ref = parseModelRef('auto')
    assert.ok(ref)
    assert.equal(routed.find(ref)?.name, 'Auto')
    assert.equal(routed.view('auto')?.connection.name, 'Routes')
    assert.equal(routed.views().at(-1)?.connection.name, 'Routes')
  })

  it('offers none where there is nothing to choose', async () => {
    const { routed, names } = await createRouted(['a'], { defaultConnection: 'removed' })
    assert.deepEqual(names(), ['work/a'])
    assert.equal(routed.views().length, 1)
    const fresh = await createRouted([], { connections: {} })
    assert.deepEqual(fresh.names(), ['llamacpp/welcome'])
  })

  it('gives the same list until a model or a route changes', async () => {
    const { routed, setOwn, names } = await createRouted(['a', 'b'])
    let changes = 0
    const subscription = routed.onDidChange(() => void changes++)
    assert.equal(routed.models(), routed.models())
    setOwn([{ name: 'mine', models: ['work/b'] }])
    assert.equal(changes, 1)
    assert.ok(names().includes('mine'))
    assert.equal(routed.view('mine')?.connection.name, 'Routes')
    subscription.dispose()
    setOwn([])
    assert.equal(changes, 1)
    assert.ok(!names().includes('mine'))
  })

  it('leaves out routes to clouds while only local models may be asked, and says so', async () => {
    const { routed, setPolicy, names } = await createRouted(['a', 'b'])
    let changes = 0
    routed.onDidChange(() => void changes++)
    setPolicy({ privacy: 'local' })
    assert.deepEqual(names(), ['llamacpp/welcome', 'work/a', 'work/b'])
    setPolicy({})
    assert.ok(names().includes('auto'))
    assert.equal(changes, 2)
  })
})
