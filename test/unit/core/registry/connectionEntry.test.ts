import assert from 'node:assert/strict'
import type { Catalog } from '../../../../src/core/catalog/catalog.js'
import { createCredentials } from '../../../../src/core/credentials/createCredentials.js'
import { ModelError } from '../../../../src/core/errors.js'
import { createEmitter } from '../../../../src/core/event.js'
import type { Connection, KeyField } from '../../../../src/core/provider.js'
import { createRegistry } from '../../../../src/core/registry/createRegistry.js'
import { leastPauseMs } from '../../../../src/core/registry/pace.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import {
  createMemoryConnections,
  createMemoryFiles,
  createMemoryLog,
  createMemorySecrets,
} from '../../../fakes/memoryStores.js'
import {
  createConnection,
  createProviderPorts,
  createScriptedProvider,
} from '../../../fakes/scriptedProvider.js'

interface Window {
  readonly connections?: readonly Connection[]
  readonly key?: KeyField
  readonly files?: ReturnType<typeof createMemoryFiles>
  readonly clock?: ReturnType<typeof createManualClock>
  readonly catalog?: Catalog
}

async function open(given: Window = {}) {
  const clock = given.clock ?? createManualClock()
  const provider = createScriptedProvider(given.key === undefined ? {} : { key: given.key })
  provider.answerLists([{ id: 'a' }, { id: 'b' }])
  const connections = createMemoryConnections(given.connections ?? [createConnection()])
  const secrets = createMemorySecrets()
  const log = createMemoryLog()
  const files = given.files ?? createMemoryFiles()
  const credentials = createCredentials({ secrets, providers: [provider], environment: {}, log })
  const registry = createRegistry({
    connections,
    credentials,
    providers: [provider],
    files,
    catalogs: given.catalog === undefined ? [] : [given.catalog],
    ports: { ...createProviderPorts(clock), log },
    inUse: () => true,
  })
  const state = () => registry.view('work')?.state.kind
  const ids = () => registry.models().map((model) => model.id)
  await registry.start()
  await settle()
  return { clock, provider, connections, secrets, credentials, log, files, registry, state, ids }
}

describe('a connection whose key changes', () => {
  const key: KeyField = { required: true }

  it('waits for a key without asking the server, and asks as soon as it has one', async () => {
    const { registry, state, provider, credentials, clock } = await open({ key })
    await clock.advance(3 * 3_600_000)
    assert.deepEqual(
      [state(), registry.view('work')?.key, provider.lists.length],
      ['noKey', { state: 'missing', required: true }, 0],
    )
    await credentials.store(createConnection(), 'key-1')
    await settle()
    assert.deepEqual(
      [state(), registry.view('work')?.key.state, provider.lists[0]?.key],
      ['ready', 'stored', 'key-1'],
    )
    registry.dispose()
  })

  it('alone is asked again', async () => {
    const connections = [createConnection(), createConnection({ id: 'home' })]
    const { registry, provider, credentials } = await open({ key, connections })
    await credentials.store(createConnection(), 'key-1')
    await settle()
    assert.deepEqual(
      provider.lists.map((context) => context.connection.id),
      ['work'],
    )
    registry.dispose()
  })

  it('does not take over what was asked with the old key', async () => {
    const { registry, provider, credentials, ids } = await open({ key })
    provider.answerLists({ type: 'hang' }, [{ id: 'new' }])
    await credentials.store(createConnection(), 'key-1')
    await settle()
    await credentials.store(createConnection(), 'key-2')
    await settle()
    assert.equal(provider.lists[0]?.signal.aborted, true)
    assert.deepEqual([provider.lists[1]?.key, ids()], ['key-2', ['new']])
    registry.dispose()
  })

  it('keeps its models while the key is gone or the key store fails', async () => {
    const { registry, secrets, credentials, state, ids } = await open({ key })
    await credentials.store(createConnection(), 'key-1')
    await settle()
    secrets.breakWith(new Error('locked'))
    await registry.refresh('work')
    assert.deepEqual([state(), registry.view('work')?.key.state, ids()], ['noKey', 'unavailable', ['a', 'b']])
    secrets.breakWith(undefined)
    await credentials.forget('work')
    await settle()
    assert.deepEqual([state(), registry.view('work')?.key.state, ids()], ['noKey', 'missing', ['a', 'b']])
    registry.dispose()
  })

  it('is said to lack a key when the server wants one that is optional', async () => {
    const { registry, provider, clock, state } = await open({ key: { required: false } })
    provider.answerLists({
      type: 'fail',
      error: new ModelError({ code: 'unauthorized', message: 'Key, please.' }),
    })
    await clock.advance(leastPauseMs)
    await registry.refresh('work')
    assert.equal(state(), 'noKey')
    registry.dispose()
  })

  it('is said to be out of reach, with the reason, when the server refuses the key it has', async () => {
    const { registry, provider, credentials, state } = await open({ key })
    provider.answerLists({
      type: 'fail',
      error: new ModelError({ code: 'unauthorized', message: 'Wrong key.' }),
    })
    await credentials.store(createConnection(), 'key-1')
    await settle()
    assert.equal(state(), 'unreachable')
    registry.dispose()
  })
})

describe('a connection whose settings change', () => {
  it('is described anew without asking the server when only patterns, name or overrides change', async () => {
    const { registry, provider, connections, ids } = await open()
    await connections.save(
      createConnection({ exclude: ['b'], name: 'Job', models: { a: { contextWindow: 9 } } }),
    )
    await settle()
    assert.deepEqual([ids(), provider.lists.length], [['a'], 1])
    assert.deepEqual(
      [registry.models()[0]?.contextWindow, registry.view('work')?.connection.name],
      [9, 'Job'],
    )
    registry.dispose()
  })

  it('is asked again when its fields change', async () => {
    const { registry, provider, connections } = await open()
    await connections.save(createConnection({ fields: { organization: 'x' } }))
    await settle()
    assert.equal(provider.lists.length, 2)
    registry.dispose()
  })

  it('shows nothing of the old server once it goes to another one', async () => {
    const { registry, provider, connections, ids, state } = await open()
    provider.answerLists({ type: 'hang' })
    await connections.save(createConnection({ baseUrl: 'https://other.test/v1' }))
    await settle()
    assert.deepEqual([ids(), state(), registry.view('work')?.listedAt], [[], 'refreshing', undefined])
    registry.dispose()
  })

  it('is out of reach only since it goes to the other server', async () => {
    const { registry, provider, connections, clock } = await open()
    provider.answerLists({
      type: 'fail',
      error: new ModelError({ code: 'unreachable', message: 'Nobody is there.' }),
    })
    await registry.refresh('work')
    await clock.advance(10_000)
    await connections.save(createConnection({ baseUrl: 'https://other.test/v1' }))
    await settle()
    const state = registry.view('work')?.state
    assert.equal(state?.kind === 'unreachable' && state.since, clock.now())
    registry.dispose()
  })

  it('offers no models while it is disabled, is not asked, and comes back with them', async () => {
    const { registry, provider, connections, ids, state, clock } = await open()
    await connections.save(createConnection({ enabled: false }))
    await clock.advance(2 * 3_600_000)
    assert.deepEqual([ids(), state(), provider.lists.length], [[], 'disabled', 1])
    assert.equal(registry.view('work')?.models.length, 2)
    await connections.save(createConnection())
    assert.deepEqual(ids(), ['a', 'b'])
    await settle()
    assert.deepEqual([state(), provider.lists.length], ['ready', 2])
    registry.dispose()
  })

  it('is gone with its kept list when it is removed, and its question is aborted', async () => {
    const { registry, provider, connections, files } = await open()
    provider.answerLists({ type: 'hang' })
    void registry.refresh('work')
    await settle()
    assert.deepEqual([...files.texts.keys()], ['models/work.json'])
    await connections.remove('work')
    await settle()
    assert.deepEqual([registry.views(), registry.models(), [...files.texts.keys()]], [[], [], []])
    assert.equal(provider.lists.at(-1)?.signal.aborted, true)
    registry.dispose()
  })

  it('keeps its list on disk while the settings cannot be read', async () => {
    const { registry, connections, files } = await open()
    connections.setProblems([{ path: 'roundhouse.connections[0]', message: 'Give it an id.' }])
    await connections.remove('work')
    await settle()
    assert.deepEqual([...files.texts.keys()], ['models/work.json'])
    registry.dispose()
  })
})

describe('two windows on the same files', () => {
  it('share what one of them has listed lately', async () => {
    const one = await open()
    await one.clock.advance(1_800_000)
    const two = await open({ files: one.files, clock: one.clock })
    two.provider.answerLists([{ id: 'a' }, { id: 'fresh' }])
    await one.clock.advance(leastPauseMs)
    await two.registry.refresh()
    await one.clock.advance(1_800_000)
    assert.deepEqual([one.ids(), one.provider.lists.length], [['a', 'fresh'], 1])
    one.registry.dispose()
    two.registry.dispose()
  })

  it('do not believe a list from the future', async () => {
    const { registry, files, clock, provider } = await open()
    const name = 'models/work.json'
    const document: object = JSON.parse(files.texts.get(name) ?? '')
    files.texts.set(
      name,
      JSON.stringify({ ...document, listedAt: clock.now() + 1e12, models: [{ id: 'odd' }] }),
    )
    await clock.advance(3_600_000)
    assert.equal(provider.lists.length, 2)
    registry.dispose()
  })

  it('go on without the disk when it fails', async () => {
    const { registry, clock, files, ids, log, state } = await open()
    files.breakWith(new Error('disk full'))
    await clock.advance(leastPauseMs)
    await registry.refresh()
    assert.deepEqual([state(), ids()], ['ready', ['a', 'b']])
    assert.match(log.lines.join(), /could not be kept on disk: disk full/)
    registry.dispose()
  })
})

/** A catalogue whose one price changes when it learns another. */
function createLearningCatalog() {
  const changed = createEmitter<void>()
  let price = 2
  const catalog: Catalog = {
    source: 'catalog',
    get version() {
      return `c@${price}`
    },
    load: async () => {},
    lookup: () => ({ source: 'catalog', facts: { pricing: { input: price } } }),
    onDidChange: changed.event,
  }
  const learn = (next: number): void => {
    price = next
    changed.fire()
  }
  return { catalog, learn }
}

describe('a connection whose catalogue learns', () => {
  it('carries what it has learnt, on screen and on disk, without asking the server again', async () => {
    const { catalog, learn } = createLearningCatalog()
    const { registry, provider, files } = await open({ catalog })
    let changes = 0
    registry.onDidChange(() => void changes++)
    learn(3)
    await settle()
    assert.equal(registry.models()[0]?.pricing.input, 3)
    assert.deepEqual([provider.lists.length, changes], [1, 1])
    assert.match(files.texts.get('models/work.json') ?? '', /"catalogVersion":"c@3"/)
    registry.dispose()
  })

  it('is not written again where it is removed while the catalogue is read', async () => {
    const { catalog, learn } = createLearningCatalog()
    const { registry, connections, files } = await open({ catalog })
    learn(3)
    await connections.remove('work')
    await settle()
    assert.equal(files.texts.has('models/work.json'), false)
    registry.dispose()
  })
})

describe('a list of more models than are used', () => {
  it('says how many were left out until the list is shorter', async () => {
    const first = await open()
    const many = Array.from({ length: 20_003 }, (_, index) => ({ id: `m${index}` }))
    first.provider.answerLists(many)
    await first.clock.advance(leastPauseMs)
    await first.registry.refresh('work')
    const view = first.registry.view('work')
    assert.deepEqual([view?.models.length, view?.leftOut], [20_000, 3])
    first.provider.answerLists([{ id: 'a' }])
    await first.clock.advance(leastPauseMs)
    await first.registry.refresh('work')
    assert.equal(first.registry.view('work')?.leftOut, undefined)
  })
})
