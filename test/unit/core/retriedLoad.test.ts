import assert from 'node:assert/strict'
import { createLateResource, createRetriedLoad } from '../../../src/core/retriedLoad.js'

describe('createRetriedLoad', () => {
  it('loads once for all who wait, and again after a failure', async () => {
    let loads = 0
    const load = createRetriedLoad(async () => {
      loads += 1
      if (loads === 1) throw new Error('once')
      return loads
    })
    assert.equal(load.loaded(), undefined)
    const first = [load(), load()]
    await assert.rejects(Promise.all(first), /once/)
    assert.equal(loads, 1)
    assert.deepEqual(await Promise.all([load(), load()]), [2, 2])
    assert.equal(await load.loaded(), 2)
  })
})

describe('what a load says without a wait', () => {
  it('is nothing before it has loaded, and then what was loaded', async () => {
    const load = createRetriedLoad(async () => 'here')
    const loading = load()
    assert.equal(load.now(), undefined)
    await loading
    assert.equal(load.now(), 'here')
  })
})

describe('createLateResource', () => {
  const createResource = () => {
    let disposals = 0
    return { dispose: () => void disposals++, disposals: () => disposals }
  }

  it('disposes of what was loaded, also where it is still being loaded', async () => {
    const early = createResource()
    const late = createResource()
    const loaded = createLateResource(async () => early)
    await loaded()
    loaded.dispose()
    const opened = Promise.withResolvers<typeof late>()
    const loading = createLateResource(() => opened.promise)
    const asked = loading()
    loading.dispose()
    opened.resolve(late)
    await asked
    assert.deepEqual([early.disposals(), late.disposals()], [1, 1])
  })

  it('loads nothing to dispose of it', () => {
    let loads = 0
    const resource = createLateResource(async () => {
      loads++
      return createResource()
    })
    resource.dispose()
    assert.equal(loads, 0)
  })
})
