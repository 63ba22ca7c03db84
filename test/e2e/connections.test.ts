import assert from 'node:assert/strict'
import { type ConnectionEntry, editConnections, enterKey, readConnections } from './connections.js'
import { openWorkbench, pictureFailures, type Workbench } from './harness.js'
import { createOpenaiServer, type ModelServer } from './modelServers.js'
import { until } from './until.js'

const rightKey = 'sk-right-4c1d9a7e0b52'
const wrongKey = 'sk-wrong-1f8e6b3a9d70'
const newKey = 'sk-newer-7a2c5e8f1b64'

/** Each test has a connection of its own, on a server of its own; these are there from the start, without a key. */
const names = ['Moving', 'Redirected', 'Rotated', 'Forgetful', 'Paused', 'First', 'Gone'] as const
type Name = (typeof names)[number]

describe('The commands for a connection', () => {
  let workbench: Workbench
  const servers = new Map<string, ModelServer>()

  /** A server that asks for a key and has two models, named after the connection. */
  async function startServer(name: string, key: string = rightKey): Promise<ModelServer> {
    const server = await createOpenaiServer()
    servers.set(name, server)
    const prefix = name.toLowerCase()
    server.setKey(key)
    server.setModels([
      { id: `${prefix}-small`, context_window: 131_072 },
      { id: `${prefix}-large`, context_window: 200_000 },
    ])
    return server
  }

  function serverOf(name: Name): ModelServer {
    const server = servers.get(name)
    assert.ok(server !== undefined, `there is no server for ${name}`)
    return server
  }

  const saved = async (id: string) => (await readConnections(workbench)).find((entry) => entry.id === id)
  const lastKey = (server: ModelServer) => server.wire.requests.at(-1)?.headers['authorization']

  /** Whether the switcher has the model. */
  async function isOffered(model: string): Promise<boolean> {
    await workbench.statusBar.openSwitcher()
    const found = await workbench.quickInput.has(model)
    await workbench.quickInput.cancel()
    return found
  }

  before(async () => {
    const connections = []
    for (const name of names) {
      const { baseUrl } = await startServer(name)
      const provider = name === 'First' ? 'openai-compatible' : 'groq'
      const fields = name === 'First' ? { headers: { 'x-team': 'blue' }, exclude: ['*-large'] } : {}
      connections.push({ id: name.toLowerCase(), name, provider, baseUrl, ...fields })
    }
    workbench = await openWorkbench({ settings: { 'roundhouse.connections': connections } })
    await workbench.chat.enable()
    await workbench.chat.open()
    await workbench.tree.open()
  })

  pictureFailures(() => workbench)

  afterEach(() => workbench.notices.dismiss())

  after(async () => {
    await workbench.close()
    await Promise.all([...servers.values()].map((server) => server.close()))
  })

  it('ask for the key again when the address changes, and never send the old one there', async () => {
    const { quickInput, tree } = workbench
    const next = await startServer('Moved', newKey)
    await enterKey(workbench, 'Moving', rightKey)
    await workbench.runCommand('Roundhouse: Edit Connection…')
    await quickInput.pick('Moving')
    await quickInput.waitForTitle('Edit Moving')
    await quickInput.pick('Address')
    await quickInput.waitForTitle('Edit Moving: Address')
    await quickInput.type(next.baseUrl)
    await quickInput.waitForTitle('Edit Moving: Key')
    assert.ok(
      (await quickInput.prompt()).includes(`The present key is for ${serverOf('Moving').wire.origin}`),
    )
    assert.equal(await quickInput.value(), '')
    await quickInput.type(newKey)
    await tree.expand('Moving')
    await tree.waitFor('moved-small')
    await quickInput.cancel()
    assert.equal((await saved('moving'))?.['baseUrl'], next.baseUrl)
    // One request goes without a key: it shows whether the list proves the key at all.
    const sent = next.wire.requests.flatMap(({ headers }) => headers['authorization'] ?? [])
    assert.deepEqual([...new Set(sent)], [`Bearer ${newKey}`])
  })

  it('keep the key from an address that somebody has written into settings.json', async () => {
    const next = await startServer('Elsewhere')
    await enterKey(workbench, 'Redirected', rightKey)
    const redirect = (entry: ConnectionEntry) =>
      entry.id === 'redirected' ? { ...entry, baseUrl: next.baseUrl } : entry
    await editConnections(workbench, (entries) => entries.map(redirect))
    await workbench.tree.waitFor(
      'Redirected',
      ({ description }) => description === 'key is for another address',
    )
    assert.deepEqual(next.wire.requests, [])
  })

  it('test a new key before the old one goes', async () => {
    const { quickInput, notices, chat, tree } = workbench
    const server = serverOf('Rotated')
    await enterKey(workbench, 'Rotated', rightKey)
    await tree.choose('Rotated', 'Replace Key…')
    await quickInput.waitForTitle('Replace the Key of Rotated')
    assert.equal(await quickInput.isPassword(), true)
    await quickInput.type(wrongKey)
    assert.match(await notices.dialog('did not pass its test'), /The present key is kept\./)
    await notices.answer('Cancel')
    await chat.pickModel('rotated-small')
    server.setAnswer([{ text: 'The old key works.' }])
    assert.equal(await chat.ask('Which key?'), 'The old key works.')

    server.setKey(newKey)
    await tree.choose('Rotated', 'Replace Key…')
    await quickInput.waitForTitle('Replace the Key of Rotated')
    await quickInput.type(newKey)
    await notices.waitFor('works and is stored')
    server.setAnswer([{ text: 'The new key works.' }])
    assert.equal(await chat.ask('And now?'), 'The new key works.')
    assert.equal(lastKey(server), `Bearer ${newKey}`)
  })

  it('forget a key: the tree and Chat say so, and nothing is sent', async () => {
    const { notices, tree, chat } = workbench
    await enterKey(workbench, 'Forgetful', rightKey)
    await chat.pickModel('forgetful-small')
    await tree.choose('Forgetful', 'Forget Key…')
    await notices.dialog('Forget the key of “Forgetful”?')
    await notices.answer('Forget')
    assert.equal(await notices.waitFor('is deleted'), 'The key of “Forgetful” is deleted.')
    await tree.waitFor('Forgetful', (row) => row.icon === 'key' && row.description.startsWith('no key'))
    assert.match(
      await chat.ask('Anybody there?'),
      /Forgetful has no key\. Enter the key of this connection\./,
    )
    assert.deepEqual(serverOf('Forgetful').chats(), [])
  })

  it('take a disabled connection’s models away, and bring them back', async () => {
    const { tree } = workbench
    await enterKey(workbench, 'Paused', rightKey)
    await until('its models in the switcher', () => isOffered('paused-small'))
    await tree.press('Paused', 'Disable Connection')
    await tree.waitFor(
      'Paused',
      ({ icon, description }) => icon === 'circle-slash' && description.startsWith('disabled'),
    )
    await until('none of its models in the switcher', async () => !(await isOffered('paused-small')))
    await tree.press('Paused', 'Enable Connection')
    await tree.waitFor('Paused', (row) => row.description === '2 models')
    await until('its models in the switcher', () => isOffered('paused-small'))
  })

  it('duplicate a connection, all but its key', async () => {
    const { quickInput, notices, tree } = workbench
    await tree.choose('First', 'Duplicate Connection…')
    await quickInput.waitForTitle('Name')
    await quickInput.type('Second')
    await quickInput.waitForTitle('Key')
    assert.equal(await quickInput.value(), '')
    await quickInput.type(rightKey)
    await notices.waitFor('“Second” is ready: 2 models found.')
    assert.deepEqual(await saved('second'), { ...(await saved('first')), id: 'second', name: 'Second' })
    assert.equal(serverOf('First').wire.requests.at(-1)?.headers['x-team'], 'blue')
    await tree.waitFor('Second', (row) => row.description === '1 model')
    await tree.waitFor('First', (row) => row.description === 'no key')
  })

  it('remove a connection with its key, and bring it back by Undo, which asks for the key again', async () => {
    const { quickInput, notices, tree } = workbench
    await enterKey(workbench, 'Gone', rightKey)
    const before = await saved('gone')
    await tree.choose('Gone', 'Remove Connection…')
    assert.match(await notices.dialog('Remove “Gone”?'), /Its key is deleted and cannot be brought back/)
    await notices.answer('Remove')
    await notices.waitFor('“Gone” was removed')
    await tree.waitUntilGone('Gone')
    assert.equal(await saved('gone'), undefined)
    await notices.press('“Gone” was removed', 'Undo')
    await quickInput.waitForTitle('Enter the Key of Gone')
    assert.deepEqual(await saved('gone'), before)
    await quickInput.type(rightKey)
    await notices.waitFor('works and is stored')
    await tree.waitFor('Gone', (row) => row.description === '2 models')
  })

  it('log no error of their own in the console', () => {
    assert.deepEqual(workbench.consoleErrors(), [])
  })
})
