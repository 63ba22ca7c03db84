import assert from 'node:assert/strict'
import { openWorkbench, pictureFailures, type Workbench } from './harness.js'
import { createOpenaiServer, type ModelServer } from './modelServers.js'
import { until } from './until.js'

/** What the real list leaves out; USD per million tokens. */
function facts(name: string, input: number, output: number) {
  const capabilities = { toolCalling: true, imageInput: true }
  return { name, contextWindow: 200_000, maxOutputTokens: 8_000, capabilities, pricing: { input, output } }
}

const models = {
  'grand-model': facts('Grand Model', 20, 80),
  'small-model': facts('Small Model', 0.1, 0.4),
}

describe('The question before a dear request', () => {
  let workbench: Workbench
  let server: ModelServer

  before(async () => {
    server = await createOpenaiServer()
    server.setModels(Object.keys(models).map((id) => ({ id })))
    const connection = { id: 'house', name: 'House', provider: 'openai-compatible', models }
    workbench = await openWorkbench({
      settings: {
        'roundhouse.connections': [{ ...connection, baseUrl: server.baseUrl }],
        'roundhouse.usage.confirmAboveUsd': 0.01,
      },
    })
    await workbench.chat.enable()
    await workbench.chat.open()
    await workbench.chat.pickModel('Grand Model')
  })

  pictureFailures(() => workbench)

  after(async () => {
    await workbench.close()
    await server.close()
  })

  const lastModel = () => /"model":"([\w-]+)"/.exec(server.chats().at(-1)?.body ?? '')?.[1]

  it('ends the request with one clear sentence where one cancels, and nothing is sent', async () => {
    const { chat, notices } = workbench
    await chat.send('What would this cost?')
    const told = await notices.dialog('may cost up to')
    assert.match(told, /This request to Grand Model may cost up to \$\d+\.\d\d\./)
    assert.match(told, /Use Small Model \(\$0\.\d+\)/)
    await notices.answer('Cancel')
    const answer = await until(
      'what is said of it',
      () => chat.answer(),
      (text) => text.includes('chose not to send'),
    )
    assert.match(answer, /You chose not to send this request, so nothing was sent and it cost nothing\./)
    assert.doesNotMatch(answer, /\bat .*:\d+:\d+|Canceled/, 'a stack is shown')
    assert.deepEqual(server.chats(), [])
  })

  it('leads the conversation to the cheaper model that is chosen, and is not asked again', async () => {
    const { chat, notices } = workbench
    server.setAnswer([{ text: 'Little.' }])
    await chat.send('What does this cost?')
    const [cheaper = ''] = /Use Small Model \(\$[\d.]+\)/.exec(await notices.dialog('may cost up to')) ?? []
    await notices.answer(cheaper)
    await until(
      'the answer',
      () => chat.answer(),
      (text) => text === 'Little.',
    )
    assert.equal(lastModel(), 'small-model')
    server.setAnswer([{ text: 'Little again.' }])
    assert.equal(await chat.ask('And this?'), 'Little again.')
    assert.equal(lastModel(), 'small-model')
  })

  it('is asked anew in another conversation, and sends where one agrees', async () => {
    const { chat, notices } = workbench
    await chat.startNew()
    server.setAnswer([{ text: 'Much.' }])
    await chat.send('What does this cost here?')
    await notices.dialog('may cost up to')
    await notices.answer('Send')
    await until(
      'the answer',
      () => chat.answer(),
      (text) => text === 'Much.',
    )
    assert.equal(lastModel(), 'grand-model')
    server.setAnswer([{ text: 'Much again.' }])
    assert.equal(await chat.ask('And this here?'), 'Much again.')
    assert.equal(lastModel(), 'grand-model')
  })

  it('logs no error of its own in the console', () => {
    assert.deepEqual(workbench.consoleErrors(), [])
  })
})
