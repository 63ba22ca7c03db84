import assert from 'node:assert/strict'
import { readConnections } from './connections.js'
import { openWorkbench, pictureFailures, type Workbench } from './harness.js'
import { createOllamaServer, createOpenaiServer, type ModelServer, ollamaModel } from './modelServers.js'
import { until } from './until.js'

const rightKey = 'sk-right-4c1d9a7e0b52'
const wrongKey = 'sk-wrong-1f8e6b3a9d70'

describe('Add Connection', () => {
  let workbench: Workbench
  const servers: ModelServer[] = []

  async function startServer(
    create: () => Promise<ModelServer>,
    models: readonly object[],
  ): Promise<ModelServer> {
    const server = await create()
    servers.push(server)
    server.setModels(models)
    return server
  }

  const saved = async (id: string) => (await readConnections(workbench)).find((entry) => entry.id === id)
  const lastKey = (server: ModelServer) => server.wire.requests.at(-1)?.headers['authorization']

  before(async () => {
    workbench = await openWorkbench()
    await workbench.chat.enable()
    await workbench.chat.open()
    await workbench.tree.open()
  })

  pictureFailures(() => workbench)

  afterEach(() => workbench.notices.dismiss())

  after(async () => {
    await workbench.close()
    await Promise.all(servers.map((server) => server.close()))
  })

  it('saves a server with a key once that is tested, and lists its models everywhere', async () => {
    const { page, quickInput, notices, tree, chat } = workbench
    const models = [
      { id: 'swift-chat', context_length: 131_072 },
      { id: 'deep-chat', context_length: 200_000 },
    ]
    const server = await startServer(createOpenaiServer, models)
    server.setKey(rightKey)
    await workbench.runCommand('Roundhouse: Add Connection…')
    await quickInput.waitForTitle('Add Connection')
    await quickInput.pick('OpenAI-compatible')
    await quickInput.waitForTitle('Address (2/3)')
    await quickInput.type('localhost')
    await page.getByText('Start with http:// or https://').waitFor()
    await quickInput.type(server.baseUrl)
    await quickInput.waitForTitle('Key (3/3)')
    assert.equal(await quickInput.isPassword(), true)
    await quickInput.type(rightKey)
    assert.equal(await notices.waitFor('is ready'), '“OpenAI-compatible” is ready: 2 models found.')
    assert.deepEqual(await saved('openai-compatible'), {
      id: 'openai-compatible',
      provider: 'openai-compatible',
      baseUrl: server.baseUrl,
    })
    assert.equal(lastKey(server), `Bearer ${rightKey}`)
    await tree.expand('OpenAI-compatible')
    await tree.waitFor('deep-chat', ({ description }) => description.includes('200K'))
    await workbench.statusBar.openSwitcher()
    await until('the model in the switcher', () => quickInput.has('deep-chat'))
    await quickInput.cancel()
    await notices.dismiss()
    await chat.pickModel('deep-chat')
  })

  it('takes an Ollama at an address of its own, without a key, straight into Chat, which streams', async () => {
    const { quickInput, notices, tree, chat } = workbench
    const models = [ollamaModel('llama-local:8b'), ollamaModel('gemma-local:4b', { context: 8192 })]
    const server = await startServer(createOllamaServer, models)
    let release = () => {}
    const held = new Promise<void>((resolve) => void (release = resolve))
    server.setAnswer([{ text: 'Trains are kept' }, { until: held }, { text: ' in a roundhouse.' }])
    await workbench.runCommand('Roundhouse: Add Connection…')
    await quickInput.waitForTitle('Add Connection')
    await quickInput.pick('Ollama')
    await quickInput.waitForTitle('Address')
    assert.equal(await quickInput.value(), 'http://127.0.0.1:11434')
    await quickInput.type(server.baseUrl)
    await quickInput.waitForTitle('Key')
    await quickInput.type('')
    assert.equal(await notices.waitFor('is ready'), '“Ollama” is ready: 2 models found.')
    await tree.expand('Ollama')
    await tree.waitFor('gemma-local:4b', ({ description }) => description.includes('8K'))
    await notices.press('is ready', 'Use in Chat')
    await quickInput.waitForTitle('Use in Chat')
    await quickInput.pick('llama-local:8b')
    await until(
      'the model in Chat',
      () => chat.modelName(),
      (name) => name === 'llama-local:8b',
    )
    await chat.send('Where are trains kept?')
    // VS Code shows a last word when the next one begins.
    await until(
      'the first words',
      () => chat.answer(),
      (text) => text === 'Trains are',
    )
    release()
    await until(
      'the whole answer',
      () => chat.answer(),
      (text) => text === 'Trains are kept in a roundhouse.',
    )
    assert.match(server.chats()[0]?.body ?? '', /"model":"llama-local:8b"/)
    assert.equal(lastKey(server), undefined)
  })

  it('says that a key is wrong, saves nothing, and lets it be corrected', async () => {
    const { quickInput, notices, tree } = workbench
    const server = await startServer(createOpenaiServer, [{ id: 'house-model', max_model_len: 32_768 }])
    server.setKey(rightKey)
    await workbench.runCommand('Roundhouse: Add Connection…')
    await quickInput.waitForTitle('Add Connection')
    await quickInput.pick('vLLM')
    await quickInput.waitForTitle('Address')
    await quickInput.type(server.baseUrl)
    await quickInput.waitForTitle('Key')
    await quickInput.type(wrongKey)
    const told = await notices.dialog('did not pass its test')
    assert.match(told, /did not accept the key \(401\): Incorrect API key provided\./)
    assert.match(told, /Nothing has been saved yet\./)
    assert.ok(!told.includes(wrongKey), 'the key is shown')
    assert.equal(await saved('vllm'), undefined)
    await notices.answer('Edit')
    await quickInput.waitForTitle('Address')
    assert.equal(await quickInput.value(), server.baseUrl)
    await quickInput.accept()
    await quickInput.waitForTitle('Key')
    await quickInput.type(rightKey)
    await notices.waitFor('“vLLM” is ready: 1 model found.')
    await tree.waitFor('vLLM', (row) => row.description === '1 model')
  })

  it('logs no error of its own in the console', () => {
    assert.deepEqual(workbench.consoleErrors(), [])
  })
})
