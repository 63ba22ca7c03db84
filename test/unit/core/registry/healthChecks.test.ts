import assert from 'node:assert/strict'
import { createCredentials } from '../../../../src/core/credentials/createCredentials.js'
import { hourMs, minuteMs } from '../../../../src/core/durations.js'
import { ModelError } from '../../../../src/core/errors.js'
import { createRegistry } from '../../../../src/core/registry/createRegistry.js'
import { createHealthChecks, type HealthChecksOptions } from '../../../../src/core/registry/healthChecks.js'
import { createHealthRecords } from '../../../../src/core/registry/healthRecords.js'
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

const list = [{ id: 'a' }]
const unreachable = {
  type: 'fail',
  error: new ModelError({ code: 'unreachable', message: 'Nobody is there.' }),
} as const

interface Given extends Partial<HealthChecksOptions> {
  readonly location?: 'cloud' | 'local'
  readonly enabled?: boolean
}

async function open({ location = 'cloud', enabled = true, ...options }: Given = {}) {
  const clock = createManualClock()
  const provider = createScriptedProvider({ location })
  provider.answerLists(list)
  const log = createMemoryLog()
  const ports = { ...createProviderPorts(clock), log }
  const providers = [provider]
  const credentials = createCredentials({ secrets: createMemorySecrets(), providers, environment: {}, log })
  const registry = createRegistry({
    connections: createMemoryConnections([createConnection({ enabled })]),
    credentials,
    providers,
    files: createMemoryFiles(),
    catalogs: [],
    ports,
    inUse: options.inUse ?? (() => true),
  })
  const records = createHealthRecords()
  const checks = createHealthChecks({ registry, credentials, ports, records, inUse: () => true, ...options })
  const checked: string[] = []
  records.onDidChange((id) => void checked.push(id))
  await registry.start()
  await settle()
  checks.start()
  const close = (): void => {
    checks.dispose()
    records.dispose()
    registry.dispose()
  }
  return { clock, provider, registry, records, checked, close }
}

describe('health checks', () => {
  it('ask a cloud for its list every ten minutes, and keep how it answered', async () => {
    const { clock, provider, records, checked, close } = await open()
    assert.equal(records.last('work'), undefined)
    await clock.advance(31 * minuteMs)
    assert.deepEqual([provider.lists.length, checked], [1 + 3, ['work', 'work', 'work']])
    assert.deepEqual(records.last('work'), { at: clock.now() - minuteMs, latencyMs: 0 })
    close()
  })

  it('ask nothing while VS Code is not in use, and soon when it is again', async () => {
    let inUse = false
    const { clock, provider, close } = await open({ inUse: () => inUse })
    await clock.advance(50 * minuteMs)
    assert.equal(provider.lists.length, 1)
    inUse = true
    await clock.advance(minuteMs)
    assert.equal(provider.lists.length, 2)
    close()
  })

  it('ask nothing of a connection that has just answered a request', async () => {
    const { clock, provider, close } = await open({ lastSuccessAt: () => clock.now() - 2 * minuteMs })
    await clock.advance(55 * minuteMs)
    assert.equal(provider.lists.length, 1)
    close()
  })

  it('add nothing to the lists of a local server, and never ask a model', async () => {
    const { clock, provider, checked, close } = await open({ location: 'local' })
    await clock.advance(60 * minuteMs)
    assert.deepEqual([provider.lists.length, provider.chats.length, checked], [61, 0, []])
    close()
  })

  it('ask nothing of a connection that is disabled, nor where the user wants no checks', async () => {
    const disabled = await open({ enabled: false })
    const unwanted = await open({ intervalMs: () => 0 })
    await disabled.clock.advance(50 * minuteMs)
    await unwanted.clock.advance(50 * minuteMs)
    assert.deepEqual([disabled.provider.lists.length, unwanted.provider.lists.length], [0, 1])
    disabled.close()
    unwanted.close()
  })

  it('make the registry look when a check fails, and leave a server that is down to its longer pauses', async () => {
    const { clock, provider, registry, records, close } = await open()
    provider.answerLists(unreachable)
    await clock.advance(10 * minuteMs)
    assert.equal(registry.view('work')?.state.kind, 'unreachable')
    assert.equal(records.last('work')?.error?.code, 'unreachable')
    const before = provider.lists.length
    await clock.advance(hourMs)
    const backedOff = provider.lists.length - before
    assert.ok(backedOff <= 8, `${backedOff} lists in an hour`)
    provider.answerLists(list)
    await registry.refresh('work')
    await clock.advance(11 * minuteMs)
    assert.equal(records.last('work')?.error, undefined)
    assert.equal(registry.view('work')?.state.kind, 'ready')
    close()
  })

  it('wait no longer than fifteen seconds for a server that does not answer', async () => {
    const { clock, provider, records, close } = await open()
    provider.answerLists({ type: 'deaf' })
    await clock.advance(10 * minuteMs + 15_000)
    assert.equal(provider.lists.length, 3)
    await clock.advance(15_000)
    assert.deepEqual(
      [records.last('work')?.error?.code, records.last('work')?.latencyMs],
      ['timeout', 15_000],
    )
    close()
  })

  it('go on when the clock was put back', async () => {
    const { clock, provider, close } = await open()
    clock.jump(-5 * hourMs)
    await clock.advance(11 * minuteMs)
    assert.equal(provider.lists.length, 3)
    close()
  })

  it('end without a trace: nothing sleeps, nothing is asked', async () => {
    const { clock, provider, close } = await open()
    provider.answerLists({ type: 'hang' })
    await clock.advance(10 * minuteMs)
    close()
    await clock.advance(hourMs)
    assert.deepEqual([clock.sleeping(), provider.lists.length], [0, 2])
  })
})
