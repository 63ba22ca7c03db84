import assert from 'node:assert/strict'
import type { Catalog } from '../../../../src/core/catalog/catalog.js'
import { createCredentials } from '../../../../src/core/credentials/createCredentials.js'
import { hourMs, minuteMs } from '../../../../src/core/durations.js'
import { ModelError } from '../../../../src/core/errors.js'
import { createEmitter } from '../../../../src/core/event.js'
import type { KeyField } from '../../../../src/core/provider.js'
import { createRegistry, type RegistryOptions } from '../../../../src/core/registry/createRegistry.js'
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

const unreachable = {
  type: 'fail',
  error: new ModelError({ code: 'unreachable', message: 'Nobody is there.' }),
} as const

interface SetUp {
  readonly connections?: Parameters<typeof createMemoryConnections>[0]
  readonly key?: KeyField
  readonly location?: 'cloud' | 'local'
  /** Of another window. */
  readonly files?: ReturnType<typeof createMemoryFiles>
  readonly clock?: ReturnType<typeof createManualClock>
  readonly options?: Partial<RegistryOptions>
}

function setUp(given: SetUp = {}) {
  const clock = given.clock ?? createManualClock()
  const provider = createScriptedProvider({
    location: given.location ?? 'cloud',
    ...(given.key === undefined ? {} : { key: given.key }),
  })
  const other = createScriptedProvider({ id: 'other', name: 'Other' })
  provider.answerLists([{ id: 'a' }, { id: 'b' }])
  other.answerLists([{ id: 'x' }])
  const connections = createMemoryConnections(given.connections ?? [createConnection()])
  const secrets = createMemorySecrets()
  const log = createMemoryLog()
  const files = given.files ?? createMemoryFiles()
  const providers = [provider, other]
  const credentials = createCredentials({ secrets, providers, environment: {}, log })
  const registry = createRegistry({
    connections,
    credentials,
    providers,
    files,
    catalogs: [],
    ports: { ...createProviderPorts(clock), log },
    inUse: () => true,
    ...given.options,
  })
  let changes = 0
  registry.onDidChange(() => void changes++)
  const ids = () => registry.models().map((model) => `${model.connection}/${model.id}`)
  return {
    clock,
    provider,
    other,
    connections,
    secrets,
    credentials,
    log,
    files,
    registry,
    ids,
    changes: () => changes,
  }
}

describe('registry', () => {
  it('reads and asks nothing before it is started', async () => {
    const { registry, provider } = setUp()
    await settle()
    assert.deepEqual([registry.views(), registry.models(), provider.lists.length], [[], [], 0])
  })

  it('lists each connection’s models in the background and finds them by their names', async () => {
    const { registry, ids, clock } = setUp()
    await registry.start()
    assert.equal(registry.view('work')?.state.kind, 'refreshing')
    await settle()
    assert.deepEqual(ids(), ['work/a', 'work/b'])
    assert.deepEqual(
      [registry.view('work')?.state.kind, registry.view('work')?.listedAt],
      ['ready', clock.now()],
    )
    assert.equal(registry.find({ connection: 'work', id: 'b' })?.id, 'b')
    assert.equal(registry.find({ connection: 'work', id: 'c' }), undefined)
    registry.dispose()
  })

  it('shows the kept list at once, with its age, while it is listed again and while nobody answers', async () => {
    const first = setUp()
    await first.registry.start()
    await settle()
    const listedAt = first.clock.now()
    first.registry.dispose()

    await first.clock.advance(3 * hourMs)
    const second = setUp({ files: first.files, clock: first.clock })
    second.provider.answerLists({ type: 'hang' })
    await second.registry.start()
    assert.deepEqual(second.ids(), ['work/a', 'work/b'])
    assert.deepEqual(
      [second.registry.view('work')?.state.kind, second.registry.view('work')?.listedAt],
      ['refreshing', listedAt],
    )
    await second.clock.advance(15_000)
    assert.equal(second.registry.view('work')?.state.kind, 'unreachable')
    assert.deepEqual(second.ids(), ['work/a', 'work/b'])
    second.registry.dispose()
  })

  it('lets no dead endpoint delay another one', async () => {
    const connections = [createConnection(), createConnection({ id: 'o', provider: 'other' })]
    const { registry, provider, ids } = setUp({ connections })
    provider.answerLists({ type: 'deaf' })
    await registry.start()
    await settle()
    assert.deepEqual(ids(), ['o/x'])
    assert.equal(registry.view('work')?.state.kind, 'refreshing')
    registry.dispose()
  })

  it('joins a burst of refreshes into one question', async () => {
    const { registry, provider } = setUp()
    await registry.start()
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => registry.refresh(index % 2 === 0 ? 'work' : undefined)),
    )
    assert.equal(provider.lists.length, 1)
    registry.dispose()
  })

  it('never rejects a refresh, and tells the outcome by the state', async () => {
    const { registry, provider, clock } = setUp()
    provider.answerLists(unreachable)
    await registry.start()
    await registry.refresh('work')
    await registry.refresh('nowhere')
    const state = registry.view('work')?.state
    assert.ok(state?.kind === 'unreachable')
    assert.deepEqual(
      [state.since, state.error.code, state.error.provider],
      [clock.now(), 'unreachable', 'scripted'],
    )
    registry.dispose()
  })

  it('lists a connection that is refreshed before its saving was announced', async () => {
    const { registry, connections, provider } = setUp({ connections: [] })
    await registry.start()
    const list = connections.list.bind(connections)
    connections.list = () => [...list(), createConnection()]
    await registry.refresh('work')
    assert.deepEqual([registry.view('work')?.state.kind, provider.lists.length], ['ready', 1])
    registry.dispose()
  })

  it('leaves out connections of a provider that does not exist, and logs it', async () => {
    const { registry, log } = setUp({ connections: [createConnection({ provider: 'nobody' })] })
    await registry.start()
    assert.deepEqual(registry.views(), [])
    assert.match(log.lines.join(), /there is no provider "nobody"/)
    registry.dispose()
  })

  it('asks nobody and announces nothing after disposal', async () => {
    const { registry, provider, clock, connections, changes, credentials } = setUp()
    provider.answerLists({ type: 'hang' })
    await registry.start()
    await settle()
    registry.dispose()
    const before = changes()
    assert.equal(provider.lists[0]?.signal.aborted, true)
    await connections.save(createConnection({ id: 'late' }))
    await credentials.store(createConnection(), 'key-1')
    await registry.refresh()
    await registry.refresh('late')
    await clock.advance(2 * hourMs)
    assert.deepEqual([provider.lists.length, changes(), clock.sleeping()], [1, before, 0])
  })
})

describe('registry lists', () => {
  it('keep the old models when a cloud answers with none', async () => {
    const { registry, provider, ids, clock, log } = setUp()
    provider.answerLists([{ id: 'a' }], [])
    await registry.start()
    await settle()
    const listedAt = clock.now()
    await clock.advance(hourMs)
    assert.equal(provider.lists.length, 2)
    assert.deepEqual(ids(), ['work/a'])
    assert.deepEqual(
      [registry.view('work')?.state.kind, registry.view('work')?.listedAt],
      ['ready', listedAt],
    )
    assert.match(log.lines.join(), /empty list; the earlier one is kept/)
    registry.dispose()
  })

  it('believe a local server that has no models any more', async () => {
    const { registry, provider, ids, clock } = setUp({ location: 'local' })
    provider.answerLists([{ id: 'a' }], [])
    await registry.start()
    await clock.advance(minuteMs)
    assert.deepEqual(ids(), [])
    assert.equal(registry.view('work')?.state.kind, 'ready')
    registry.dispose()
  })

  it('are refreshed every hour from a cloud and every minute from a local server in use', async () => {
    for (const [location, interval] of [['cloud', hourMs] as const, ['local', minuteMs] as const]) {
      const { registry, provider, clock } = setUp({ location })
      await registry.start()
      await clock.advance(3.5 * interval)
      assert.equal(provider.lists.length, 4, location)
      registry.dispose()
    }
  })

  it('are not asked of a local server that nobody uses, and are again once somebody does', async () => {
    let inUse = false
    const { registry, provider, clock } = setUp({ location: 'local', options: { inUse: () => inUse } })
    await registry.start()
    await clock.advance(30 * minuteMs)
    assert.equal(provider.lists.length, 1)
    inUse = true
    await clock.advance(minuteMs)
    assert.equal(provider.lists.length, 2)
    registry.dispose()
  })

  it('are refreshed from a cloud whether or not anybody uses them', async () => {
    const { registry, provider, clock } = setUp({ options: { inUse: () => false } })
    await registry.start()
    await clock.advance(2.5 * hourMs)
    assert.equal(provider.lists.length, 3)
    registry.dispose()
  })

  it('are asked for less and less often while nobody answers, and at once when the user asks', async () => {
    const { registry, provider, clock } = setUp()
    provider.answerLists(unreachable)
    await registry.start()
    const at: number[] = []
    for (let second = 0; second < 700; second += 10) {
      await clock.advance(10_000)
      while (at.length < provider.lists.length) at.push(second + 10)
    }
    assert.deepEqual(at, [10, 30, 90, 210, 450])
    await registry.refresh('work')
    assert.equal(provider.lists.length, 6)
    registry.dispose()
  })

  it('carry what the catalogues know, and do not load them again for a kept list', async () => {
    let loads = 0
    const catalog: Catalog = {
      source: 'snapshot',
      version: 'c@1',
      load: async () => void loads++,
      lookup: () => ({ source: 'snapshot', facts: { pricing: { input: 2 } } }),
    }
    const first = setUp({ options: { catalogs: [catalog] } })
    await first.registry.start()
    await settle()
    assert.equal(first.registry.models()[0]?.pricing.input, 2)
    first.registry.dispose()
    const second = setUp({ options: { catalogs: [catalog] }, files: first.files })
    await second.registry.start()
    assert.equal(second.registry.models()[0]?.pricing.input, 2)
    await settle()
    assert.deepEqual([second.provider.lists.length, loads], [1, 1])
    second.registry.dispose()
  })
})

describe('registry events', () => {
  it('come once for a start with kept lists, however many connections', async () => {
    const connections = ['a', 'b', 'c', 'd'].map((id) => createConnection({ id }))
    const first = setUp({ connections })
    await first.registry.start()
    await settle()
    first.registry.dispose()
    const second = setUp({ connections, files: first.files })
    second.provider.answerLists({ type: 'hang' })
    await second.registry.start()
    assert.deepEqual([second.changes(), second.ids().length], [1, 8])
    second.registry.dispose()
  })

  it('leave the models’ array as it is until a model changes', async () => {
    const { registry, clock, provider } = setUp()
    await registry.start()
    await settle()
    const models = registry.models()
    await registry.refresh()
    await clock.advance(hourMs)
    assert.equal(registry.models(), models)
    provider.answerLists([{ id: 'b' }, { id: 'a' }])
    await clock.advance(leastPauseMs)
    await registry.refresh()
    assert.equal(registry.models(), models, 'another order is no change')
    provider.answerLists([{ id: 'a', contextWindow: 8_192 }, { id: 'b' }])
    await clock.advance(leastPauseMs)
    await registry.refresh()
    assert.notEqual(registry.models(), models)
    assert.equal(registry.models()[1], models[1], 'the other model is the same object')
    registry.dispose()
  })

  it('do not come for retries that fail in the same way', async () => {
    const { registry, provider, clock, changes } = setUp()
    provider.answerLists(unreachable)
    await registry.start()
    await settle()
    const before = changes()
    await clock.advance(5 * minuteMs)
    assert.ok(provider.lists.length > 3)
    assert.equal(changes(), before)
    registry.dispose()
  })

  it('do not come for settings that say the same', async () => {
    const { registry, connections, changes } = setUp()
    await registry.start()
    await settle()
    const before = changes()
    await connections.save(createConnection())
    await settle()
    assert.equal(changes(), before)
    registry.dispose()
  })

  it('announce a refresh that the user asked for, and not one in the background', async () => {
    const { registry, clock } = setUp()
    const kinds: (string | undefined)[] = []
    await registry.start()
    await settle()
    registry.onDidChange(() => void kinds.push(registry.view('work')?.state.kind))
    await clock.advance(hourMs)
    assert.deepEqual(kinds, ['ready'])
    await clock.advance(leastPauseMs)
    await registry.refresh('work')
    assert.deepEqual(kinds, ['ready', 'refreshing', 'ready'])
    registry.dispose()
  })

  it('asks a cloud for nothing while only local models are allowed, and shows its last list', async () => {
    let isLocalOnly = false
    const changed = createEmitter<void>()
    const options = {
      ports: { ...createProviderPorts(createManualClock()), isLocalOnly: () => isLocalOnly },
      onDidChangeLocalOnly: changed.event,
    }
    const { registry, provider, ids } = setUp({ options })
    await registry.start()
    await registry.refresh()
    const asked = provider.lists.length
    const turn = async (isOn: boolean) => {
      isLocalOnly = isOn
      changed.fire()
      await registry.refresh()
      return registry.view('work')?.state.kind
    }
    assert.equal(await turn(true), 'heldBack')
    assert.deepEqual([provider.lists.length, ids()], [asked, ['work/a', 'work/b']])
    assert.equal(await turn(false), 'ready')
    assert.equal(provider.lists.length, asked + 1)
  })
})
