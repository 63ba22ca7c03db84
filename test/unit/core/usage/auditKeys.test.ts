import assert from 'node:assert/strict'
import { createCredentials } from '../../../../src/core/credentials/createCredentials.js'
import { ModelError } from '../../../../src/core/errors.js'
import { createEmitter } from '../../../../src/core/event.js'
import type { Environment } from '../../../../src/core/ports.js'
import { createConnectionTests } from '../../../../src/core/registry/connectionTests.js'
import type { AttemptRecord } from '../../../../src/core/usage/attemptRecord.js'
import { createAudit } from '../../../../src/core/usage/audit.js'
import { watchKeys } from '../../../../src/core/usage/auditKeys.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import { createMemoryFiles, createMemoryLog, createMemorySecrets } from '../../../fakes/memoryStores.js'
import {
  createConnection,
  createProviderPorts,
  createScriptedProvider,
} from '../../../fakes/scriptedProvider.js'

const work = createConnection({ id: 'work', baseUrl: 'https://api.scripted.test/v1' })
const always = { from: 0, to: 9e15 }

describe('the keys on record', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)

  function setUp(
    environment: Environment = {},
    secrets = createMemorySecrets(),
    clock = createManualClock(),
  ) {
    const log = createMemoryLog()
    const audit = createAudit({ database, clock, log, redact: (text) => text })
    const provider = createScriptedProvider({
      key: { required: true, environmentVariables: ['SCRIPTED_API_KEY'] },
    })
    const credentials = createCredentials({ secrets, providers: [provider], environment, log })
    const tests = createConnectionTests({ files: createMemoryFiles(), clock, log })
    const attempts = createEmitter<AttemptRecord>()
    const watch = watchKeys({
      audit,
      credentials,
      connections: () => [work],
      onDidRefuseKey: tests.onDidRefuseKey,
      onDidAttempt: attempts.event,
      log,
    })
    const told = () =>
      audit.read(always).map(({ name, action, detail }) => `${name} ${action} ${detail}`.trim())
    const use = async (extension: string | undefined, patch: Partial<AttemptRecord> = {}): Promise<void> => {
      const caller = { door: 'api', ...(extension === undefined ? {} : { extension }) } as const
      attempts.fire({ ...createAttemptRecord({ model: { connection: 'work', id: 'a' } }), caller, ...patch })
      await settle()
    }
    return { clock, credentials, secrets, provider, tests, watch, told, use }
  }

  it('are stored, then rotated, then removed', async () => {
    const { credentials, clock, told } = setUp()
    await settle()
    for (const key of ['key-1', 'key-2', 'key-3']) {
      await credentials.store(work, key)
      await settle()
      await clock.advance(10_000)
    }
    await credentials.forget('work')
    await settle()
    assert.deepEqual(told(), ['work stored', 'work rotated', 'work rotated', 'work removed'])
  })

  it('are rotated where they were stored before this window opened', async () => {
    const secrets = createMemorySecrets()
    const before = setUp({}, secrets)
    before.watch.dispose()
    await before.credentials.store(work, 'key-1')
    const { credentials, told } = setUp({}, secrets)
    await settle()
    await credentials.store(work, 'key-2')
    await settle()
    assert.deepEqual(told(), ['work rotated'])
  })

  it('are used first by each caller once, in all windows, and again where they were rotated', async () => {
    const first = setUp()
    await settle()
    await first.credentials.store(work, 'key-1')
    await settle()
    for (const extension of ['acme.one', 'acme.one', 'acme.two', undefined]) await first.use(extension)
    const second = setUp({}, first.secrets, first.clock)
    await settle()
    await second.use('acme.one')
    const uses = ['work first used by acme.one', 'work first used by acme.two', 'work first used by api']
    assert.deepEqual(first.told(), ['work stored', ...uses])
    await first.clock.advance(10_000)
    await first.credentials.store(work, 'key-2')
    await settle()
    await first.use('acme.one')
    assert.deepEqual(first.told().slice(4), ['work rotated', 'work first used by acme.one'])
  })

  it('are not used by answers out of the cache, nor where there is none; one of the environment is named so', async () => {
    const without = setUp()
    await without.use('acme.one')
    assert.deepEqual(without.told(), [])
    const { told, use } = setUp({ SCRIPTED_API_KEY: 'env-key' })
    await use('acme.one', { isCacheHit: true })
    assert.deepEqual(told(), [])
    await use('acme.one')
    assert.deepEqual(told(), ['work first used by acme.one, from the environment'])
  })

  it('are refused to whoever reads them for another server, or out of a store that fails, once each', async () => {
    const { credentials, secrets, told } = setUp()
    await settle()
    await credentials.store(work, 'key-1')
    await settle()
    const elsewhere = { ...work, baseUrl: 'https://elsewhere.test' }
    for (let turn = 0; turn < 3; turn++)
      await assert.rejects(credentials.resolve(elsewhere), { code: 'unauthorized' })
    secrets.breakWith(new Error('locked'))
    await assert.rejects(credentials.resolve(work), { code: 'unauthorized' })
    assert.deepEqual(told(), [
      'work stored',
      'work read refused given for another server',
      'work read refused key store not readable',
    ])
  })

  it('are wrong at a test where the server refuses them, and not where it cannot be reached', async () => {
    const { tests, provider, clock, told } = setUp()
    const run = async (code: 'unauthorized' | 'unreachable', key: string) => {
      provider.answerLists({ type: 'fail', error: new ModelError({ code, message: 'No.' }) })
      const signal = new AbortController().signal
      const ports = createProviderPorts(clock)
      await assert.rejects(tests.run({ connection: work, provider, key, ports, signal }), { code })
    }
    await run('unreachable', 'key-1')
    await run('unauthorized', 'wrong-key-0123456789')
    assert.deepEqual(told(), ['work wrong at a test'])
    assert.ok(!JSON.stringify(database.all('SELECT * FROM audit')).includes('wrong-key'))
  })
})
