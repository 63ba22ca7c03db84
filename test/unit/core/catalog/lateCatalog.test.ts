import assert from 'node:assert/strict'
import type { Catalog } from '../../../../src/core/catalog/catalog.js'
import { createLateCatalog } from '../../../../src/core/catalog/lateCatalog.js'
import { createEmitter } from '../../../../src/core/event.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

const place = { provider: 'cloud' }

function createSource() {
  const changed = createEmitter<void>()
  const calls: string[] = []
  const catalog: Catalog & { dispose(): void } = {
    source: 'catalog',
    version: 'v1',
    onDidChange: changed.event,
    prepare: async () => void calls.push('prepare'),
    load: async () => void calls.push('load'),
    lookup: (_, model) => ({ source: 'catalog', facts: { name: model } }),
    dispose: () => void calls.push('dispose'),
  }
  return { catalog, changed, calls }
}

describe('createLateCatalog', () => {
  it('opens with the first connection that has answered, and is the catalogue from then on', async () => {
    const { catalog, changed, calls } = createSource()
    let opened = 0
    const open = async () => {
      opened++
      return catalog
    }
    const late = createLateCatalog({ source: 'catalog', open, log: createMemoryLog() })
    let changes = 0
    late.onDidChange?.(() => void changes++)
    assert.deepEqual([late.version, late.lookup(place, 'm'), opened], ['none', undefined, 0])
    await late.prepare?.(place)
    await late.load(place)
    changed.fire()
    late.dispose()
    assert.deepEqual([late.version, late.lookup(place, 'm')?.facts.name, opened, changes], ['v1', 'm', 1, 1])
    assert.deepEqual(calls, ['prepare', 'load', 'dispose'])
  })

  it('is disposed of once it is open, where that was asked for meanwhile', async () => {
    const { catalog, calls } = createSource()
    const opening = Promise.withResolvers<typeof catalog>()
    const late = createLateCatalog({ source: 'catalog', open: () => opening.promise, log: createMemoryLog() })
    const loading = late.load(place)
    late.dispose()
    opening.resolve(catalog)
    await loading
    assert.ok(calls.includes('dispose'))
  })

  it('knows nothing where it cannot be opened, says so in the log, and tries again', async () => {
    const { catalog } = createSource()
    const log = createMemoryLog()
    let tries = 0
    const open = async () => {
      tries++
      if (tries === 1) throw new Error('no disk')
      return catalog
    }
    const late = createLateCatalog({ source: 'catalog', open, log })
    await late.load(place)
    assert.equal(late.lookup(place, 'm'), undefined)
    assert.match(log.lines.join(), /no disk/)
    await late.load(place)
    assert.equal(late.lookup(place, 'm')?.facts.name, 'm')
  })
})
