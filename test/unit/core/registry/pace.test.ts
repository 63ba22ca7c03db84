import assert from 'node:assert/strict'
import { createCredentials } from '../../../../src/core/credentials/createCredentials.js'
import { hourMs } from '../../../../src/core/durations.js'
import { ModelError } from '../../../../src/core/errors.js'
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

const unreachable = {
  type: 'fail',
  error: new ModelError({ code: 'unreachable', message: 'Nobody is there.' }),
} as const

interface Window {
  readonly files?: ReturnType<typeof createMemoryFiles>
  readonly clock?: ReturnType<typeof createManualClock>
}

function setUp({ files = createMemoryFiles(), clock = createManualClock() }: Window = {}) {
  const provider = createScriptedProvider()
  provider.answerLists([{ id: 'a' }, { id: 'b' }])
  const connections = createMemoryConnections([createConnection()])
  const log = createMemoryLog()
  const secrets = createMemorySecrets()
  const credentials = createCredentials({ secrets, providers: [provider], environment: {}, log })
  const registry = createRegistry({
    connections,
    credentials,
    providers: [provider],
    files,
    catalogs: [],
    ports: { ...createProviderPorts(clock), log },
    inUse: () => true,
  })
  return { clock, provider, connections, registry }
}

describe('lists of models', () => {
  it('are asked for once in ten seconds, however often the user asks, and each refusal says how long it waits', async () => {
    const { registry, provider, clock, connections } = setUp()
    await registry.start()
    await settle()
    assert.equal(provider.lists.length, 1)
    await clock.advance(3_000)
    const [pause, ...others] = await registry.refresh('work')
    assert.deepEqual(
      [pause?.connection.id, pause?.agoMs, pause?.againInMs, others.length, provider.lists.length],
      ['work', 3_000, 7_000, 0, 1],
    )
    assert.equal((await registry.refresh()).length, 1)
    await clock.advance(7_000)
    assert.deepEqual([await registry.refresh('work'), provider.lists.length], [[], 2])
    await connections.save(createConnection({ baseUrl: 'https://elsewhere.test/v1' }))
    await settle()
    assert.equal(provider.lists.length, 3, 'another server is asked at once')
    registry.dispose()
  })

  it('that fail are asked for again no sooner, and one that is under way is joined', async () => {
    const { registry, provider, clock } = setUp()
    provider.answerLists(unreachable)
    await registry.start()
    await settle()
    assert.equal((await registry.refresh('work')).length, 1)
    assert.equal(provider.lists.length, 1)
    await clock.advance(leastPauseMs)
    const both = await Promise.all([registry.refresh('work'), registry.refresh('work')])
    assert.deepEqual([both, provider.lists.length], [[[], []], 2])
    registry.dispose()
  })

  it('that another window has just had are taken over, where the user asks here', async () => {
    const files = createMemoryFiles()
    const here = setUp({ files })
    await here.registry.start()
    await settle()
    await here.clock.advance(leastPauseMs)
    const there = setUp({ files, clock: here.clock })
    there.provider.answerLists([{ id: 'new' }])
    await there.registry.start()
    await settle()
    await here.registry.refresh('work')
    assert.deepEqual([here.provider.lists.length, here.registry.models().map(({ id }) => id)], [1, ['new']])
    here.registry.dispose()
    there.registry.dispose()
  })

  it('tell since when nobody answers, and forget it once somebody does', async () => {
    const { registry, provider, clock } = setUp()
    provider.answerLists(unreachable, unreachable, [{ id: 'a' }], unreachable)
    await registry.start()
    await settle()
    const since = clock.now()
    await clock.advance(30_000)
    let state = registry.view('work')?.state
    assert.deepEqual([state?.kind === 'unreachable' && state.since, provider.lists.length], [since, 2])
    await clock.advance(leastPauseMs)
    await registry.refresh('work')
    assert.equal(registry.view('work')?.state.kind, 'ready')
    await clock.advance(hourMs)
    state = registry.view('work')?.state
    assert.equal(state?.kind === 'unreachable' && state.since, since + 30_000 + leastPauseMs + hourMs)
    registry.dispose()
  })
})
