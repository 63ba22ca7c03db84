import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { env } from 'node:process'
import * as vscode from 'vscode'
import { isRecord } from '../../src/core/json.js'
import { taskTable } from '../../src/vscode/commands/taskTable.js'
import { type ChatServer, chatPath, createChatServer } from './support/chatServer.js'
import { restoreConnections, untilListed, within, writeConnections } from './support/connections.js'
import { endNotices, startCommand, type } from './support/keyboard.js'

const title = 'Set Models for Tasks'
const question = 'Which agent are you?'
/** What stands in the agent's own file. */
const instructions = 'Read the code before you change it.'
const folder = join(env['HOME'] ?? '', '.copilot', 'agents')

function userValue(key: string): unknown {
  return vscode.workspace.getConfiguration().inspect(key)?.globalValue
}

/** Runs the command, answers its questions in their order, and closes what it tells at the end. */
async function answer(...answers: readonly (readonly [title: string, text: string])[]): Promise<void> {
  const command = startCommand('roundhouse.setTaskModels')
  for (const [asked, text] of answers) await Promise.race([type(asked, text), command])
  await endNotices('the command has ended', command)
}

/** Asks again until the agent does: VS Code reads the files of agents a moment after they are written. */
async function askUntil<T>(asked: Promise<T>): Promise<T> {
  for (;;) {
    await vscode.commands.executeCommand('workbench.action.chat.open', { mode: 'Code', query: question })
    const later = new Promise<undefined>((resolve) => void setTimeout(() => resolve(undefined), 3_000))
    const request = await Promise.race([asked, later])
    if (request !== undefined) return request
  }
}

async function filesThere(): Promise<readonly string[]> {
  return await readdir(folder).catch(() => [])
}

describe('models for tasks', () => {
  let server: ChatServer
  before(async () => void (server = await createChatServer()))
  beforeEach(async () => {
    server.play({ list: ['little', 'grand'] })
    const models = {
      little: { pricing: { input: 0.1, output: 0.2 }, contextWindow: 64_000 },
      grand: { family: 'gpt-5-pro', pricing: { input: 20, output: 80 }, contextWindow: 400_000 },
    }
    await writeConnections([server.connection('tasks', { models })])
    await untilListed('tasks')
  })
  after(() => server.close())
  restoreConnections()

  it('are settings that this VS Code has, and are written and restored by one click each', async () => {
    for (const { key } of taskTable)
      assert.notEqual(vscode.workspace.getConfiguration().inspect(key)?.defaultValue, undefined, key)
    const configuration = vscode.workspace.getConfiguration()
    await configuration.update('chat.utilityModel', 'copilot/before', vscode.ConfigurationTarget.Global)

    await answer([title, 'Use the Proposed Models'])
    assert.equal(userValue('chat.utilitySmallModel'), 'roundhouse/tasks/little')
    assert.equal(userValue('chat.utilityModel'), 'roundhouse/tasks/little')
    for (const key of ['chat.planAgent.defaultModel', 'inlineChat.defaultModel'])
      assert.equal(userValue(key), 'grand (roundhouse)')

    await answer([title, 'Undo the Last Change'])
    assert.equal(userValue('chat.utilityModel'), 'copilot/before')
    for (const key of taskTable.map((task) => task.key).filter((each) => each !== 'chat.utilityModel'))
      assert.equal(userValue(key), undefined, key)
    await configuration.update('chat.utilityModel', undefined, vscode.ConfigurationTarget.Global)
  })

  it('are agents too, which VS Code reads from the user’s folder, and which one click deletes', async () => {
    await answer(
      [title, 'Agents'],
      ['Agents: Folder', 'For You'],
      ['Agent: General', 'little'],
      ['Agent: Code', 'grand'],
      ['Agent: Research', 'grand'],
    )
    const files = await filesThere()
    assert.deepEqual(files.toSorted(), [
      'roundhouse-code.agent.md',
      'roundhouse-general.agent.md',
      'roundhouse-research.agent.md',
    ])
    const code = await readFile(join(folder, 'roundhouse-code.agent.md'), 'utf8')
    assert.match(code, /^model: "grand \(roundhouse\)"$/m)

    await vscode.commands.executeCommand('roundhouse.useInChat', 'tasks/little')
    // VS Code asks another model for the conversation's title, in its own words.
    const isAgent = (body: string) => body.includes(question) && body.includes(instructions)
    const asked = server.received(({ path, body }) => path === chatPath && isAgent(body))
    const body: unknown = JSON.parse((await within('the agent asks its model', askUntil(asked))).body)
    assert.equal(isRecord(body) ? body['model'] : undefined, 'grand')
    await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar')
    const section = vscode.workspace.getConfiguration('roundhouse')
    await section.update('defaultModel', undefined, vscode.ConfigurationTarget.Global)

    await answer([title, 'Undo the Last Change'])
    assert.deepEqual(await filesThere(), [])
  })
})
