import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Catalog } from '../../../../src/core/catalog/catalog.js'
import type { KeptList } from '../../../../src/core/registry/keptLists.js'
import { findFacts, keepIdentity, offeredModels } from '../../../../src/core/registry/offeredModels.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

const provider = createScriptedProvider()
const keep = (ids: readonly string[], facts: Partial<KeptList> = {}): KeptList => ({
  listedAt: 0,
  models: ids.map((id) => ({ id })),
  findings: {},
  catalogVersion: '',
  ...facts,
})

function createCatalog(version = 'c@1') {
  const lookups: (readonly [string, string, string | undefined])[] = []
  let loads = 0
  const catalog: Catalog = {
    source: 'snapshot',
    version,
    load: async () => void loads++,
    lookup({ provider: id, baseUrl }, model) {
      lookups.push([id, model, baseUrl])
      return model === 'known' ? { source: 'snapshot', facts: { pricing: { input: 2 } } } : undefined
    },
  }
  return { catalog, lookups, loads: () => loads }
}

describe('offered models', () => {
  it('are those that the patterns let through, in the order of their ids', () => {
    const connection = createConnection({ include: ['gpt-*'], exclude: ['*-audio'] })
    const models = offeredModels({ connection, provider }, keep(['o3', 'gpt-5', 'gpt-5-audio', 'gpt-4']))
    assert.deepEqual(
      models.map(({ id }) => id),
      ['gpt-4', 'gpt-5'],
    )
  })

  it('run where the user says, and a local one has no published price', () => {
    const list = keep(['gpt-5'], {
      findings: { 'gpt-5': [{ source: 'catalog', facts: { pricing: { input: 2 } } }] },
    })
    const tell = (location: 'local' | 'cloud') =>
      offeredModels(
        { connection: createConnection({ baseUrl: 'http://127.0.0.1:8000/v1', location }), provider },
        list,
      ).map((model) => [model.location, model.pricing.input])
    assert.deepEqual(tell('cloud'), [['cloud', 2]])
    assert.deepEqual(tell('local'), [['local', undefined]])
  })

  it('are those that the user describes where the server has no list', () => {
    const connection = createConnection({ models: { 'my-model': { contextWindow: 4_096 } } })
    for (const list of [undefined, keep([])]) {
      const [model, ...others] = offeredModels({ connection, provider }, list)
      assert.deepEqual([model?.id, model?.contextWindow, others.length], ['my-model', 4_096, 0])
    }
  })

  it('are not invented by an override where the server has a list', () => {
    const connection = createConnection({ models: { retired: { contextWindow: 4_096 } } })
    assert.deepEqual(
      offeredModels({ connection, provider }, keep(['a'])).map(({ id }) => id),
      ['a'],
    )
  })

  it('carry what the catalogues found', () => {
    const findings = { a: [{ source: 'snapshot', facts: { pricing: { input: 3 } } }] } as const
    const [model] = offeredModels({ connection: createConnection(), provider }, keep(['a'], { findings }))
    assert.deepEqual([model?.pricing.input, model?.sources['pricing.input']], [3, 'snapshot'])
  })
})

describe('catalogue facts', () => {
  const subject = { connection: createConnection(), provider }

  it('are looked up by provider at its own server, and by address elsewhere', async () => {
    const { catalog, lookups } = createCatalog()
    const elsewhere = { connection: createConnection({ baseUrl: 'https://proxy.test/v1' }), provider }
    await findFacts([catalog], subject, [{ id: 'known' }], undefined)
    await findFacts([catalog], elsewhere, [{ id: 'known' }], undefined)
    assert.deepEqual(lookups, [
      ['scripted', 'known', undefined],
      ['scripted', 'known', 'https://proxy.test/v1'],
    ])
  })

  it('are not loaded again for models that the kept findings cover', async () => {
    const { catalog, loads } = createCatalog()
    const models = [{ id: 'known' }, { id: 'unknown' }]
    const first = await findFacts([catalog], subject, models, undefined)
    const again = await findFacts([catalog], subject, models, keep(['known', 'unknown'], first))
    assert.deepEqual([loads(), again], [1, first])
    assert.deepEqual(first.findings['unknown'], [])
  })

  it('are loaded again for a new model and for a new version', async () => {
    const { catalog, loads } = createCatalog()
    const first = await findFacts([catalog], subject, [{ id: 'known' }], undefined)
    await findFacts([catalog], subject, [{ id: 'known' }, { id: 'new' }], keep(['known'], first))
    assert.equal(loads(), 2)
    const newer = createCatalog('c@2')
    await findFacts([newer.catalog], subject, [{ id: 'known' }], keep(['known'], first))
    assert.equal(newer.loads(), 1)
  })

  it('of one catalogue are kept when only another has changed', async () => {
    const prices = createCatalog('prices@1')
    const news = createCatalog('news@1')
    const models = [{ id: 'known' }]
    const first = await findFacts([prices.catalog, news.catalog], subject, models, undefined)
    const newer: Catalog = {
      ...news.catalog,
      source: 'catalog',
      version: 'news@2',
      lookup: () => ({ source: 'catalog', facts: { contextWindow: 8 } }),
    }
    const second = await findFacts([prices.catalog, newer], subject, models, keep(['known'], first))
    assert.equal(prices.loads(), 1)
    assert.deepEqual(second, {
      findings: {
        known: [
          { source: 'snapshot', facts: { pricing: { input: 2 } } },
          { source: 'catalog', facts: { contextWindow: 8 } },
        ],
      },
      catalogVersion: 'prices@1 news@2',
    })
  })

  it('are never loaded for local models', async () => {
    const { catalog, loads } = createCatalog()
    const local = { connection: createConnection(), provider: createScriptedProvider({ location: 'local' }) }
    assert.deepEqual((await findFacts([catalog], local, [{ id: 'known' }], undefined)).findings, {})
    assert.equal(loads(), 0)
  })
})

describe('identity of models', () => {
  const items = fc.uniqueArray(
    fc.record({ id: fc.stringMatching(/^[a-c]$/), size: fc.nat({ max: 2 }) }, { noNullPrototype: true }),
    {
      selector: ({ id }) => id,
    },
  )

  it('is kept for every item that is as before, and for the array when all are', () => {
    fc.assert(
      fc.property(items, items, (before, after) => {
        const merged = keepIdentity(before, after)
        assert.deepEqual(merged, after)
        for (const item of merged) {
          const earlier = before.find(({ id }) => id === item.id)
          assert.equal(item === earlier, earlier?.size === item.size)
        }
        assert.equal(merged === before, JSON.stringify(before) === JSON.stringify(after))
      }),
    )
  })
})
