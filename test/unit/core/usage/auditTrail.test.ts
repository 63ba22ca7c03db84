import assert from 'node:assert/strict'
import { asyncProperty, assert as check, stringMatching } from 'fast-check'
import { createCredentials } from '../../../../src/core/credentials/createCredentials.js'
import { createEmitter } from '../../../../src/core/event.js'
import type { Connection } from '../../../../src/core/provider.js'
import { createRedactor } from '../../../../src/core/redact.js'
import { createAudit } from '../../../../src/core/usage/audit.js'
import { createSeenSettings } from '../../../../src/core/usage/auditSeen.js'
import { auditedRuntimes, createAuditTrail } from '../../../../src/core/usage/auditTrail.js'
import { sha256 } from '../../../../src/platform/cache/sha256.js'
import { providers } from '../../../../src/providers/index.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import { createMemoryConnections, createMemoryLog, createMemorySecrets } from '../../../fakes/memoryStores.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'

const always = { from: 0, to: 9e15 }

describe('createAuditTrail', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)
  let salts = 0

  const work = createConnection({ id: 'work', provider: 'openai', baseUrl: 'https://api.openai.com/v1' })

  /** By id, with their providers' fields beside their own, as they are written. */
  const entriesOf = (connections: readonly Connection[]) =>
    new Map(connections.map(({ id, fields, ...own }) => [id, { ...own, ...fields }]))

  function setUp(written: readonly Connection[] = [work]) {
    const redactor = createRedactor()
    const log = createMemoryLog()
    const audit = createAudit({
      database,
      clock: createManualClock(),
      log,
      redact: (text) => redactor.redact(text),
    })
    const connections = createMemoryConnections(written)
    const credentials = createCredentials({
      secrets: createMemorySecrets(),
      providers,
      environment: {},
      log,
      register: (secret) => redactor.register(secret),
    })
    let budgets = new Map<string, object>([['month', { limit: 5 }]])
    const budgetsChanged = createEmitter<void>()
    const trail = createAuditTrail({
      audit,
      seen: createSeenSettings({ database, audit, sha256, createId: () => `${++salts}` }),
      settings: [
        {
          subject: 'connection',
          entries: () => entriesOf(connections.list()),
          onDidChange: connections.onDidChange,
        },
        {
          subject: 'runtime',
          entries: () =>
            auditedRuntimes(connections.list().filter(({ provider }) => provider === 'llamacpp')),
          onDidChange: connections.onDidChange,
        },
        { subject: 'budget', entries: () => budgets, onDidChange: budgetsChanged.event },
      ],
      credentials,
      connections: () => connections.list(),
      onDidRefuseKey: () => ({ dispose: () => {} }),
      onDidAttempt: () => ({ dispose: () => {} }),
      log,
    })
    const setBudgets = (next: Map<string, object>) => {
      budgets = next
      budgetsChanged.fire()
    }
    const told = () =>
      audit.read(always).map(({ subject, name, action, detail }) => `${subject} ${name} ${action} ${detail}`)
    return { audit, connections, credentials, log, setBudgets, trail, told }
  }

  it('names the connection, what was done, and which members changed, those of its provider too', async () => {
    const { connections, told } = setUp()
    await connections.save({ ...work, enabled: false, fields: { headers: { 'x-token': 'secret-value-1' } } })
    await connections.save(createConnection({ id: 'home' }))
    await connections.remove('work')
    assert.deepEqual(told(), [
      'connection work changed enabled, headers',
      'connection home added ',
      'connection work removed ',
    ])
  })

  it('names budgets and keys, and where the change came from', async () => {
    const { audit, credentials, setBudgets, told } = setUp()
    setBudgets(new Map([['month', { limit: 7 }]]))
    await credentials.store(work, 'good-key-0123456789')
    await settle()
    await credentials.forget('work')
    await settle()
    assert.deepEqual(told(), ['budget month changed limit', 'key work stored ', 'key work removed '])
    assert.deepEqual(
      audit.read(always).map(({ origin }) => origin),
      ['settings', 'secret storage', 'secret storage'],
    )
  })

  it('finds what was changed while no window was open, and nothing that a window has put on record', async () => {
    const first = setUp()
    await first.connections.save({ ...work, enabled: false })
    first.trail.dispose()
    const second = setUp(first.connections.list())
    second.trail.dispose()
    assert.deepEqual(second.told(), ['connection work changed enabled'])
    const home = createConnection({ id: 'home' })
    const third = setUp([{ ...work, fields: { organization: 'acme' } }, home])
    assert.deepEqual(third.told(), [
      'connection work changed enabled',
      'connection home added ',
      'connection work changed enabled, organization',
    ])
    await third.connections.remove('home')
    assert.deepEqual(
      third.audit.read(always).map(({ origin }) => origin),
      ['settings', 'settings, while no window was open', 'settings, while no window was open', 'settings'],
    )
  })

  it('goes on with what it sees where it cannot look back, and says so', async () => {
    database.exec('ALTER TABLE audit_seen RENAME TO elsewhere')
    const { connections, log } = setUp()
    assert.equal(log.lines.filter((line) => line.includes('while no window was open')).length, 3)
    database.exec('ALTER TABLE elsewhere RENAME TO audit_seen')
    await connections.remove('work')
    assert.deepEqual(setUp([]).told(), ['connection work removed '])
  })

  it('names the files of the embedded engine that come and go, and which of its settings changed', async () => {
    const { connections, told } = setUp()
    const engine = createConnection({
      id: 'here',
      provider: 'llamacpp',
      fields: { files: ['/home/me/a.gguf'] },
    })
    await connections.save(engine)
    await connections.save({ ...engine, fields: { files: ['C:\\\\models\\\\b.gguf'], threads: 8 } })
    const runtimes = told().filter((line) => line.startsWith('runtime'))
    assert.deepEqual(runtimes, [
      'runtime here added ',
      'runtime here/a.gguf added ',
      'runtime here/a.gguf removed ',
      'runtime here/b.gguf added ',
      'runtime here changed threads',
    ])
  })

  it('has no value of any member in it, and no key, whatever they are', async () => {
    const { connections, credentials } = setUp()
    const seed = 20_261_121
    const secret = stringMatching(/^[A-Z0-9]{12,40}$/)
    await check(
      asyncProperty(secret, secret, async (value, key) => {
        const url = `https://${value.toLowerCase()}.example/v1`
        await connections.save({ ...work, baseUrl: url, fields: { headers: { 'x-token': value } } })
        await credentials.store({ ...work, baseUrl: url }, key)
        await settle()
        const rows = [...database.all('SELECT * FROM audit'), ...database.all('SELECT * FROM audit_seen')]
        const text = JSON.stringify(rows).toLowerCase()
        assert.ok(!text.includes(value.toLowerCase()), `a value is on record (seed ${seed})`)
        assert.ok(!text.includes(key.toLowerCase()), `a key is on record (seed ${seed})`)
      }),
      { seed, numRuns: 50 },
    )
  })

  it('records nothing more once it is disposed of', async () => {
    const { connections, trail, told } = setUp()
    trail.dispose()
    await connections.remove('work')
    assert.deepEqual(told(), [])
  })
})
