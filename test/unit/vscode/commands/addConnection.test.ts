import assert from 'node:assert/strict'
import { createCommandHandlers } from '../../../../src/vscode/commands/handlers.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { type BenchOptions, createBench } from './bench.js'
import type { Move } from './scriptedUi.js'

const pickCloudy: Move = { do: 'pick', label: 'Cloudy' }
const noOrganization: Move = { do: 'type', text: '' }
const goodKey: Move = { do: 'type', text: '  good-key-1 ' }

async function add(...moves: Move[]) {
  return await addWith({}, ...moves)
}

async function addWith(options: BenchOptions, ...moves: Move[]) {
  const bench = createBench({ ...options, moves })
  await bench.registry.start()
  await createCommandHandlers(bench.services)['roundhouse.addConnection'](undefined)
  bench.ui.assertDone()
  return bench
}

describe('Add Connection', () => {
  it('saves the settings, stores the trimmed key and says how many models were found', async () => {
    const bench = await add(pickCloudy, { do: 'type', text: 'acme' }, goodKey, { do: 'close' })
    const [connection] = bench.connections.list()
    assert.equal(connection?.id, 'cloud')
    assert.deepEqual(connection?.fields, { organization: 'acme' })
    assert.equal(await bench.credentials.resolve(connection ?? createConnection()), 'good-key-1')
    assert.equal(bench.ui.notices[0]?.message, '“Cloudy” is ready: 2 models found.')
    assert.equal(bench.registry.models().length, 2)
  })

  it('leads from its message to Chat with the new connection', async () => {
    const bench = await add(pickCloudy, noOrganization, goodKey, { do: 'press', button: 'Use in Chat' })
    assert.deepEqual(bench.host.executed.at(-1), {
      command: 'roundhouse.useInChat',
      args: ['connection:cloud'],
    })
  })

  it('saves nothing where the user cancels after a failed test, and says what failed', async () => {
    const bench = await add(pickCloudy, noOrganization, { do: 'type', text: 'bad-key' }, { do: 'close' })
    assert.deepEqual(bench.connections.list(), [])
    assert.equal(bench.secrets.values.size, 0)
    assert.match(bench.ui.notices[0]?.detail ?? '', /Cloudy refused the key.*\n\nNothing has been saved yet/s)
  })

  it('keeps what was entered when the user edits after a failed test', async () => {
    const bench = await add(
      pickCloudy,
      { do: 'type', text: 'acme' },
      { do: 'type', text: 'bad-key' },
      { do: 'press', button: 'Edit' },
      { do: 'type', text: 'acme' },
      goodKey,
      { do: 'close' },
    )
    assert.deepEqual(bench.connections.list()[0]?.fields, { organization: 'acme' })
  })

  it('saves untested settings and key where the user insists', async () => {
    const bench = await add(
      pickCloudy,
      noOrganization,
      { do: 'type', text: 'bad-key' },
      { do: 'press', button: 'Save Anyway' },
      { do: 'press', button: 'Test Again' },
    )
    assert.equal(bench.connections.list().length, 1)
    assert.equal(bench.secrets.values.size, 1)
    assert.deepEqual(bench.host.executed.at(-1), {
      command: 'roundhouse.testConnection',
      args: ['connection:cloud'],
    })
  })

  it('goes back through the steps with what was entered before', async () => {
    const bench = await add(
      pickCloudy,
      { do: 'type', text: 'acme' },
      { do: 'back' },
      { do: 'type', text: 'other' },
      goodKey,
      { do: 'close' },
    )
    assert.deepEqual(bench.connections.list()[0]?.fields, { organization: 'other' })
    assert.deepEqual(bench.ui.titles, [
      'Add Connection',
      'Add Cloudy: Organization',
      'Add Cloudy: Key',
      'Add Cloudy: Organization',
      'Add Cloudy: Key',
    ])
  })

  it('refuses an empty key where one is needed', async () => {
    const bench = await add(pickCloudy, noOrganization, { do: 'type', text: ' ' }, { do: 'escape' })
    assert.ok(bench.ui.prompts.includes('Paste the key here.'))
    assert.deepEqual(bench.connections.list(), [])
  })

  it('takes the base URL out of a pasted address of a single call', async () => {
    const typed: Move = { do: 'type', text: 'http://localhost:8000/v1/chat/completions' }
    const bench = await add({ do: 'pick', label: 'Localhost' }, typed, { do: 'close' })
    assert.equal(bench.connections.list()[0]?.baseUrl, 'http://localhost:8000/v1')
  })

  it('asks whose server it is where a local provider’s address is public, and nowhere else', async () => {
    for (const [address, moves, location] of [
      ['https://gpu.example.com', [{ do: 'pick', label: 'I do, or my team' }], 'local'],
      ['https://gpu.example.com', [{ do: 'pick', label: 'A cloud' }], 'cloud'],
      ['http://gpu.lan:8000', [], undefined],
    ] as const) {
      const typed: Move = { do: 'type', text: address }
      const bench = await add({ do: 'pick', label: 'Localhost' }, typed, ...moves, { do: 'close' })
      assert.equal(bench.connections.list()[0]?.location, location, address)
    }
  })

  it('asks a local provider for its address and takes the default where it is left alone', async () => {
    const bench = await add({ do: 'pick', label: 'Localhost' }, { do: 'type', text: '' }, { do: 'close' })
    assert.equal(bench.connections.list()[0]?.baseUrl, 'http://127.0.0.1:9')
  })

  it('saves the other default address at which the test has found the server, and says which it is', async () => {
    const found = { foundAt: 'http://127.0.0.1:10' }
    const local: Move = { do: 'pick', label: 'Localhost' }
    const bench = await addWith(found, local, { do: 'type', text: '' }, { do: 'close' })
    assert.equal(bench.connections.list()[0]?.baseUrl, 'http://127.0.0.1:10')
    const [notice] = bench.ui.notices
    assert.equal(notice?.message, '“Localhost” is ready: 1 model found. It answers at http://127.0.0.1:10.')
    const typed = 'http://127.0.0.1:11'
    const named = await addWith(found, local, { do: 'type', text: typed }, { do: 'close' })
    assert.equal(named.connections.list()[0]?.baseUrl, typed)
  })

  it('refuses an address that is no web address', async () => {
    const bench = await add(
      { do: 'pick', label: 'Localhost' },
      { do: 'type', text: 'localhost:8000' },
      { do: 'type', text: 'http://localhost:8000' },
      { do: 'close' },
    )
    assert.ok(bench.ui.prompts.includes('Start with http:// or https://.'))
    assert.equal(bench.connections.list()[0]?.baseUrl, 'http://localhost:8000')
  })

  it('leads to the files where the embedded runtime is chosen', async () => {
    const bench = await add({ do: 'pick', label: 'Embedded' })
    assert.deepEqual(bench.host.executed, [{ command: 'roundhouse.addModelFile', args: [] }])
  })
})

describe('Add Connection with a key in the environment', () => {
  it('marks the provider and accepts an empty key', async () => {
    const moves: Move[] = [pickCloudy, noOrganization, { do: 'type', text: '' }, { do: 'close' }]
    const bench = createBench({ moves, environment: { CLOUDY_API_KEY: 'good-key-env' } })
    await bench.registry.start()
    await createCommandHandlers(bench.services)['roundhouse.addConnection'](undefined)
    bench.ui.assertDone()
    assert.ok(bench.ui.prompts.some((prompt) => prompt.includes('Leave it empty to use CLOUDY_API_KEY')))
    assert.equal(bench.secrets.values.size, 0)
    assert.equal(bench.registry.models().length, 2)
  })
})

describe('Add Connection where a store fails', () => {
  it('takes the settings back when the key cannot be stored, and says so', async () => {
    const bench = createBench({ moves: [pickCloudy, noOrganization, goodKey] })
    bench.secrets.breakWith(new Error('no keyring'))
    await bench.registry.start()
    const adding = createCommandHandlers(bench.services)['roundhouse.addConnection'](undefined)
    await assert.rejects(adding, /could not be stored, so the connection was not added/)
    assert.deepEqual(bench.connections.list(), [])
  })
})

describe('a second connection of one provider', () => {
  it('gets a name and an id of its own', async () => {
    const first = createConnection({ id: 'cloud', name: 'Cloudy', provider: 'cloud' })
    const moves: Move[] = [
      pickCloudy,
      noOrganization,
      goodKey,
      { do: 'type', text: 'At Work' },
      { do: 'close' },
    ]
    const bench = createBench({ moves, connections: [first] })
    await bench.registry.start()
    await createCommandHandlers(bench.services)['roundhouse.addConnection'](undefined)
    bench.ui.assertDone()
    assert.deepEqual(
      bench.connections.list().map(({ id, name }) => [id, name]),
      [
        ['cloud', 'Cloudy'],
        ['at-work', 'At Work'],
      ],
    )
  })
})

describe('Duplicate Connection', () => {
  it('takes over fields, patterns and overrides, and asks for the key again', async () => {
    const original = createConnection({
      id: 'cloud',
      name: 'Cloudy',
      provider: 'cloud',
      fields: { organization: 'acme' },
      exclude: ['*-preview'],
      models: { small: { name: 'Small One' } },
    })
    const moves: Move[] = [{ do: 'type', text: 'Copy' }, goodKey, { do: 'close' }]
    const bench = createBench({ moves, connections: [original] })
    await bench.registry.start()
    await createCommandHandlers(bench.services)['roundhouse.duplicateConnection']('cloud')
    bench.ui.assertDone()
    const { id, name, ...rest } = bench.connections.list()[1] ?? createConnection()
    const { id: _id, name: _name, ...expected } = original
    assert.deepEqual([id, name], ['copy', 'Copy'])
    assert.deepEqual(rest, { ...expected, maker: 'Cloudy' })
  })
})
