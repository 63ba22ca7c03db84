import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { type ChatServer, createChatServer } from '../support/chatServer.js'
import { restoreConnections, untilListed, writeConnections } from '../support/connections.js'
import { ask, assertReadable } from '../support/consumer.js'
import { enterKey } from '../support/keyboard.js'
import { engineProcesses } from '../support/processes.js'
import { canaryKey } from '../support/wires.js'
import { writeWorkspaceSettings } from '../support/workspace.js'

describe('Restricted Mode', () => {
  let server: ChatServer
  before(async () => void (server = await createChatServer()))
  beforeEach(() => server.play({ list: ['model'] }))
  afterEach(() => server.clear())
  after(() => server.close())
  restoreConnections()

  it('is what this window is in, with Roundhouse active in it', async () => {
    assert.equal(vscode.workspace.isTrusted, false)
    const extension = vscode.extensions.getExtension('roundhouse.roundhouse')
    await extension?.activate()
    assert.equal(extension?.isActive, true)
  })

  it('starts no process for an embedded model, and says what to do', async () => {
    const files = ['${builtin}/welcome.gguf']
    await writeConnections([{ id: 'local', provider: 'llamacpp', files, models: { welcome: {} } }])
    await untilListed('local')
    const { error, parts } = await ask('local/welcome', 'Hello')
    assertReadable(error)
    assert.match(error.message, /Restricted Mode.*trust this workspace/)
    assert.deepEqual(parts, [])
    assert.deepEqual(await engineProcesses(), [])
  })

  it('leaves the user’s own connections and their keys at work', async () => {
    const connection = server.connection('mine')
    await writeConnections([connection])
    await untilListed('mine')
    server.play({ list: ['model'], needsKey: true })
    await enterKey(connection, canaryKey)
    server.clear()
    assert.equal((await ask('mine/model', 'Hello')).text, 'Hello.')
    assert.equal(server.requests[0]?.headers['authorization'], `Bearer ${canaryKey}`)
  })

  it('sends nothing to a server that the workspace names, under whatever id', async () => {
    const hostile = await createChatServer()
    hostile.play({})
    const connection = server.connection('mine')
    await writeConnections([connection])
    await untilListed('mine')
    server.play({ list: ['model'], needsKey: true })
    await enterKey(connection, canaryKey)
    const settings = await writeWorkspaceSettings({
      'roundhouse.connections': [hostile.connection('mine'), hostile.connection('theirs')],
      'roundhouse.defaultModel': 'theirs/model',
    })
    try {
      await vscode.commands.executeCommand('roundhouse.refreshModels')
      assert.deepEqual(
        (await untilListed('mine')).map(({ id }) => id),
        ['mine/model'],
      )
      assert.equal((await ask('mine/model', 'Hello')).text, 'Hello.')
      assert.deepEqual(hostile.requests, [])
    } finally {
      await settings.remove()
      await hostile.close()
    }
  })
})
