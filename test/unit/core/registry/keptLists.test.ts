import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createKeptLists, documentName, type KeptList } from '../../../../src/core/registry/keptLists.js'
import { createMemoryFiles, createMemoryLog } from '../../../fakes/memoryStores.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'

const connection = createConnection()
const list: KeptList = {
  listedAt: 1_000,
  models: [{ id: 'a', contextWindow: 8_192 }, { id: '__proto__' }],
  findings: { a: [{ source: 'snapshot', facts: { pricing: { input: 1 } } }] },
  catalogVersion: 'prices@1',
}

function setUp() {
  const files = createMemoryFiles()
  const log = createMemoryLog()
  return { files, log, lists: createKeptLists(files, log) }
}

describe('kept lists', () => {
  it('give back what was kept', async () => {
    const { lists } = setUp()
    await lists.write(connection, list)
    const kept = await lists.read(connection)
    assert.deepEqual(kept?.models, list.models)
    assert.deepEqual(kept?.findings, list.findings)
    assert.deepEqual([kept?.listedAt, kept?.catalogVersion], [1_000, 'prices@1'])
  })

  it('remember how many models were left out', async () => {
    const { lists } = setUp()
    await lists.write(connection, { ...list, leftOut: 7 })
    assert.equal((await lists.read(connection))?.leftOut, 7)
    await lists.write(connection, list)
    assert.equal((await lists.read(connection))?.leftOut, undefined)
  })

  it('are in one document for each connection', async () => {
    const { files, lists } = setUp()
    await lists.write(connection, list)
    await lists.write(createConnection({ id: 'home' }), list)
    assert.deepEqual([...files.texts.keys()], ['models/work.json', 'models/home.json'])
  })

  it('ignore a damaged document and say so, whatever the damage', async () => {
    const { files, lists, log } = setUp()
    await lists.write(connection, list)
    const whole = files.texts.get('models/work.json') ?? ''
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 1 }), async (length) => {
        log.lines.length = 0
        files.texts.set('models/work.json', whole.slice(0, length))
        assert.equal(await lists.read(connection), undefined)
        assert.match(log.lines.join(), /models\/work\.json is damaged/)
      }),
    )
  })

  it('survive any JSON value in place of a document', async () => {
    const { files, lists } = setUp()
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        files.texts.set('models/work.json', text)
        assert.equal(await lists.read(connection), undefined)
      }),
    )
  })

  it('ignore single facts of the wrong shape', async () => {
    const { files, lists } = setUp()
    const wrong: Record<string, unknown>[] = [
      { version: 0 },
      { version: 99 },
      { models: 'none' },
      { models: [{ id: 3 }] },
      { models: [null] },
      { findings: { a: [{ source: 'elsewhere', facts: {} }] } },
      { findings: [] },
      { listedAt: null },
    ]
    await lists.write(connection, list)
    const whole: object = JSON.parse(files.texts.get('models/work.json') ?? '')
    for (const change of wrong) {
      files.texts.set('models/work.json', JSON.stringify({ ...whole, ...change }))
      assert.equal(await lists.read(connection), undefined, JSON.stringify(change))
    }
  })

  it('are not used for a connection that goes to another server now', async () => {
    const { lists, log } = setUp()
    await lists.write(connection, list)
    assert.equal(await lists.read(createConnection({ baseUrl: 'https://other.test/v1' })), undefined)
    assert.equal(await lists.read(createConnection({ provider: 'other' })), undefined)
    assert.deepEqual(log.lines, [])
  })

  it('log what cannot be read, written or deleted, and go on', async () => {
    const { files, lists, log } = setUp()
    files.breakWith(new Error('disk full'))
    await lists.write(connection, list)
    assert.equal(await lists.read(connection), undefined)
    await lists.delete('work')
    assert.equal(log.lines.filter((line) => line.startsWith('error') && line.endsWith('disk full')).length, 3)
  })

  it('have names that no two connections share on any file system, and that are safe on all', () => {
    const names = new Map<string, string>()
    const ids = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('con', 'CON', 'Work', 'work', '..', 'a_b', 'a.b', 'é'),
    )
    fc.assert(
      fc.property(ids, (id) => {
        const name = documentName(id)
        assert.match(name, /^models\/[a-z0-9_-]+\.json$/)
        assert.doesNotMatch(name, /\/(?:con|nul|aux|prn)\.json$/)
        assert.equal(names.get(name) ?? id, id)
        names.set(name, id)
      }),
      { numRuns: 1_000 },
    )
  })
})
