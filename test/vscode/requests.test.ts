import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import type { Reply } from '../fakes/wireServer.js'
import { type ChatServer, chatPath, chunk, createChatServer } from './support/chatServer.js'
import { restoreConnections, untilListed, within, writeConnections } from './support/connections.js'
import { ask, assertReadable, openConsumer } from './support/consumer.js'

function streamReply(...events: readonly string[]): Reply {
  return {
    headers: { 'content-type': 'text/event-stream' },
    body: [...events, '[DONE]'].map((event) => `data: ${event}\n\n`).join(''),
  }
}

describe('requests through vscode.lm', () => {
  let server: ChatServer
  before(async () => void (server = await createChatServer()))
  beforeEach(async () => {
    server.play({})
    await writeConnections([server.connection('asked')])
    await untilListed('asked')
    server.clear()
  })
  after(() => server.close())
  restoreConnections()

  it('carry the options that a provider understands, and none of VS Code’s own', async () => {
    const modelOptions = {
      temperature: 0.25,
      max_tokens: 99,
      _conversationId: 'secret-conversation',
      _telemetryTurn: 3,
      anything: 'else',
    }
    assert.equal((await ask('asked/model', 'Hello', { options: { modelOptions } })).text, 'Hello.')
    const body: Record<string, unknown> = JSON.parse(server.requests[0]?.body ?? '{}')
    assert.equal(body['temperature'], 0.25)
    assert.equal(body['max_tokens'], 99)
    assert.doesNotMatch(JSON.stringify(body), /secret-conversation|_telemetryTurn|anything/)
  })

  it('that run at once stay apart', async () => {
    server.answer(({ body }) => {
      const { messages }: { messages?: readonly { content: string }[] } = JSON.parse(body)
      const content = `You said ${messages?.[0]?.content ?? 'nothing'}.`
      return streamReply(chunk({ content }), chunk({}, 'stop'))
    })
    const numbers = Array.from({ length: 20 }, (_, index) => `number ${index}`)
    const answers = await Promise.all(numbers.map((number) => ask('asked/model', number)))
    assert.deepEqual(
      answers.map(({ text, error }) => error?.message ?? text),
      numbers.map((number) => `You said ${number}.`),
    )
    await within('every socket is released', server.idle())
  })

  it('that end after reasoning alone say so, where Chat would only say that nothing came', async () => {
    server.play({ chat: streamReply(chunk({ reasoning_content: 'Hm.' }), chunk({}, 'stop')) })
    const { text, thinking, error } = await ask('asked/model', 'Hello')
    assert.equal(error, undefined, error?.message)
    assert.equal(thinking, 'Hm.')
    assert.match(text, /ended its answer after reasoning, without text/)
  })

  it('show the sources and pictures of an answer, and why it was filtered', async () => {
    const source = { url: 'https://a.example/x', title: 'On [brakes]' }
    const cited = JSON.stringify({ choices: [], search_results: [source] })
    const png = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
    server.play({ chat: streamReply(chunk({ content: 'Brake.', images: [png] }), cited, chunk({}, 'stop')) })
    const answer = await ask('asked/model', 'Hello')
    assert.equal(answer.error, undefined, answer.error?.message)
    assert.match(
      answer.text,
      /^Brake\.\s+\*\*Sources\*\*\s+1\. \[On \\\[brakes\\\]\]\(https:\/\/a\.example\/x\)/,
    )
    assert.deepEqual(JSON.parse(answer.data.get('application/vnd.roundhouse.sources+json') ?? ''), [source])
    assert.ok(answer.data.has('image/png'))
    server.play({ chat: streamReply(chunk({ content: 'Brake' }), chunk({}, 'content_filter')) })
    assert.match(
      (await ask('asked/model', 'Hello')).text,
      /^Brake\s+_The provider’s content rules ended this answer/,
    )
  })

  it('that end at the limit while the model reasons say so', async () => {
    server.play({ chat: streamReply(chunk({ reasoning_content: 'Hm.' }), chunk({}, 'length')) })
    assert.match(
      (await ask('asked/model', 'Hello')).text,
      /reached its output limit while it was still reasoning/,
    )
  })

  it('that fail right after a word keep the word, which VS Code would lose to the error', async () => {
    const events = [chunk({ content: 'Last ' }), chunk({ content: 'words' })]
    const body = events.map((event) => `data: ${event}\n\n`).join('')
    server.play({ chat: { headers: { 'content-type': 'text/event-stream' }, body } })
    const { text, error } = await ask('asked/model', 'Hello')
    assertReadable(error)
    assert.equal(text, 'Last words')
  })

  it('with text, JSON and foreign markers send what is content and leave out what is not', async () => {
    const content = [
      new vscode.LanguageModelTextPart('Look: '),
      vscode.LanguageModelDataPart.json({ answer: 42 }, 'application/json'),
      vscode.LanguageModelDataPart.json(['https://a.example/'], 'application/vnd.roundhouse.sources+json'),
      new vscode.LanguageModelDataPart(new Uint8Array([1]), 'cache_control'),
      new vscode.LanguageModelDataPart(new TextEncoder().encode('gpt\\state'), 'stateful_marker'),
    ]
    const message = new vscode.LanguageModelChatMessage(vscode.LanguageModelChatMessageRole.User, content)
    const consumer = await openConsumer()
    await consumer.request('asked/model', { messages: [message] })
    const body = server.requests[0]?.body ?? ''
    assert.match(body, /Look: /)
    assert.match(body, /42/)
    assert.doesNotMatch(body, /cache_control|state|a\.example/)
  })

  it('to a connection that has gone meanwhile fail and reach no server', async () => {
    const model = await (await openConsumer()).find('asked/model')
    await writeConnections([])
    const asked = async (): Promise<void> => {
      const response = await model.sendRequest([vscode.LanguageModelChatMessage.User('Hello')])
      for await (const _ of response.stream);
    }
    // Whoever notices first says so: VS Code's window, its extension host, or the provider.
    await assert.rejects(asked, /no connection "asked"|Model not found|Chat model .* could not be found/)
    assert.equal(server.requests.filter(({ path }) => path === chatPath).length, 0)
  })
})
