import assert from 'node:assert/strict'
import { createCommandHandlers } from '../../../../src/vscode/commands/handlers.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createBench } from './bench.js'
import type { Move } from './scriptedUi.js'

const connection = createConnection({ id: 'cloud', name: 'Cloudy', provider: 'cloud' })
const done: Move = { do: 'escape' }

async function editOf(edited: typeof connection, ...moves: Move[]) {
  const bench = createBench({ connections: [edited], moves })
  await bench.credentials.store(edited, 'good-key-1')
  await bench.registry.start()
  await createCommandHandlers(bench.services)['roundhouse.editConnection']('cloud')
  bench.ui.assertDone()
  return bench
}

const edit = async (...moves: Move[]) => await editOf(connection, ...moves)

describe('Edit Connection', () => {
  it('saves each change at once and goes on until the user is done', async () => {
    const bench = await edit(
      { do: 'pick', label: 'Name' },
      { do: 'type', text: 'Work' },
      { do: 'pick', label: 'Retries' },
      { do: 'type', text: '3' },
      { do: 'pick', label: 'Exclude' },
      { do: 'type', text: ' gpt-3* , ,*-preview' },
      done,
    )
    const [saved] = bench.connections.list()
    assert.equal(saved?.name, 'Work')
    assert.deepEqual(saved?.fields, { retries: 3 })
    assert.deepEqual(saved?.exclude, ['gpt-3*', '*-preview'])
  })

  it('keeps what the user says of where the models run, and forgets it again', async () => {
    const own = { ...connection, baseUrl: 'http://127.0.0.1:8000/v1' }
    const said = await editOf(
      own,
      { do: 'pick', label: 'Where Its Models Run' },
      { do: 'pick', label: 'On this machine or your network' },
      done,
    )
    assert.equal(said.connections.list()[0]?.location, 'local')
    const unsaid = await editOf(
      { ...own, location: 'local' },
      { do: 'pick', label: 'Where Its Models Run' },
      { do: 'pick', label: 'Default' },
      done,
    )
    assert.deepEqual(unsaid.connections.list(), [own])
  })

  it('refuses a number outside the field’s limits', async () => {
    const bench = await edit({ do: 'pick', label: 'Retries' }, { do: 'type', text: '9' }, done, done)
    assert.ok(bench.ui.prompts.includes('At most 5.'))
    assert.deepEqual(bench.connections.list()[0]?.fields, {})
  })

  it('clears a field that is left empty', async () => {
    const bench = await edit(
      { do: 'pick', label: 'Organization' },
      { do: 'type', text: 'acme' },
      { do: 'pick', label: 'Organization' },
      { do: 'type', text: '' },
      done,
    )
    assert.deepEqual(bench.connections.list()[0]?.fields, {})
  })

  it('asks for the key again where the address gets another origin', async () => {
    const bench = await edit(
      { do: 'pick', label: 'Address' },
      { do: 'type', text: 'https://proxy.test/v1' },
      { do: 'type', text: 'good-key-2' },
      done,
    )
    const [saved = connection] = bench.connections.list()
    assert.equal(saved.baseUrl, 'https://proxy.test/v1')
    assert.equal(await bench.credentials.resolve(saved), 'good-key-2')
    assert.ok(
      bench.ui.prompts.some((prompt) =>
        prompt.includes('is for https://api.scripted.test and is not sent to https://proxy.test'),
      ),
    )
  })

  it('asks for no key where only the path of the address changes', async () => {
    const bench = await edit(
      { do: 'pick', label: 'Address' },
      { do: 'type', text: 'https://api.scripted.test/v2' },
      done,
    )
    const [saved = connection] = bench.connections.list()
    assert.equal(await bench.credentials.resolve(saved), 'good-key-1')
  })

  it('leaves address and key as they were where the new address fails its test', async () => {
    const bench = await edit(
      { do: 'pick', label: 'Address' },
      { do: 'type', text: 'https://proxy.test/v1' },
      { do: 'type', text: 'bad' },
      { do: 'close' },
      done,
    )
    assert.deepEqual(bench.connections.list(), [connection])
    assert.equal(await bench.credentials.resolve(connection), 'good-key-1')
  })

  it('returns to the address where the key for the new one is not given', async () => {
    const bench = await edit(
      { do: 'pick', label: 'Address' },
      { do: 'type', text: 'https://proxy.test/v1' },
      { do: 'escape' },
      { do: 'escape' },
      done,
    )
    assert.deepEqual(bench.connections.list(), [connection])
  })

  it('refuses a name that another connection has', async () => {
    const other = createConnection({ id: 'other', name: 'Other', provider: 'local' })
    const moves: Move[] = [{ do: 'pick', label: 'Name' }, { do: 'type', text: 'Other' }, done, done]
    const bench = createBench({ connections: [connection, other], moves })
    await createCommandHandlers(bench.services)['roundhouse.editConnection']('cloud')
    assert.ok(bench.ui.prompts.includes('Another connection has this name.'))
  })

  it('leaves for settings.json where overrides are wanted', async () => {
    const bench = await edit({ do: 'pick', label: 'Limits, Prices and Abilities of Models…' })
    assert.equal(bench.host.executed.at(-1)?.command, 'roundhouse.editConnectionsJson')
  })
})
