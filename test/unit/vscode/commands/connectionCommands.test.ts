import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import { createCommandHandlers } from '../../../../src/vscode/commands/handlers.js'
import type { CommandId } from '../../../../src/vscode/commands/table.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createBench } from './bench.js'
import type { Move } from './scriptedUi.js'

const connection = createConnection({ id: 'cloud', name: 'Cloudy', provider: 'cloud' })

async function run(command: CommandId, argument: unknown, ...moves: Move[]) {
  const bench = createBench({ connections: [connection], moves })
  await bench.credentials.store(connection, 'good-key-1')
  await bench.registry.start()
  await bench.registry.refresh()
  await createCommandHandlers(bench.services)[command](argument)
  bench.ui.assertDone()
  return bench
}

describe('Remove Connection', () => {
  it('removes settings and key after a confirmation that says the key cannot return', async () => {
    const bench = await run(
      'roundhouse.removeConnection',
      'cloud',
      { do: 'press', button: 'Remove' },
      { do: 'close' },
    )
    assert.deepEqual(bench.connections.list(), [])
    assert.equal(bench.secrets.values.size, 0)
    assert.match(bench.ui.notices[0]?.detail ?? '', /key is deleted and cannot be brought back/)
  })

  it('brings the settings back by Undo and asks for the key', async () => {
    const moves: Move[] = [
      { do: 'press', button: 'Remove' },
      { do: 'press', button: 'Undo' },
    ]
    const bench = await run('roundhouse.removeConnection', 'cloud', ...moves)
    assert.deepEqual(bench.connections.list(), [connection])
    assert.equal(bench.secrets.values.size, 0)
    assert.deepEqual(bench.host.executed.at(-1), {
      command: 'roundhouse.enterKey',
      args: ['connection:cloud'],
    })
  })

  it('removes nothing without a confirmation', async () => {
    const bench = await run('roundhouse.removeConnection', 'cloud', { do: 'close' })
    assert.deepEqual(bench.connections.list(), [connection])
    assert.equal(bench.secrets.values.size, 1)
  })

  it('says so where the key could not be deleted', async () => {
    const bench = createBench({
      connections: [connection],
      moves: [{ do: 'press', button: 'Remove' }, { do: 'close' }],
    })
    const failing = {
      ...bench.credentials,
      forget: async () =>
        Promise.reject(new ModelError({ code: 'not-saved', message: 'The keyring is locked.' })),
    }
    await createCommandHandlers({ ...bench.services, credentials: failing })['roundhouse.removeConnection'](
      'cloud',
    )
    assert.match(
      bench.ui.notices[1]?.message ?? '',
      /was removed, but its key could not be deleted: The keyring is locked/,
    )
  })
})

describe('Disable and Enable Connection', () => {
  it('takes the models away and brings them back', async () => {
    const bench = await run('roundhouse.disableConnection', 'cloud')
    assert.equal(bench.registry.models().length, 0)
    await createCommandHandlers(bench.services)['roundhouse.enableConnection']('cloud')
    await bench.registry.refresh()
    assert.equal(bench.registry.models().length, 2)
  })

  it('offers only enabled connections for disabling', async () => {
    const off = createConnection({ id: 'off', name: 'Off', provider: 'local', enabled: false })
    const moves: Move[] = [{ do: 'pick', label: 'Cloudy' }]
    const bench = createBench({ connections: [connection, off], moves })
    await createCommandHandlers(bench.services)['roundhouse.disableConnection'](undefined)
    assert.deepEqual(bench.ui.lists, [['Cloudy']])
  })
})

describe('Test Connection', () => {
  it('says how long the answer took and how many models there are', async () => {
    const bench = await run('roundhouse.testConnection', 'cloud', { do: 'close' })
    assert.equal(bench.ui.notices[0]?.message, 'Cloudy answered in 0 ms with 2 models.')
  })

  it('says which variable of the environment the key is from', async () => {
    const own = { ...connection, baseUrl: 'https://api.scripted.test/v1' }
    const environment = { CLOUDY_TOKEN: 'good-key-env' }
    const bench = createBench({ connections: [own], environment, moves: [{ do: 'close' }] })
    await createCommandHandlers(bench.services)['roundhouse.testConnection']('cloud')
    assert.match(bench.ui.notices[0]?.message ?? '', / Its key is CLOUDY_TOKEN of the environment\.$/)
  })

  it('sends nothing where the same test has just run, and says how that went and when to test again', async () => {
    const bench = createBench({ connections: [connection], moves: [{ do: 'close' }, { do: 'close' }] })
    await bench.credentials.store(connection, 'good-key-1')
    const handlers = createCommandHandlers(bench.services)
    await handlers['roundhouse.testConnection']('cloud')
    const asked = bench.scripted.lists.length
    await bench.clock.advance(3_000)
    await handlers['roundhouse.testConnection']('cloud')
    assert.equal(bench.scripted.lists.length, asked)
    assert.equal(
      bench.ui.notices[1]?.message,
      'Cloudy was tested 3 s ago: answered in 0 ms with 2 models. Test again in 7 s.',
    )
  })

  it('asks a cloud model for a token only after a click, and says how long that took', async () => {
    const moves: Move[] = [{ do: 'press', button: 'Ask for One Token' }, { do: 'close' }]
    const bench = await run('roundhouse.testConnection', 'cloud', ...moves)
    assert.deepEqual(
      bench.ui.notices.map(({ message }) => message),
      [
        'Cloudy answered in 0 ms with 2 models.',
        'Cloudy answered in 0 ms with 2 models; small answered in 0 ms.',
      ],
    )
    assert.deepEqual([bench.ui.notices[0]?.modal, bench.ui.notices[1]?.buttons], [undefined, []])
  })

  it('asks a local model freely', async () => {
    const local = createConnection({ id: 'here', name: 'Here', provider: 'local' })
    const bench = createBench({ connections: [local], moves: [{ do: 'close' }] })
    await createCommandHandlers(bench.services)['roundhouse.testConnection']('here')
    assert.equal(bench.ui.notices[0]?.message, 'Here answered in 0 ms with 1 model; tiny answered in 0 ms.')
  })

  it('asks whether it may where a public list proves no key, and says so where it may not', async () => {
    const bench = createBench({
      connections: [connection],
      publicList: true,
      moves: [{ do: 'close' }, { do: 'close' }],
    })
    await bench.credentials.store(connection, 'any-key')
    await createCommandHandlers(bench.services)['roundhouse.testConnection']('cloud')
    const [question, result] = bench.ui.notices
    assert.deepEqual([question?.message, question?.modal], ['Ask small for one token?', true])
    assert.match(
      question?.detail ?? '',
      /only an answer shows whether the key is right\. Its price is not known/,
    )
    assert.match(result?.message ?? '', /its list is public, so the key is not proven\.$/)
  })

  it('is remembered, passed or failed, with its time', async () => {
    const bench = await run('roundhouse.testConnection', 'cloud', { do: 'close' })
    const at = bench.clock.now()
    assert.deepEqual(bench.registry.view('cloud')?.test, {
      at,
      outcome: { latencyMs: 0, modelCount: 2, key: 'proven' },
    })
    await bench.credentials.store(connection, 'bad')
    await bench.clock.advance(60_000)
    await assert.rejects(
      createCommandHandlers(bench.services)['roundhouse.testConnection']('cloud'),
      /Cloudy refused the key/,
    )
    const record = bench.registry.view('cloud')?.test
    assert.deepEqual([record?.at, record !== undefined && 'step' in record.outcome], [at + 60_000, true])
  })

  it('fails with the provider’s own reason', async () => {
    const bench = createBench({ connections: [connection] })
    await bench.credentials.store(connection, 'bad')
    const testing = createCommandHandlers(bench.services)['roundhouse.testConnection']('cloud')
    await assert.rejects(testing, /Cloudy refused the key/)
  })
})

describe('Show Connection State', () => {
  it('says the state, the address, where the key is and how many models there are', async () => {
    const bench = await run('roundhouse.showConnection', 'cloud', { do: 'close' })
    const [notice] = bench.ui.notices
    assert.equal(notice?.message, 'Cloudy: ready')
    assert.match(
      notice?.detail ?? '',
      /^Ready with 2 models\.\n.*\nAddress: https:\/\/api\.scripted\.test\/v1\nKey stored on this machine\nIts models were listed/,
    )
  })

  it('says how the last test went', async () => {
    const bench = createBench({ connections: [connection], moves: [{ do: 'close' }, { do: 'close' }] })
    await bench.credentials.store(connection, 'good-key-1')
    await bench.registry.start()
    const handlers = createCommandHandlers(bench.services)
    await handlers['roundhouse.testConnection']('cloud')
    await handlers['roundhouse.showConnection']('cloud')
    assert.match(bench.ui.notices[1]?.detail ?? '', /\nTested .+: answered in 0 ms with 2 models$/)
  })

  it('offers the step that helps', async () => {
    const bench = createBench({ connections: [connection], moves: [{ do: 'press', button: 'Enter Key' }] })
    await bench.registry.start()
    await bench.registry.refresh()
    await createCommandHandlers(bench.services)['roundhouse.showConnection']('cloud')
    assert.deepEqual(bench.host.executed.at(-1), {
      command: 'roundhouse.enterKey',
      args: ['connection:cloud'],
    })
  })
})

describe('Manage Connections', () => {
  it('leads from a connection to the command for it, whatever VS Code passes as argument', async () => {
    const moves: Move[] = [
      { do: 'pick', label: 'Cloudy' },
      { do: 'pick', label: 'Duplicate…' },
    ]
    const bench = await run('roundhouse.manageConnections', 'roundhouse', ...moves)
    assert.deepEqual(bench.host.executed.at(-1), {
      command: 'roundhouse.duplicateConnection',
      args: ['connection:cloud'],
    })
  })
})
