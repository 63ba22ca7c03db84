import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as vscode from 'vscode'
import { type ChatServer, createChatServer } from './support/chatServer.js'
import {
  restoreConnections,
  untilEvent,
  untilListed,
  untilModels,
  writeConnections,
} from './support/connections.js'
import { openConsumer } from './support/consumer.js'
import { endNotices, startCommand } from './support/keyboard.js'
import { untilLogged } from './support/log.js'
import { writeWorkspaceSettings } from './support/workspace.js'

/** What is wrong with an entry, where, and what is said of it. */
const faults: readonly (readonly [string, unknown, RegExp])[] = [
  ['an id with a space', { id: 'two words', provider: 'ollama' }, /\[0\]\.id: .*lower-case/],
  ['an unknown provider', { id: 'x', provider: 'nobody' }, /\[0\]\.provider: must be one of: .*ollama/],
  ['no base URL', { id: 'x', provider: 'openai-compatible' }, /\[0\]\.baseUrl: is missing/],
  [
    'a base URL that is none',
    { id: 'x', provider: 'ollama', baseUrl: 'ftp://host' },
    /\[0\]\.baseUrl: .*http/,
  ],
  [
    'a key in the base URL',
    { id: 'x', provider: 'ollama', baseUrl: 'http://me:canary-pass-1@host' },
    /\[0\]\.baseUrl: .*user name/,
  ],
  [
    'a text for a number',
    { id: 'x', provider: 'llamacpp', files: [], threads: 'two' },
    /\[0\]\.threads: must be a number/,
  ],
  [
    'an unknown ability',
    { id: 'x', provider: 'ollama', models: { a: { capabilities: { fly: true } } } },
    /\[0\]\.models\.a\.capabilities: has no “fly”/,
  ],
  ['a text instead of an entry', 'ollama', /\[0\]: must be an object/],
  ['nothing', null, /\[0\]: must be an object/],
]

describe('every setting', () => {
  it('has the default that the manifest declares, by which a window knows that nothing is written', () => {
    const properties: Readonly<Record<string, { readonly default: unknown }>> =
      vscode.extensions.getExtension('roundhouse.roundhouse')?.packageJSON.contributes.configuration
        .properties
    const written = (value: unknown) => JSON.stringify(value)
    const others = Object.entries(properties).filter(([key, row]) => {
      const { defaultValue } = vscode.workspace.getConfiguration().inspect(key) ?? {}
      return written(defaultValue) !== written(row.default)
    })
    assert.ok(Object.keys(properties).length > 20)
    assert.deepEqual(others, [])
  })
})

describe('the setting roundhouse.connections', () => {
  let server: ChatServer
  before(async () => void (server = await createChatServer()))
  beforeEach(() => server.play({ list: ['fine'] }))
  after(() => server.close())
  restoreConnections()

  for (const [what, entry, said] of faults) {
    it(`loads the other entries when one has ${what}, and the log names the field`, async () => {
      const good = server.connection('good')
      await writeRaw([entry, good])
      await untilListed('good')
      const log = await untilLogged(said)
      assert.match(log, /roundhouse\.connections\[0\]/)
      assert.doesNotMatch(log, /canary-pass-1/)
    })
  }

  it('keeps the first of two entries with one id, and says which is left out', async () => {
    await writeRaw([server.connection('twice'), { id: 'twice', provider: 'ollama' }])
    await untilListed('twice')
    assert.match(await untilLogged(/connections\[1\]\.id: “twice” is used/), /give this one another id/)
  })

  it('offers nothing, and says so, when it is no list at all', async () => {
    await writeRaw('ollama')
    await untilModels('no models', (all) => all.length === 0)
    assert.match(await untilLogged(/roundhouse\.connections: must be a list/), /must be a list/)
  })

  it('a setting that the provider does not have is named and ignored', async () => {
    await writeConnections([server.connection('extra', { temperatur: 1 })])
    await untilListed('extra')
    assert.match(await untilLogged(/\[0\]\.temperatur: /), /has no setting “temperatur”/)
  })

  it('cannot be changed by a workspace: no request goes to its server', async () => {
    const hostile = await createChatServer()
    hostile.play({})
    await writeConnections([server.connection('good')])
    await untilListed('good')
    const settings = await writeWorkspaceSettings({ 'roundhouse.connections': [hostile.connection('good')] })
    try {
      const asked = server.requests.length
      await writeConnections([server.connection('good', { headers: { 'x-turn': '2' } })])
      await server.received(() => server.requests.length > asked)
      assert.deepEqual(
        (await untilListed('good')).map(({ id }) => id),
        ['good/fine'],
      )
      assert.deepEqual(hostile.requests, [])
    } finally {
      await settings.remove()
      await hostile.close()
    }
  })

  it('cannot be written into a workspace', async () => {
    const write = vscode.workspace
      .getConfiguration('roundhouse')
      .update('connections', [server.connection('good')], vscode.ConfigurationTarget.Workspace)
    await assert.rejects(Promise.resolve(write), /user settings/i)
  })

  it('that cannot be written leaves everything as it was, and says so', async () => {
    await writeConnections([server.connection('kept')])
    await untilListed('kept')
    const { folders } = await openConsumer()
    const path = join(folders.storage.fsPath, '..', '..', 'settings.json')
    const whole = await readFile(path, 'utf8')
    // Nobody but VS Code itself holds a superuser off a file that is read-only; it refuses a file with an error in it.
    const torn = whole.replace(/}\s*$/, '')
    await writeFile(path, torn)
    try {
      const command = startCommand('roundhouse.disableConnection', 'kept')
      const log = await untilLogged(/disableConnection failed/)
      assert.match(
        log,
        /could not be written; nothing was changed\. Make sure your settings\.json is writable/,
      )
      assert.equal(await readFile(path, 'utf8'), torn)
      assert.equal((await untilListed('kept')).length, 1)
      await endNotices('the error was told', command)
    } finally {
      await writeFile(path, whole)
    }
  })
})

describe('the setting roundhouse.workspaceBudgets', () => {
  it('is opened in the workspace’s settings, not in the user’s', async () => {
    const settings = await writeWorkspaceSettings({
      'roundhouse.workspaceBudgets': [{ id: 'Day', limit: 1 }],
    })
    try {
      const { onDidChangeActiveTextEditor } = vscode.window
      const opened = untilEvent('the settings are open', shownDocument, onDidChangeActiveTextEditor)
      await vscode.commands.executeCommand('roundhouse.editConnectionsJson', 'roundhouse.workspaceBudgets')
      assert.match((await opened).getText(), /"id":\s*"Day"/)
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors')
      await settings.remove()
    }
  })
})

async function shownDocument(): Promise<vscode.TextDocument | undefined> {
  const { document } = vscode.window.activeTextEditor ?? {}
  return document?.uri.path.endsWith('/.vscode/settings.json') === true ? document : undefined
}

/** As a hand in settings.json writes it, whatever the schema says. */
async function writeRaw(value: unknown): Promise<void> {
  const settings = vscode.workspace.getConfiguration('roundhouse')
  await settings.update('connections', value, vscode.ConfigurationTarget.Global)
}
