import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import {
  type ChatServer,
  chatPath,
  createChatServer,
  jsonReply,
  listPath,
  listReply,
} from './support/chatServer.js'
import {
  type Models,
  modelsOf,
  restoreConnections,
  untilListed,
  untilModels,
  within,
  writeConnections,
} from './support/connections.js'
import { ask, assertReadable } from './support/consumer.js'
import { untilLogged } from './support/log.js'

const page = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Welcome</body></html>'

/** Another header has a connection asked at once, where a refresh would wait out its ten seconds. */
const askedAnew = { headers: { 'x-turn': '2' } }

describe('connections, as another extension sees them', () => {
  let server: ChatServer
  let other: ChatServer
  beforeEach(async () => {
    server = await createChatServer()
    other = await createChatServer()
    other.play({ list: ['fine'], chat: 'I am fine.' })
  })
  afterEach(async () => {
    await server.close()
    await other.close()
  })
  restoreConnections()

  it('a connection that is added is announced with its models', async () => {
    server.play({ list: ['a', 'b'] })
    const announced = new Promise<Models>((resolve) => {
      const subscription = vscode.lm.onDidChangeChatModels(async () => {
        const models = await vscode.lm.selectChatModels({ vendor: 'roundhouse' })
        if (modelsOf(models, 'added').length < 2) return
        subscription.dispose()
        resolve(models)
      })
    })
    await writeConnections([server.connection('added')])
    assert.equal(modelsOf(await within('onDidChangeChatModels', announced), 'added').length, 2)
  })

  it('a connection that is disabled loses its models, and gets them back when it is enabled', async () => {
    server.play({ list: ['a'] })
    await writeConnections([server.connection('switched'), other.connection('stays')])
    await Promise.all([untilListed('switched'), untilListed('stays')])
    await vscode.commands.executeCommand('roundhouse.disableConnection', 'switched')
    const left = await untilModels('no models', (all) => modelsOf(all, 'switched').length === 0)
    assert.equal(modelsOf(left, 'stays').length, 1)
    await vscode.commands.executeCommand('roundhouse.enableConnection', 'switched')
    assert.equal((await untilListed('switched')).length, 1)
  })

  it('a connection that is removed from the settings takes its models along', async () => {
    server.play({ list: ['a'] })
    await writeConnections([server.connection('leaves'), other.connection('stays')])
    await Promise.all([untilListed('leaves'), untilListed('stays')])
    await writeConnections([other.connection('stays')])
    const left = await untilModels('one model', (all) => all.length === 1)
    assert.equal(left[0]?.id, 'stays/fine')
  })

  it('patterns choose among the models, and what the user states about one is believed', async () => {
    server.play({ list: ['chat-large', 'chat-small', 'chat-old'] })
    const models = { 'chat-large': { name: 'Our Large', contextWindow: 9000, maxOutputTokens: 1000 } }
    const fields = { include: ['chat-*'], exclude: ['*-old'], models }
    await writeConnections([server.connection('chosen', fields)])
    const offered = await untilListed('chosen')
    assert.deepEqual(offered.map(({ id }) => id).toSorted(), ['chosen/chat-large', 'chosen/chat-small'])
    const large = offered.find(({ id }) => id === 'chosen/chat-large')
    assert.equal(large?.name, 'Our Large')
    assert.equal(large.maxInputTokens, 8000)
  })

  it('an empty answer of a cloud keeps the models that were there', async () => {
    server.play({ list: ['kept'] })
    await writeConnections([server.connection('cloud')])
    await untilListed('cloud')
    server.play({ list: [] })
    await writeConnections([server.connection('cloud', askedAnew)])
    await untilLogged(/Test cloud answered with an empty list; the earlier one is kept/)
    assert.equal((await untilListed('cloud')).length, 1)
    assert.equal((await ask('cloud/kept', 'Hello')).text, 'Hello.')
  })

  it('a server that goes away keeps its models, and a request says that nothing listens there', async () => {
    server.play({ list: ['kept'] })
    await writeConnections([server.connection('gone')])
    await untilListed('gone')
    const { origin } = server
    await server.close()
    await writeConnections([server.connection('gone', askedAnew)])
    await untilLogged(new RegExp(`Nothing is listening at ${origin.replace('http://', '')}`))
    assert.equal((await untilListed('gone')).length, 1)
    const { error } = await ask('gone/kept', 'Hello')
    assertReadable(error)
    assert.ok(error.message.includes(server.origin.replace('http://', '')), error.message)
    server = await createChatServer()
  })

  it('a host that accepts and never answers delays nobody else’s models', async () => {
    server.play({ list: { silent: true } })
    await writeConnections([server.connection('silent'), other.connection('quick')])
    await within(
      'the silent one is asked',
      server.received(({ path }) => path === listPath),
    )
    await untilListed('quick')
    assert.equal((await ask('quick/fine', 'Hello')).text, 'I am fine.')
    assert.equal(server.openExchanges(), 1, 'the silent one is still waited for')
    await writeConnections([other.connection('quick')])
    await within('the wait is given up', server.idle())
  })

  it('a chat that is never answered ends after the connection’s patience, with its address', async () => {
    server.play({ chat: { silent: true } })
    await writeConnections([server.connection('patient', { timeoutSeconds: 1 })])
    await untilListed('patient')
    const { error } = await ask('patient/model', 'Hello')
    assertReadable(error)
    assert.match(error.message, /127\.0\.0\.1:\d+ sent nothing for 1 second\./)
    await within('the socket is closed', server.idle())
  })

  for (const status of [200, 403, 502]) {
    it(`a web page instead of JSON (${status}) is named as what it is, and hides no other models`, async () => {
      const web = { status, headers: { 'content-type': 'text/html' }, body: page }
      server.play({ list: web, chat: web })
      await writeConnections([server.connection('web', { models: { model: {} } }), other.connection('fine')])
      await Promise.all([untilListed('fine'), untilListed('web')])
      const { error, parts } = await ask('web/model', 'Hello')
      assertReadable(error)
      assert.doesNotMatch(error.message, /Welcome|DOCTYPE/)
      assert.deepEqual(parts, [])
    })
  }

  const strange = {
    unlisted: jsonReply({ hello: 'world' }),
    cut: { ...listReply(['a']), body: '{"data": [' },
  }
  for (const [id, list] of Object.entries(strange)) {
    it(`an answer that is no list (${id}) offers nothing, is named in the log and hides no other models`, async () => {
      server.play({ list })
      await writeConnections([server.connection(id), other.connection('fine')])
      await untilListed('fine')
      const log = await untilLogged(new RegExp(`Test ${id}: .*base URL`))
      assert.doesNotMatch(log, /SyntaxError/)
      assert.equal(modelsOf(await untilListed('fine'), id).length, 0)
    })
  }

  it('a request that the server refuses is sent once', async () => {
    server.play({ chat: jsonReply({ error: { message: 'no such parameter', type: 'x' } }, 400) })
    await writeConnections([server.connection('once')])
    await untilListed('once')
    assertReadable((await ask('once/model', 'Hello')).error)
    assert.equal(server.requests.filter(({ path }) => path === chatPath).length, 1)
  })

  it('a request that a busy server turns away is tried again, and answered', async () => {
    server.play({ chat: jsonReply({ error: { message: 'try later', type: 'x' } }, 503) })
    await writeConnections([server.connection('busy')])
    await untilListed('busy')
    const answer = ask('busy/model', 'Hello')
    await within(
      'the first try',
      server.received(({ path }) => path === chatPath),
    )
    server.play({ chat: 'Now I can.' })
    assert.equal((await answer).text, 'Now I can.')
  })
})
