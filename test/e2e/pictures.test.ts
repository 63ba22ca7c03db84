import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { enterKey } from './connections.js'
import { type Everyday, openEveryday } from './everyday.js'
import { openWorkbench, type Workbench } from './harness.js'
import { until } from './until.js'

/** Bytes; a window in which nothing was drawn yet is smaller. */
const leastPicture = 20_000

describe('The pictures of the README', () => {
  let everyday: Everyday
  let workbench: Workbench

  before(async () => {
    everyday = await openEveryday()
    workbench = await openWorkbench({ settings: { 'roundhouse.connections': everyday.connections } })
    await workbench.tree.open()
    await enterKey(workbench, 'OpenAI', everyday.keys['OpenAI'] ?? '')
    await enterKey(workbench, 'Anthropic', everyday.keys['Anthropic'] ?? '')
    await workbench.runCommand('Notifications: Clear All Notifications')
  })

  after(async () => {
    await workbench.close()
    await everyday.close()
  })

  async function take(name: string): Promise<void> {
    await workbench.notices.waitUntilNone()
    const { size } = await stat(await workbench.screenshot(name))
    assert.ok(size > leastPicture, `${name}.png has ${size} bytes`)
  }

  it('show the tree with its states', async () => {
    const { tree } = workbench
    for (const label of ['OpenAI', 'Anthropic', 'Ollama', 'Routes']) await tree.expand(label)
    await tree.waitFor('Claude Sonnet 4.6')
    await tree.waitFor('llama3.3:70b')
    await tree.waitFor('Auto: cheapest')
    await take('tree')
  })

  it('show the switcher with every model', async () => {
    const { statusBar, quickInput } = workbench
    await statusBar.openSwitcher()
    for (const name of ['GPT-5.5', 'Claude Opus 4.8', 'Claude Haiku 4.5', 'qwen3-coder:30b', 'gemma3:12b'])
      await until(`${name} in the switcher`, async () =>
        (await quickInput.rows()).some((row) => row.startsWith(name)),
      )
    await take('switcher')
    await quickInput.cancel()
  })
})
