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

  it('lets the workspace tighten: its own budget refuses, and its own wish for local models holds', async () => {
    const models = { model: { pricing: { input: 1, output: 1 } } }
    await writeConnections([{ ...server.connection('mine'), models, location: 'cloud' }])
    await untilListed('mine')
    const budget = await writeWorkspaceSettings({
      'roundhouse.workspaceBudgets': [{ id: 'tight', limit: 1e-6 }],
    })
    try {
      const { error } = await ask('mine/model', 'Hello')
      assert.match(error?.message ?? '', /“tight \(set by the workspace\)”/)
    } finally {
      await budget.remove()
    }
    assert.equal((await ask('mine/model', 'Hello')).text, 'Hello.')
    const local = await writeWorkspaceSettings({ 'roundhouse.localOnly': true })
    try {
      assert.match((await ask('mine/model', 'Hello')).error?.message ?? '', /cloud/)
    } finally {
      await local.remove()
    }
  })
})
