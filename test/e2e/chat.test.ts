import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { RecordedRequest } from '../fakes/wireServer.js'
import { openWorkbench, pictureFailures, type Workbench } from './harness.js'
import { createOllamaServer, createOpenaiServer, type ModelServer, ollamaModel } from './modelServers.js'
import { until } from './until.js'

const notes = 'The depot has seven locomotives and one turntable.'

interface ChatBody {
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[]
  readonly tools: readonly { readonly function: { readonly name: string } }[]
}

function bodyOf(request: RecordedRequest): ChatBody {
  return JSON.parse(request.body)
}

/** Of the latest turn. */
function toolResults(request: RecordedRequest): ChatBody['messages'] {
  const { messages } = bodyOf(request)
  const question = messages.findLastIndex(({ role }) => role === 'user')
  return messages.slice(question + 1).filter(({ role }) => role === 'tool')
}

describe('Chat, signed out', () => {
  let workbench: Workbench
  let openai: ModelServer
  let ollama: ModelServer

  before(async () => {
    openai = await createOpenaiServer()
    openai.setModels([{ id: 'agent-cloud', context_length: 200_000 }])
    ollama = await createOllamaServer()
    ollama.setModels([ollamaModel('agent-local', { context: 131_072 })])
    workbench = await openWorkbench({
      settings: {
        'roundhouse.connections': [
          { id: 'house', name: 'House', provider: 'openai-compatible', baseUrl: openai.baseUrl },
          { id: 'box', name: 'Box', provider: 'ollama', baseUrl: ollama.baseUrl },
        ],
      },
      files: { 'notes.md': `${notes}\n` },
    })
    await workbench.chat.enable()
    await workbench.chat.open()
  })

  pictureFailures(() => workbench)

  after(async () => {
    await workbench.close()
    await Promise.all([openai.close(), ollama.close()])
  })

  /** Has the agent read a file of the workspace: the model asks for it, and answers when it has what it asked for. */
  async function readNotes(server: ModelServer, model: string): Promise<void> {
    const input = { filePath: join(workbench.folder, 'notes.md'), startLine: 1, endLine: 2 }
    const call = { toolCall: { id: 'call_notes', name: 'read_file', input } }
    server.setAnswer((chat) =>
      toolResults(chat).length === 0
        ? [{ text: 'Let me look.' }, call]
        : [{ text: 'There are seven ' }, { text: 'locomotives.' }],
    )
    await workbench.chat.pickModel(model)
    const answer = await workbench.chat.ask(`How many locomotives does the depot have, ${model}?`)
    assert.match(answer, /There are seven locomotives\.$/)
    const [first, second] = server.chats().slice(-2)
    assert.ok(first !== undefined && second !== undefined)
    const names = bodyOf(first).tools.map((tool) => tool.function.name)
    assert.ok(names.length >= 20 && names.includes('read_file'), `VS Code offers ${names.join(', ')}`)
    const [result] = toolResults(second)
    assert.ok(JSON.stringify(result).includes(notes), `the model got ${JSON.stringify(result)}`)
  }

  it('runs a tool that an OpenAI-compatible model calls, and sends it the result', async () => {
    await readNotes(openai, 'agent-cloud')
    const assistant = bodyOf(openai.chats().at(-1) ?? assert.fail()).messages.at(-2)
    assert.equal(assistant?.role, 'assistant')
    assert.match(JSON.stringify(assistant), /"id":"call_notes"/)
  })

  it('runs a tool that Ollama calls, and sends it the result', async () => {
    await readNotes(ollama, 'agent-local')
  })

  it('ends the request when one stops the answer, and answers the next', async () => {
    const { chat } = workbench
    await chat.pickModel('agent-cloud')
    openai.setAnswer([{ text: 'This takes ' }, { text: 'for ever ' }, { stall: true }])
    await chat.send('Count the sleepers.')
    await until(
      'the first words',
      () => chat.answer(),
      (text) => text.startsWith('This takes'),
    )
    assert.equal(openai.wire.openExchanges(), 1)
    await chat.stop()
    await openai.wire.idle()
    openai.setAnswer([{ text: 'Seven.' }])
    assert.equal(await chat.ask('How many are there?'), 'Seven.')
  })

  it('keeps what came of an answer that is cut, and says that it is not whole', async () => {
    const { chat } = workbench
    await chat.pickModel('agent-cloud')
    openai.setAnswer([{ text: 'The first half ' }, { text: 'is here ' }, { reset: true }])
    const answer = await chat.ask('Tell me all.')
    assert.match(answer, /^The first half is here/)
    assert.match(answer, /House/)
    assert.doesNotMatch(answer, /\bat .*:\d+:\d+/, 'a stack is shown')
  })

  it('logs no error of its own in the console', () => {
    assert.deepEqual(workbench.consoleErrors(), [])
  })
})
