import assert from 'node:assert/strict'
import { welcomeReply } from '../../scripts/tiny-gguf-welcome.mjs'
import { openWorkbench, type Workbench } from './harness.js'

/** As Chat shows it: without the marks of bold text and of lists. */
const welcome = welcomeReply.replaceAll(/\*\*|^- /gm, '').replaceAll(/\s+/g, ' ')

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

describe('A newcomer who is signed in to nothing', () => {
  let workbench: Workbench

  before(async () => {
    workbench = await openWorkbench()
  })

  after(() => workbench.close())

  it('sets Chat up by one command, picks Roundhouse Welcome, and reads its answer word for word as it comes', async () => {
    const { page, chat } = workbench
    await workbench.runCommand('Roundhouse: Set Up Chat')
    await page.locator('.statusbar', { hasText: 'Chat is set up for your own models' }).waitFor()
    assert.equal(
      await page.locator('.ai-models-management-editor').count(),
      0,
      'the list of models stays open',
    )
    await chat.open()
    await chat.pickModel('Roundhouse Welcome')
    const growth = await chat.watchAnswer()
    assert.equal(oneLine(await chat.ask('How do I add a model?')), welcome)
    const lengths = await growth()
    assert.ok(lengths.length > 1, `it came in ${lengths.length} pieces`)
    assert.doesNotMatch(await page.locator('body').innerText(), /sign in/i)
  })

  it('asks again, and is answered again', async () => {
    assert.equal(oneLine(await workbench.chat.ask('And again?')), welcome)
  })

  it('finds Roundhouse Welcome in the tree and in the status bar', async () => {
    const { tree, statusBar } = workbench
    await tree.open()
    await tree.expand('On this machine')
    const row = await tree.waitFor('Roundhouse Welcome')
    assert.equal(
      row.spoken,
      'Roundhouse Welcome, model of On this machine, default model, context 262,144 tokens, tools, structured output',
    )
    assert.equal(await statusBar.text(), 'Roundhouse Welcome')
    await workbench.screenshot('chat')
  })

  it('sees no error of the extension in the console', () => {
    assert.deepEqual(workbench.consoleErrors(), [])
  })
})
