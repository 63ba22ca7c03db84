import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { createOllamaServer } from '../fakes/chatServer.js'
import { agentMessages, agentTools } from '../fakes/vscodeChat.js'
import { type ChatServer, chatPath, createChatServer, jsonReply } from './support/chatServer.js'
import {
  defaultConnections,
  isRoute,
  restoreConnections,
  untilEvent,
  untilListed,
  writeConnections,
} from './support/connections.js'
import { ask, request } from './support/consumer.js'
import { untilLogged } from './support/log.js'
import { toHostMessages } from './support/messages.js'
import { writeWorkspaceSettings } from './support/workspace.js'

async function write(settings: Readonly<Record<string, unknown>>): Promise<void> {
  const section = vscode.workspace.getConfiguration('roundhouse')
  for (const [key, value] of Object.entries(settings)) {
    await section.update(key, value, vscode.ConfigurationTarget.Global)
  }
}

async function untilRoute(id: string): Promise<vscode.LanguageModelChat> {
  const look = async () => (await vscode.lm.selectChatModels({ vendor: 'roundhouse', id }))[0]
  return untilEvent(`the route ${id}`, look, vscode.lm.onDidChangeChatModels)
}

describe('Routes and budgets', () => {
  let first: ChatServer
  let second: ChatServer

  beforeEach(async () => {
    first = await createChatServer()
    second = await createChatServer()
    first.play({ list: ['cheap'], chat: 'The first answers.' })
    second.play({ list: ['dear'], chat: 'The second answers.' })
    const priced = (model: string, price: number) => ({
      models: { [model]: { pricing: { input: price, output: price } } },
    })
    await writeConnections([
      ...defaultConnections(),
      { ...first.connection('first'), ...priced('cheap', 1) },
      { ...second.connection('second'), ...priced('dear', 50) },
    ])
    await Promise.all([untilListed('llamacpp'), untilListed('first'), untilListed('second')])
  })
  afterEach(async () => {
    await write({
      budgets: undefined,
      routes: undefined,
      localOnly: undefined,
      'cache.completions': undefined,
      'cache.sampled': undefined,
      'usage.confirmAboveUsd': undefined,
      'routing.showModel': undefined,
      'routing.sameModelElsewhere': undefined,
    })
    await first.close()
    await second.close()
  })
  restoreConnections()

  it('offer Roundhouse’s own routes and the user’s as models of their own', async () => {
    await write({ routes: [{ name: 'mine', title: 'My Own', models: ['second/*'] }] })
    assert.equal((await untilRoute('mine')).name, 'My Own')
    const all = await vscode.lm.selectChatModels({ vendor: 'roundhouse' })
    assert.deepEqual(
      all
        .filter(isRoute)
        .map(({ id }) => id)
        .toSorted(),
      ['auto', 'auto/cheapest', 'auto/fastest', 'auto/powerful'],
    )
    assert.equal((await ask('mine', 'Hello')).text, 'The second answers.')
  })

  it('choose what costs least, and turn to the other model when that fails', async () => {
    await untilRoute('auto/cheapest')
    assert.equal((await ask('auto/cheapest', 'Hello')).text, 'The first answers.')
    first.play({ list: ['cheap'], chat: jsonReply({ error: { message: 'Down.' } }, 503) })
    assert.equal((await ask('auto/cheapest', 'Hello again')).text, 'The second answers.')
  })

  it('send what is simple to Ollama and what is hard to the most able model, as Chat asks it', async () => {
    const ollama = await createOllamaServer('On this machine.')
    try {
      await writeConnections([
        ...defaultConnections(),
        second.connection('second', { models: { dear: { pricing: { input: 1, output: 10 } } } }),
        { id: 'home', provider: 'ollama', baseUrl: ollama.origin },
      ])
      await Promise.all([untilListed('second'), untilListed('home')])
      await write({
        routes: [
          {
            name: 'daily',
            rules: [
              { kind: 'complexity', complex: 'quality' },
              { kind: 'preferLocal', when: { complexity: ['simple'] } },
              { kind: 'maxCost', usd: 0.5 },
              { kind: 'sticky' },
            ],
            quality: { 'second/*': 0.9 },
          },
        ],
      })
      await untilRoute('daily')
      const askInChat = async (question: string) => {
        const options = { tools: agentTools.map((tool) => ({ ...tool, inputSchema: { type: 'object' } })) }
        return (await request('daily', { messages: toHostMessages(agentMessages(question)), options })).text
      }
      const hard = 'Why does this deadlock? Refactor it step by step:\nclass Cart {'
      assert.equal(await askInChat('What is a closure?'), 'On this machine.')
      assert.equal(await askInChat(hard), 'The second answers.')
    } finally {
      await ollama.close()
    }
  })

  it('name the model that answers in a line behind it, as the setting says, and never for other extensions', async () => {
    const options = (conversation: string) => ({ modelOptions: { _conversationId: conversation } })
    const askIn = async (conversation: string, id = 'auto/cheapest') =>
      (await ask(id, 'Hello', { options: options(conversation) })).text.replaceAll('\u2063', '')
    const named = 'The first answers.\n\nAnswered by cheap through Test first.'
    await write({ 'usage.confirmAboveUsd': 0 })
    await untilRoute('auto/cheapest')
    assert.equal(await askIn('named-1'), named)
    assert.equal(await askIn('named-1'), 'The first answers.')
    assert.equal(await askIn('named-2', 'first/cheap'), 'The first answers.')
    assert.equal((await ask('auto/cheapest', 'Hello')).text, 'The first answers.')
    await write({ 'routing.showModel': 'always' })
    assert.equal(await askIn('named-1'), named)
    await write({ 'routing.showModel': 'never' })
    assert.equal(await askIn('named-3'), 'The first answers.')
  })

  it('leave a model that is asked for by name to itself, unless the user wants the same one elsewhere', async () => {
    first.play({ list: ['twin'], chat: jsonReply({ error: { message: 'Down.' } }, 503) })
    second.play({ list: ['twin'], chat: 'The same elsewhere.' })
    await writeConnections([first.connection('third'), second.connection('fourth')])
    await Promise.all([untilListed('third'), untilListed('fourth')])
    assert.notEqual((await ask('third/twin', 'Hello')).error, undefined)
    await write({ 'routing.sameModelElsewhere': true })
    assert.equal((await ask('third/twin', 'Hello')).text, 'The same elsewhere.')
  })

  it('refuse what a hard budget does not hold, name it, and let the rest go on', async () => {
    await write({
      budgets: [
        { id: 'mine', name: 'My Month', limit: 0.000_001, scope: { kind: 'connection', value: 'first' } },
      ],
    })
    const { error, text } = await ask('first/cheap', 'Hello')
    assert.equal(text, '')
    assert.match(error?.message ?? '', /My Month/)
    assert.equal((await ask('auto/cheapest', 'Hello')).text, 'The second answers.')
  })

  it('that a workspace adds hold beside the user’s, say whose they are, and end with their file', async () => {
    await write({ budgets: [{ id: 'day', name: 'My Day', limit: 100, window: 'day' }] })
    const settings = await writeWorkspaceSettings({
      'roundhouse.workspaceBudgets': [
        { id: 'day', limit: 0.000_001, window: 'day', scope: { kind: 'connection', value: 'elsewhere' } },
        { id: 'day', limit: 1_000 },
        { id: 'loose', limit: 1_000, name: 'My Day' },
      ],
      'roundhouse.budgets': [],
    })
    try {
      const { error, text } = await ask('first/cheap', 'Hello')
      assert.equal(text, '')
      assert.match(
        error?.message ?? '',
        /The budget “day \(set by the workspace\)” of \$0\.0000 a day does not/,
      )
      const log = await untilLogged(/workspaceBudgets\[2\] has no “name”/)
      assert.match(log, /workspaceBudgets\[1\] has the name “day” of an earlier entry/)
      await write({ budgets: [{ id: 'day', name: 'My Day', limit: 0.000_001, window: 'day' }] })
    } finally {
      await settings.remove()
    }
    const { error } = await ask('first/cheap', 'Hello')
    assert.match(error?.message ?? '', /The budget “My Day” of/)
    await write({ budgets: undefined })
    assert.equal((await ask('first/cheap', 'Hello')).text, 'The first answers.')
  })

  it('ask no cloud while only local models may be asked', async () => {
    // What is neither true nor false was meant to protect something.
    for (const value of [true, 'false', 1]) {
      await write({ localOnly: value })
      const before = [first, second].map(({ requests }) => requests.length)
      const { error } = await ask('first/cheap', 'Hello')
      assert.match(error?.message ?? '', /cloud and is held back: roundhouse\.localOnly is on/)
      await vscode.commands.executeCommand('roundhouse.refreshModels')
      assert.deepEqual(
        [first, second].map(({ requests }) => requests.length),
        before,
      )
      await write({ localOnly: undefined })
    }
    assert.equal((await ask('first/cheap', 'Hello')).error, undefined)
  })

  it('give a kept answer again without asking, once the user wants answers kept', async () => {
    await write({ 'cache.completions': true, 'cache.sampled': true })
    assert.equal((await ask('first/cheap', 'Once')).text, 'The first answers.')
    first.play({ list: ['cheap'], chat: 'Asked again.' })
    assert.equal((await ask('first/cheap', 'Once')).text, 'The first answers.')
    assert.equal((await ask('first/cheap', 'Twice')).text, 'Asked again.')
    const anew = { options: { modelOptions: { cache: 'refresh' } } }
    assert.equal((await ask('first/cheap', 'Once', anew)).text, 'Asked again.')
    assert.equal((await ask('first/cheap', 'Once')).text, 'Asked again.')
  })

  it('ask before a dear request of a conversation, and send nothing without a yes', async () => {
    const asked = () => second.requests.filter(({ path }) => path === chatPath).length
    const options = { modelOptions: { _conversationId: 'conversation-1' } }
    assert.equal((await ask('second/dear', 'Hello', { options })).text, 'The second answers.')
    await write({ 'usage.confirmAboveUsd': 0.01 })
    // VS Code shows no dialog in tests: it refuses the question, and says what it would have asked.
    const stop = new vscode.CancellationTokenSource()
    const giveUp = setTimeout(() => stop.cancel(), 3_000)
    const { error } = await ask('second/dear', 'Hello', { options, token: stop.token })
    clearTimeout(giveUp)
    stop.dispose()
    assert.ok(error !== undefined)
    await untilLogged(
      /refused to show dialog in tests\. Contents: This request to dear may cost up to \$0\.\d+\./,
    )
    assert.equal(asked(), 1)
    assert.equal((await ask('second/dear', 'Hello')).text, 'The second answers.')
    assert.equal(asked(), 2)
    assert.equal((await ask('first/cheap', 'Hello', { options })).text, 'The first answers.')
  })
})
