import assert from 'node:assert/strict'
import { env } from 'node:process'
import * as vscode from 'vscode'
import { type ChatServer, createChatServer, jsonReply } from './support/chatServer.js'
import { restoreConnections, untilListed, within, writeConnections } from './support/connections.js'
import { ask, assertReadable } from './support/consumer.js'
import { enterKey } from './support/keyboard.js'
import { readLog, untilLogged } from './support/log.js'
import { canaryKey, type TestConnection } from './support/wires.js'

/** Described by hand, so that the model is offered although its server may refuse to list it. */
const byHand = { provider: 'groq', models: { model: {} } }

describe('keys', () => {
  let server: ChatServer
  let elsewhere: ChatServer
  before(() => vscode.commands.executeCommand('_extensionTests.setLogLevel', 'trace'))
  after(() => vscode.commands.executeCommand('_extensionTests.setLogLevel', 'info'))
  beforeEach(async () => {
    server = await createChatServer()
    elsewhere = await createChatServer()
    server.play({ needsKey: true })
    elsewhere.play({})
  })
  afterEach(async () => {
    await server.close()
    await elsewhere.close()
    assert.ok(!(await readLog()).includes(canaryKey.slice(-12)), 'the key is in the log')
  })
  restoreConnections()

  const connect = async (id: string): Promise<TestConnection> => {
    const connection = server.connection(id, byHand)
    await writeConnections([connection])
    await untilListed(id)
    return connection
  }

  it('that is missing is asked for before anything is sent', async () => {
    await connect('keyless')
    const { error } = await ask('keyless/model', 'Hello')
    assertReadable(error)
    assert.match(error.message, /Test keyless has no key\. Enter the key/)
    assert.deepEqual(server.requests, [])
  })

  it('that is entered is tested, stored and sent to its own server in its own header', async () => {
    const connection = await connect('keyed')
    await enterKey(connection, `  ${canaryKey}\n`)
    server.clear()
    assert.equal((await ask('keyed/model', 'Hello')).text, 'Hello.')
    assert.deepEqual(
      server.requests.map(({ headers }) => headers['authorization']),
      [`Bearer ${canaryKey}`],
    )
  })

  it('that was given for one server never goes to another, whatever the settings say', async () => {
    const connection = await connect('moved')
    await enterKey(connection, canaryKey)
    await writeConnections([{ ...connection, baseUrl: `${elsewhere.origin}/v1` }])
    await untilListed('moved')
    const { error } = await ask('moved/model', 'Hello')
    assertReadable(error)
    assert.ok(error.message.includes(server.origin), error.message)
    assert.ok(error.message.includes(elsewhere.origin), error.message)
    assert.deepEqual(elsewhere.requests, [])
    await writeConnections([connection])
    assert.equal((await ask('moved/model', 'Hello')).text, 'Hello.')
  })

  it('that is replaced leaves with the old one no more', async () => {
    const connection = await connect('rotated')
    await enterKey(connection, 'sk-canary-old-0123456789')
    server.clear()
    await enterKey(connection, canaryKey)
    assert.equal((await ask('rotated/model', 'Hello')).text, 'Hello.')
    // A test of the new key may ask without any; the old one goes nowhere.
    const sent = server.requests.flatMap(({ headers }) => headers['authorization'] ?? [])
    assert.deepEqual([...new Set(sent)], [`Bearer ${canaryKey}`])
  })

  it('that the server refuses is to be entered again, and does not show where the server quotes it', async () => {
    const connection = await connect('refused')
    await enterKey(connection, canaryKey)
    const message = `Incorrect API key provided: ${canaryKey}. You can find yours elsewhere.`
    server.play({
      needsKey: true,
      chat: jsonReply({ error: { message, type: 'invalid_request_error' } }, 401),
    })
    const { error } = await ask('refused/model', 'Hello')
    assertReadable(error)
    assert.match(error.message, /Test refused.*did not accept the key.*Enter the key/)
    assert.ok(!error.message.includes(canaryKey.slice(-12)), error.message)
    assert.match(await untilLogged(/Request to refused\/model failed/), /\[redacted\]/)
  })

  it('does not follow a redirect to another server, nor does the prompt', async () => {
    const connection = await connect('redirected')
    await enterKey(connection, canaryKey)
    const location = `${elsewhere.origin}/v1/chat/completions`
    server.play({ needsKey: true, chat: { status: 307, headers: { location } } })
    const { error } = await ask('redirected/model', 'Hello')
    assertReadable(error)
    assert.ok(error.message.includes(elsewhere.origin), error.message)
    assert.deepEqual(elsewhere.requests, [])
  })

  it('of the environment is for the provider’s own server alone', async () => {
    env['GROQ_API_KEY'] = canaryKey
    try {
      await connect('environment')
      const { error } = await ask('environment/model', 'Hello')
      assertReadable(error)
      assert.match(error.message, /has no key/)
      assert.deepEqual(server.requests, [])
    } finally {
      delete env['GROQ_API_KEY']
    }
  })

  it('that is optional may be missing, and is sent when it is there', async () => {
    const connection = server.connection('optional')
    server.play({})
    await writeConnections([connection])
    await untilListed('optional')
    assert.equal((await ask('optional/model', 'Hello')).text, 'Hello.')
    assert.ok(server.requests.every(({ headers }) => headers['authorization'] === undefined))
    server.play({ needsKey: true })
    await enterKey(connection, canaryKey)
    server.clear()
    assert.equal((await ask('optional/model', 'Hello')).text, 'Hello.')
    assert.equal(server.requests[0]?.headers['authorization'], `Bearer ${canaryKey}`)
  })

  it('does not outlive its request in the socket: a cancelled one is closed', async () => {
    const connection = await connect('closed')
    await enterKey(connection, canaryKey)
    server.play({ needsKey: true, chat: { silent: true } })
    const source = new vscode.CancellationTokenSource()
    const asked = ask('closed/model', 'Hello', { token: source.token })
    await within(
      'the chat',
      server.received(({ path }) => path.endsWith('/chat/completions')),
    )
    source.cancel()
    assert.equal((await asked).error?.name, 'Canceled')
    await within('the socket is closed', server.idle())
  })
})
