import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { type Everyday, openEveryday } from './everyday.js'
import { openWorkbench, pictureFailures, type Workbench } from './harness.js'
import { until } from './until.js'

/** The text of the rendered page that is open, as its reader sees it. */
async function renderedText(page: Page): Promise<string> {
  const texts = page.frames().map(async (frame) => {
    const body = frame.locator('body.vscode-body')
    return (await body.count()) === 0 ? '' : body.innerText()
  })
  return (await Promise.allSettled(texts))
    .map((text) => (text.status === 'fulfilled' ? text.value : ''))
    .join('\n')
}

describe('The pages about requests', () => {
  let everyday: Everyday
  let workbench: Workbench

  before(async () => {
    everyday = await openEveryday()
    workbench = await openWorkbench({
      settings: {
        'roundhouse.connections': everyday.connections,
        'roundhouse.budgets': [
          { id: 'mine', name: 'My Month', limit: 20, kind: 'soft' },
          { id: 'wrong', limit: 5, window: 'fortnight' },
        ],
      },
    })
    await workbench.chat.enable()
    await workbench.chat.open()
    await workbench.chat.pickModel('qwen3-coder:30b')
    everyday.servers.ollama.setAnswer([{ text: 'Counted.' }])
    assert.equal(await workbench.chat.ask('Count this.'), 'Counted.')
  })

  pictureFailures(() => workbench)

  after(async () => {
    await workbench.close()
    await everyday.close()
  })

  const shows = (what: string, pattern: RegExp) =>
    until(
      what,
      () => renderedText(workbench.page),
      (text) => pattern.test(text),
    )

  it('have the tree say what is wrong in the settings', async () => {
    const { tree } = workbench
    await tree.open()
    const row = await tree.waitFor('budgets[1].window')
    assert.match(row.description, /^must be one of: hour, day, week, month\. The entry is not used/)
  })

  it('show what was used, by model', async () => {
    const { quickInput } = workbench
    await workbench.runCommand('Roundhouse: Show Usage…')
    await quickInput.pick('This month')
    await quickInput.pick('By model')
    await shows('the usage', /Usage, this month[\s\S]*ollama\/qwen3-coder:30b/)
  })

  it('show how far a budget is used, and how healthy models are', async () => {
    await workbench.runCommand('Roundhouse: Show Budgets')
    await shows('the budgets', /My Month[\s\S]*soft, each month/)
    await shows(
      'what is wrong',
      /not in force[\s\S]*budgets\[1\]\.window must be one of: hour, day, week, month/,
    )
    await workbench.runCommand('Roundhouse: Show Health')
    await shows('the health', /ollama\/qwen3-coder:30b\s+100\sof\s100/)
  })
})
