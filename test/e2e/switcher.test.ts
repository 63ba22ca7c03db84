import assert from 'node:assert/strict'
import { enterKey } from './connections.js'
import { type Everyday, openEveryday } from './everyday.js'
import { openWorkbench, pictureFailures, type Workbench } from './harness.js'
import { until } from './until.js'

describe('The switcher in the status bar', () => {
  let everyday: Everyday
  let workbench: Workbench

  before(async () => {
    everyday = await openEveryday()
    workbench = await openWorkbench({ settings: { 'roundhouse.connections': everyday.connections } })
    await workbench.chat.enable()
    await workbench.chat.open()
    await workbench.tree.open()
    await enterKey(workbench, 'OpenAI', everyday.keys['OpenAI'] ?? '')
  })

  pictureFailures(() => workbench)

  after(async () => {
    await workbench.close()
    await everyday.close()
  })

  async function open(): Promise<void> {
    await workbench.statusBar.openSwitcher()
  }

  /** The rows that remain when one types this; those used lately are in the list twice. */
  async function search(
    text: string,
    holds: (rows: readonly string[]) => boolean,
  ): Promise<readonly string[]> {
    await workbench.quickInput.filter(text)
    const rows = async () => [...new Set(await workbench.quickInput.rows())]
    return until(`rows for "${text}"`, rows, holds)
  }

  it('switches the default, the status bar and the Chat view together', async () => {
    const { quickInput, chat, statusBar } = workbench
    await open()
    await quickInput.pick('llama3.3:70b')
    await until(
      'the model in the status bar',
      () => statusBar.text(),
      (text) => text === 'llama3.3:70b',
    )
    await until(
      'the model in Chat',
      () => chat.modelName(),
      (name) => name === 'llama3.3:70b',
    )
    everyday.servers.ollama.setAnswer([{ text: 'From Ollama.' }])
    assert.equal(await chat.ask('Where do you run?'), 'From Ollama.')
    assert.match(everyday.servers.ollama.chats().at(-1)?.body ?? '', /"model":"llama3\.3:70b"/)

    await open()
    await quickInput.pick('GPT-5.5')
    await until(
      'the model in Chat',
      () => chat.modelName(),
      (name) => name === 'GPT-5.5',
    )
    assert.match(await statusBar.spoken(), /^Roundhouse model GPT-5\.5 of OpenAI, ready\. Switch models\.$/)
    everyday.servers.openai.setAnswer([{ text: 'From the cloud.' }])
    assert.equal(await chat.ask('And now?'), 'From the cloud.')
    assert.equal(everyday.servers.openai.chats().length, 1)
  })

  it('finds models by ability, by connection, by id, and by several of them', async () => {
    const { quickInput } = workbench
    await open()
    const seeing = await search(
      'images',
      (rows) => rows.length > 0 && rows.every((row) => row.includes('images')),
    )
    assert.ok(
      seeing.some((row) => row.startsWith('gemma3:12b')),
      seeing.join('\n'),
    )
    await search('ollama', (rows) => rows.length === 3 && rows.every((row) => row.includes('ollama/')))
    await search(
      'openai/gpt-5.4-mini',
      (rows) => rows.length === 1 && rows[0]?.startsWith('GPT-5.4 mini') === true,
    )
    const [found] = await search('reasoning', (rows) => rows.length === 2)
    assert.match(
      found ?? '',
      /OpenAI · 400K context · 128K output · \$.* per 1M · tools · images · reasoning/,
    )
    await search('no such model', (rows) => rows.length === 0 || rows[0] === 'No matching results')
    await quickInput.cancel()
  })

  it('marks the default, leaves embeddings out, and says what is unreachable', async () => {
    const { quickInput } = workbench
    await open()
    await quickInput.pick('qwen3-coder:30b')
    await until(
      'the switch',
      () => workbench.statusBar.text(),
      (text) => text === 'qwen3-coder:30b',
    )
    await open()
    const [chosen] = await search('qwen3-coder', (rows) => rows.length > 0)
    assert.match(chosen ?? '', /ollama\/qwen3-coder:30b · default/)
    await search('nomic', (rows) => !rows.some((row) => row.includes('nomic')))
    const [team] = await search('Team vLLM', (rows) => rows.length === 1)
    assert.match(team ?? '', /^Team vLLM: unreachable since \d/)
    await quickInput.cancel()
  })

  it('offers to sign in where a key is missing, and then lists the models', async () => {
    const { quickInput, notices } = workbench
    await open()
    await quickInput.pick('Anthropic: enter the key…', 'Anthropic')
    await quickInput.waitForTitle('Enter the Key of Anthropic')
    assert.equal(await quickInput.isPassword(), true)
    await quickInput.type(everyday.keys['Anthropic'] ?? '')
    await notices.waitFor('The key of “Anthropic” works and is stored')
    await notices.dismiss()
    await open()
    await search('Claude Sonnet 4.6', (rows) => rows.length === 1)
    await quickInput.cancel()
  })

  it('logs no error of its own in the console', () => {
    assert.deepEqual(workbench.consoleErrors(), [])
  })
})
