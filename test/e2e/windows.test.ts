import assert from 'node:assert/strict'
import { type ConnectionEntry, enterKey, readConnections } from './connections.js'
import { openWorkbench, pictureFailures, type Workbench, type WorkbenchWindow } from './harness.js'
import { createOllamaServer, createOpenaiServer, type ModelServer, ollamaModel } from './modelServers.js'
import { until } from './until.js'

const key = 'sk-windows-9c4e7a1d5b38'

/** Something that waits until it is let go. */
function createGate(): { readonly passed: Promise<void>; open(): void } {
  let open = () => {}
  const passed = new Promise<void>((resolve) => void (open = resolve))
  return { passed, open: () => open() }
}

describe('Windows', () => {
  let workbench: Workbench
  let cloud: ModelServer
  let offline: ModelServer
  const others: WorkbenchWindow[] = []

  before(async () => {
    cloud = await createOpenaiServer()
    cloud.setKey(key)
    cloud.setModels([{ id: 'cloud-model', context_length: 131_072 }])
    offline = await createOllamaServer()
    offline.setModels([ollamaModel('train-model:8b'), ollamaModel('tunnel-model:4b')])
    const connections: ConnectionEntry[] = [
      { id: 'cloud', name: 'Cloud House', provider: 'openai-compatible', baseUrl: cloud.baseUrl },
      { id: 'train', name: 'On the train', provider: 'ollama', baseUrl: offline.baseUrl },
    ]
    workbench = await openWorkbench({ settings: { 'roundhouse.connections': connections } })
    await workbench.chat.enable()
    await workbench.tree.open()
    await enterKey(workbench, 'Cloud House', key)
    // Its start is told from that of the window that is loaded again.
    await workbench.chat.waitUntilStarted()
  })

  pictureFailures(() => workbench)

  afterEach(async () => {
    cloud.holdList(Promise.resolve())
    await Promise.all(others.splice(0).map((window) => window.close()))
  })

  after(async () => {
    await workbench.close()
    await cloud.close()
  })

  async function openOther(): Promise<WorkbenchWindow> {
    const window = await workbench.openWindow()
    others.push(window)
    return window
  }

  /** Opens Chat with the cloud's model. */
  async function openChat({ chat }: WorkbenchWindow): Promise<void> {
    await chat.waitUntilStarted()
    await chat.open()
    await chat.pickModel('cloud-model')
  }

  it('that are loaded again have their models before any server answers, and their keys', async () => {
    const { tree, chat } = workbench
    await tree.waitFor('On the train', ({ description }) => description === '2 models')
    await offline.close()
    const gate = createGate()
    cloud.holdList(gate.passed)
    await workbench.reload()
    await tree.open()
    await tree.waitFor('Cloud House', ({ description }) => description === 'refreshing… · 1 model')
    await tree.expand('Cloud House')
    await tree.waitFor('cloud-model')
    const isOld = ({ description }: { description: string }) =>
      /^unreachable since .* · 2 models · listed (just now|\d+ min ago)$/.test(description)
    await tree.waitFor('On the train', isOld)
    await tree.expand('On the train')
    await tree.waitFor('tunnel-model:4b')
    gate.open()
    await tree.waitFor('Cloud House', ({ description }) => description === '1 model')
    cloud.setAnswer([{ text: 'The key is still there.' }])
    await openChat(workbench)
    assert.equal(await chat.ask('Is the key still there?'), 'The key is still there.')
  })

  it('work side by side, and one that is closed ends its own request alone', async () => {
    const other = await openOther()
    const gate = createGate()
    cloud.setAnswer(({ body }) =>
      body.includes('first window')
        ? [{ text: 'The first ' }, { text: 'begins ' }, { until: gate.passed }, { text: 'and ends.' }]
        : [{ text: 'The second ' }, { text: 'begins ' }, { stall: true }],
    )
    await openChat(workbench)
    await openChat(other)
    await workbench.chat.send('Here is the first window.')
    await other.chat.send('Here is the second.')
    await until(
      'the first answer',
      () => workbench.chat.answer(),
      (text) => text.startsWith('The first'),
    )
    await until(
      'the second answer',
      () => other.chat.answer(),
      (text) => text.startsWith('The second'),
    )
    assert.equal(cloud.wire.openExchanges(), 2)
    await other.close()
    await until(
      'the end of the second request',
      () => cloud.wire.openExchanges(),
      (open) => open === 1,
    )
    gate.open()
    await until(
      'the whole first answer',
      () => workbench.chat.answer(),
      (text) => text === 'The first begins and ends.',
    )
  })

  it('have what another has added, key and all, when they are loaded again', async () => {
    const other = await openOther()
    const { quickInput, notices } = other
    await other.tree.open()
    await other.tree.waitFor('Cloud House')
    await other.tree.press('Cloud', 'Add Connection…')
    await quickInput.pick('vLLM')
    await quickInput.waitForTitle('Address')
    await quickInput.type(cloud.baseUrl)
    await quickInput.waitForTitle('Key')
    await quickInput.type(key)
    await notices.waitFor('“vLLM” is ready: 1 model found.')
    assert.ok((await readConnections(workbench)).some(({ id }) => id === 'vllm'))
    // VS Code in a browser tells a window nothing of the settings that another has changed, its own included.
    await workbench.reload()
    await workbench.tree.open()
    await workbench.tree.waitFor('vLLM', ({ description }) => description === '1 model')
  })

  it('log no error of the extension in the console', () => {
    assert.deepEqual(workbench.consoleErrors(), [])
  })
})
