import assert from 'node:assert/strict'
import { editConnections, enterKey } from './connections.js'
import { type Everyday, openEveryday } from './everyday.js'
import { openWorkbench, pictureFailures, type Workbench } from './harness.js'
import type { ModelServer } from './modelServers.js'
import { until } from './until.js'

describe('The model tree', () => {
  let everyday: Everyday
  let workbench: Workbench

  before(async () => {
    everyday = await openEveryday()
    workbench = await openWorkbench({ settings: { 'roundhouse.connections': everyday.connections } })
    await workbench.tree.open()
    await enterKey(workbench, 'OpenAI', everyday.keys['OpenAI'] ?? '')
    for (const name of ['OpenAI', 'Ollama']) await workbench.tree.expand(name)
    for (const name of ['GPT-5.5', 'qwen3-coder:30b']) await workbench.tree.waitFor(name)
  })

  pictureFailures(() => workbench)

  after(async () => {
    await workbench.close()
    await everyday.close()
  })

  const labels = async () => (await workbench.tree.rows()).map(({ label }) => label)

  /** Presses until the server is asked: a connection that was asked a moment ago waits out its ten seconds. */
  const refresh = async (name: string, { wire }: ModelServer): Promise<void> => {
    const asked = wire.requests.length
    const press = async () => {
      await workbench.tree.press(name, 'Refresh Connection')
      return wire.requests.length
    }
    await until(`${name} is asked again`, press, (requests) => requests > asked)
  }

  it('shows every connection’s state by its icon and in words, for a screen reader too', async () => {
    const { tree } = workbench
    await tree.waitFor('Team vLLM', ({ description }) => /^unreachable since \d/.test(description))
    const connections = (await tree.rows()).filter(({ level }) => level === 2)
    const states = connections.map(({ icon, spoken }) => [icon, spoken.replace(/since .*/, 'since')])
    assert.deepEqual(states, [
      ['pass', 'OpenAI connection, ready, 2 models'],
      ['key', 'Anthropic connection, no key, 3 models'],
      ['key', 'Groq connection, no key'],
      ['circle-slash', 'Together AI connection, disabled'],
      ['pass', 'Ollama connection, ready, 4 models'],
      ['debug-disconnect', 'Team vLLM, vLLM connection, unreachable since'],
      ['pass', 'On this machine, llama.cpp (embedded) connection, ready, 1 model'],
    ])
  })

  it('shows context and price of each model, and speaks its abilities', async () => {
    const { tree } = workbench
    const cloud = await tree.waitFor('GPT-5.5')
    assert.deepEqual([cloud.level, cloud.description], [3, '400K · $5 / $30'])
    const local = await tree.waitFor('qwen3-coder:30b')
    assert.equal(local.spoken, 'qwen3-coder:30b, model of Ollama, context 262,144 tokens, tools')
    assert.equal((await tree.waitFor('nomic-embed-text:v1.5')).icon, 'graph-scatter')
  })

  it('tells in tooltips what is known, from where and how old it is', async () => {
    const { tree } = workbench
    const cloud = await tree.tooltip('GPT-5.5')
    assert.match(cloud, /Context: 400,000 tokens \(your settings\)/)
    assert.match(cloud, /Output: 128,000 tokens \(your settings\)/)
    assert.match(cloud, /Output price: \$30 per million tokens \(your settings\)/)
    assert.match(cloud, /listed \d+:\d+/)
    const local = await tree.tooltip('gemma3:12b')
    assert.match(local, /Abilities: images, no tools.* \(the provider\)/)
    assert.match(local, /Size on disk: 8\.1 GB \(the provider\)/)
    assert.match(local, /Price: none, it runs locally/)
    assert.match(await tree.tooltip('OpenAI'), /Key stored on this machine/)
    assert.match(await tree.tooltip('Groq'), /Enter a key to use Groq\. Or set GROQ_API_KEY/)
    assert.match(
      await tree.tooltip('Team vLLM'),
      /Nothing is listening at 127\.0\.0\.1:\d+.*Start the server/,
    )
  })

  it('has on each row the buttons that its state calls for', async () => {
    const { tree } = workbench
    const usual = ['Refresh Connection', 'Disable Connection']
    assert.deepEqual(await tree.actions('Cloud'), ['Add Connection…'])
    assert.deepEqual(await tree.actions('Groq'), ['Enter Key…', ...usual])
    assert.deepEqual(await tree.actions('Ollama'), usual)
    assert.deepEqual((await tree.actions('Together AI')).at(-1), 'Enable Connection')
    assert.deepEqual((await tree.actions('On this machine'))[0], 'Add GGUF File…')
    assert.deepEqual(await tree.actions('GPT-5.5'), ['Use in Chat'])
  })

  it('lists again what a server has new, and keeps the list when the server is empty or gone', async () => {
    const { tree } = workbench
    const { together } = everyday.servers
    together.setKey('sk-together-3f9a')
    together.setModels([{ id: 'maker/first', type: 'chat' }])
    await tree.press('Together AI', 'Enable Connection')
    await enterKey(workbench, 'Together AI', 'sk-together-3f9a')
    await tree.expand('Together AI')
    together.setModels([
      { id: 'maker/first', type: 'chat' },
      { id: 'maker/second', type: 'chat' },
    ])
    await refresh('Together AI', together)
    await tree.waitFor('maker/second')
    together.setModels([])
    await refresh('Together AI', together)
    await tree.waitFor('Together AI', ({ icon }) => icon === 'pass')
    together.setKey('sk-another')
    await refresh('Together AI', together)
    const { description } = await tree.waitFor('Together AI', ({ icon }) => icon === 'debug-disconnect')
    assert.match(description, /^unreachable since .* · 2 models · listed just now$/)
    await tree.waitFor('maker/second')
    await tree.press('Together AI', 'Disable Connection')
    await tree.waitFor('Together AI', ({ icon }) => icon === 'circle-slash')
  })

  it('filters by connection, name and ability while one types, and comes back as it was', async () => {
    const { tree, quickInput, page } = workbench
    const before = await labels()
    await tree.pressTitle('Filter Models…')
    await quickInput.waitForTitle('Filter Models')
    await page.keyboard.insertText('images gemma')
    await tree.waitFor('Ollama', ({ description }) => description === '1 of 4 models')
    assert.deepEqual(await labels(), ['Local', 'Ollama', 'gemma3:12b'])
    await tree.waitForText('Models that match “images gemma”:')
    await quickInput.type('ollama tools')
    await tree.waitUntilGone('gemma3:12b')
    assert.deepEqual(await labels(), ['Local', 'Ollama', 'llama3.3:70b', 'qwen3-coder:30b'])
    await tree.pressTitle('Clear Filter')
    await until('the whole tree', labels, (found) => found.join() === before.join())
    await until('no word of the filter', async () => !(await tree.text()).includes('that match'))
  })

  it('names what is wrong in the settings, uses the rest, and leads to the place', async () => {
    const { tree, page } = workbench
    const wrong = { id: 'typo', provider: 'ollama', baseUrl: 'not an address' }
    await editConnections(workbench, (entries) => [...entries, wrong])
    await tree.waitFor('1 problem in settings')
    const row = await tree.waitFor('connections[7].baseUrl')
    assert.equal(row.icon, 'error')
    assert.match(row.spoken, /^Problem in settings\. roundhouse\.connections\[7\]\.baseUrl: /)
    await tree.waitFor('OpenAI', ({ description }) => description === '2 models')
    await tree.click('connections[7].baseUrl')
    await page.locator('.monaco-editor[data-uri$="settings.json"]').waitFor()
    await workbench.closeModalEditor()
    await editConnections(workbench, (entries) => entries.slice(0, -1))
    await tree.waitUntilGone('1 problem in settings')
  })

  it('is walked by the keyboard', async () => {
    const { tree } = workbench
    await workbench.runCommand('Roundhouse: Focus on Models View')
    await tree.walk('Home', 'Cloud')
    await tree.walk('ArrowDown', 'OpenAI')
    await tree.walk('ArrowRight', 'GPT-5.4 mini')
    await tree.walk('ArrowLeft', 'OpenAI')
    await tree.walk('ArrowLeft', 'OpenAI', ({ expanded }) => expanded === false)
    await tree.walk('ArrowDown', 'Anthropic')
    await tree.walk('ArrowUp', 'OpenAI')
    await tree.walk('ArrowRight', 'OpenAI', ({ expanded }) => expanded === true)
    await tree.waitFor('GPT-5.4 mini')
    await tree.walk('End', 'Routes')
  })

  it('shows that there is nothing yet, and what to do, where nothing is configured', async () => {
    const { tree } = workbench
    const kept = everyday.connections
    await editConnections(workbench, () => [])
    await tree.waitForText('New here? Get started.')
    await editConnections(workbench, () => kept)
    await tree.waitFor('Ollama')
  })

  it('logs no error of its own in the console', () => {
    assert.deepEqual(workbench.consoleErrors(), [])
  })
})
