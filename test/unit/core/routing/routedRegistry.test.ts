import assert from 'node:assert/strict'
import { createEmitter } from '../../../../src/core/event.js'
import { formatModelRef, parseModelRef } from '../../../../src/core/model.js'
import type { Requirements } from '../../../../src/core/routing/requirements.js'
import { createRoutedRegistry } from '../../../../src/core/routing/routedRegistry.js'
import { routeModels } from '../../../../src/core/routing/routeModels.js'
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
    routeModels: () => routeModels,
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

  it('describes routes by local models while only those may be asked, keeps the others, and says that they changed', async () => {
    const connections = {
      work: { models: [{ id: 'a', contextWindow: 100_000 }] },
      home: { models: [{ id: 'b', contextWindow: 9_000 }], location: 'local' },
    } as const
    const { routed, setOwn, setPolicy, names } = await createRouted([], { connections })
    setOwn([{ name: 'far', models: ['work/*'] }])
    const rooms = () =>
      ['auto', 'far'].map((connection) => routed.find({ connection, id: '' })?.contextWindow)
    assert.deepEqual(rooms(), [100_000, 100_000])
    let changes = 0
    routed.onDidChange(() => void changes++)
    setPolicy({ privacy: 'local' })
    assert.deepEqual(rooms(), [9_000, 100_000])
    assert.ok(names().includes('far'))
    setPolicy({})
    assert.deepEqual(rooms(), [100_000, 100_000])
    assert.equal(changes, 2)
  })
})
