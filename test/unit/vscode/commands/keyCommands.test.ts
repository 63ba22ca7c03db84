import assert from 'node:assert/strict'
import { createCommandHandlers } from '../../../../src/vscode/commands/handlers.js'
import type { CommandId } from '../../../../src/vscode/commands/table.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { type BenchOptions, createBench } from './bench.js'
import type { Move } from './scriptedUi.js'

const connection = createConnection({ id: 'cloud', name: 'Cloudy', provider: 'cloud' })

async function run(
  command: CommandId,
  moves: Move[],
  options: BenchOptions & { readonly key?: string } = {},
) {
  const bench = createBench({ connections: [connection], ...options, moves })
  if (options.key !== undefined) await bench.credentials.store(connection, options.key)
  await bench.registry.start()
  await createCommandHandlers(bench.services)[command]('connection:cloud')
  bench.ui.assertDone()
  return bench
}

describe('Enter Key', () => {
  it('stores a key that passes its test, and the models are there', async () => {
    const bench = await run('roundhouse.enterKey', [{ do: 'type', text: 'good-key-1' }, { do: 'close' }])
    assert.equal(await bench.credentials.resolve(connection), 'good-key-1')
    assert.equal(bench.registry.models().length, 2)
  })

  it('does not say that a key works which only a public list has seen', async () => {
    const moves: Move[] = [{ do: 'type', text: 'any' }, { do: 'close' }, { do: 'close' }]
    const bench = await run('roundhouse.enterKey', moves, { publicList: true })
    assert.equal(bench.ui.notices[0]?.message, 'Ask small for one token?')
    assert.match(bench.ui.notices[1]?.message ?? '', /is stored on this machine; whether it is right shows/)
  })

  it('says that a key works once a model has answered with it', async () => {
    const moves: Move[] = [{ do: 'type', text: 'any' }, { do: 'press', button: 'Ask' }, { do: 'close' }]
    const bench = await run('roundhouse.enterKey', moves, { publicList: true })
    assert.match(bench.ui.notices[1]?.message ?? '', /works and is stored on this machine/)
    assert.equal(bench.registry.view('cloud')?.test?.outcome !== undefined, true)
  })

  it('stores nothing where the key fails and the user leaves it at that', async () => {
    const bench = await run('roundhouse.enterKey', [{ do: 'type', text: 'bad' }, { do: 'close' }])
    assert.equal(bench.secrets.values.size, 0)
    assert.match(bench.ui.notices[0]?.detail ?? '', /No key has been saved/)
  })

  it('says that there is nothing to enter where no connection takes a key', async () => {
    const bench = createBench({ moves: [{ do: 'close' }] })
    await createCommandHandlers(bench.services)['roundhouse.enterKey'](undefined)
    assert.match(bench.ui.notices[0]?.message ?? '', /No connection uses a key/)
  })

  it('names a connection that does not exist', async () => {
    const bench = createBench()
    const entering = createCommandHandlers(bench.services)['roundhouse.enterKey']('nowhere')
    await assert.rejects(entering, /no connection “nowhere”/)
  })
})

describe('Replace Key', () => {
  it('keeps the old key where the new one fails its test', async () => {
    const moves: Move[] = [{ do: 'type', text: 'bad' }, { do: 'close' }]
    const bench = await run('roundhouse.rotateKey', moves, { key: 'good-key-old' })
    assert.equal(await bench.credentials.resolve(connection), 'good-key-old')
    assert.match(bench.ui.notices[0]?.detail ?? '', /The present key is kept/)
  })

  it('replaces the old key by one that passes after another try', async () => {
    const moves: Move[] = [
      { do: 'type', text: 'bad' },
      { do: 'press', button: 'Try Another Key' },
      { do: 'type', text: 'good-key-new' },
      { do: 'close' },
    ]
    const bench = await run('roundhouse.rotateKey', moves, { key: 'good-key-old' })
    assert.equal(await bench.credentials.resolve(connection), 'good-key-new')
  })

  it('replaces the old key by a failing one only where the user insists', async () => {
    const moves: Move[] = [
      { do: 'type', text: 'bad' },
      { do: 'press', button: 'Replace Anyway' },
    ]
    const bench = await run('roundhouse.rotateKey', moves, { key: 'good-key-old' })
    assert.equal(await bench.credentials.resolve(connection), 'bad')
  })

  it('never tells a key', async () => {
    const moves: Move[] = [{ do: 'type', text: 'bad-secret-key' }, { do: 'close' }]
    const bench = await run('roundhouse.rotateKey', moves, { key: 'good-key-old' })
    const told = JSON.stringify([bench.ui.notices, bench.ui.prompts, bench.ui.flashes, bench.log.lines])
    assert.doesNotMatch(told, /bad-secret-key|good-key-old/)
  })
})

describe('Forget Key', () => {
  it('deletes the key after a confirmation', async () => {
    const moves: Move[] = [{ do: 'press', button: 'Forget' }, { do: 'close' }]
    const bench = await run('roundhouse.forgetKey', moves, { key: 'good-key-1' })
    assert.equal(bench.secrets.values.size, 0)
  })

  it('keeps the key where the user thinks better of it', async () => {
    const bench = await run('roundhouse.forgetKey', [{ do: 'close' }], { key: 'good-key-1' })
    assert.equal(bench.secrets.values.size, 1)
  })

  it('says which variable of the environment serves until then', async () => {
    const own = { ...connection, baseUrl: 'https://api.scripted.test/v1' }
    const environment = { CLOUDY_TOKEN: 'good-key-env' }
    const bench = await run('roundhouse.enterKey', [{ do: 'escape' }], { connections: [own], environment })
    assert.ok(bench.ui.prompts.some((prompt) => prompt.includes('CLOUDY_TOKEN of the environment')))
  })

  it('says which variable of the environment takes over', async () => {
    const own = { ...connection, baseUrl: 'https://api.scripted.test/v1' }
    const moves: Move[] = [{ do: 'press', button: 'Forget' }, { do: 'close' }]
    const environment = { CLOUDY_API_KEY: 'good-key-env' }
    const bench = await run('roundhouse.forgetKey', moves, {
      key: 'good-key-1',
      connections: [own],
      environment,
    })
    assert.match(bench.ui.notices[1]?.message ?? '', /CLOUDY_API_KEY of the environment is used/)
  })
})
