import assert from 'node:assert/strict'
import type { Frame, Page } from 'playwright-core'
import { type Everyday, openEveryday } from './everyday.js'
import { openWorkbench, pictureFailures, type Workbench } from './harness.js'
import { until } from './until.js'

/** Of each rendered page that is open; one may go away while it is read. */
async function readPages<T>(page: Page, read: (frame: Frame, text: string) => Promise<T>): Promise<T[]> {
  const readings = page.frames().map(async (frame) => {
    const body = frame.locator('body.vscode-body')
    return (await body.count()) === 0 ? [] : [await read(frame, await body.innerText())]
  })
  return (await Promise.allSettled(readings)).flatMap((each) =>
    each.status === 'fulfilled' ? each.value : [],
  )
}

/** As its reader sees it. */
const renderedText = async (page: Page): Promise<string> =>
  (await readPages(page, async (_, text) => text)).join('\n')

/** In pixels: how wide the page with this text is shown, and how wide it is. */
async function widthsOf(page: Page, pattern: RegExp): Promise<{ shown: number; whole: number } | undefined> {
  const widths = await readPages(page, async (frame, text) => ({
    isIt: pattern.test(text),
    ...(await frame.evaluate(() => ({
      shown: document.documentElement.clientWidth,
      whole: document.documentElement.scrollWidth,
    }))),
  }))
  return widths.find(({ isIt }) => isIt)
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
          { id: 'wrong', limit: 5, kind: 'soft', window: 'fortnight' },
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

  it('fit into an editor of 480 pixels: a table that is wider scrolls by itself', async () => {
    const { page, quickInput } = workbench
    await page.setViewportSize({ width: 1_120, height: 800 })
    const pages: readonly (readonly [command: string, text: RegExp])[] = [
      ['Roundhouse: Show Health', /Times and Cost[\s\S]*Whole answer/],
      ['Roundhouse: Show Budgets', /not in force[\s\S]*My Month/],
      ['Roundhouse: Show Cache', /Since this window has opened/],
      ['Roundhouse: Show Usage…', /Usage, this month[\s\S]*Mean time/],
    ]
    for (const [command, text] of pages) {
      await workbench.runCommand(command)
      if (command.endsWith('…')) {
        await quickInput.pick('This month')
        await quickInput.pick('By model')
      }
      const widths = await until(
        `${command} in a narrow editor`,
        () => widthsOf(page, text),
        (found) => found !== undefined && found.shown > 0 && found.shown <= 480,
      )
      assert.equal(widths?.whole, widths?.shown, command)
    }
  })
})
