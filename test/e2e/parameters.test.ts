import assert from 'node:assert/strict'
import { readConnections } from './connections.js'
import { openWorkbench, pictureFailures, type Workbench } from './harness.js'
import { createOpenaiServer, type ModelServer } from './modelServers.js'
import { insist, until } from './until.js'

const thinker = 'deep-thinker'
const talker = 'quick-talker'

describe('What requests carry', () => {
  let workbench: Workbench
  let server: ModelServer

  before(async () => {
    server = await createOpenaiServer()
    server.setModels([thinker, talker].map((id) => ({ id, context_length: 200_000 })))
    const models = { [thinker]: { reasoningEfforts: ['low', 'medium', 'high'] } }
    const connection = { id: 'house', name: 'House', provider: 'openai-compatible', models }
    workbench = await openWorkbench({
      settings: { 'roundhouse.connections': [{ ...connection, baseUrl: server.baseUrl }] },
    })
    await workbench.chat.enable()
    await workbench.chat.open()
    await workbench.tree.open()
    await workbench.tree.expand('House')
  })

  pictureFailures(() => workbench)

  afterEach(() => workbench.notices.dismiss())

  after(async () => {
    await workbench.close()
    await server.close()
  })

  /** The parameters with which the model is asked now. */
  async function sentTo(model: string): Promise<Record<string, unknown>> {
    const { chat } = workbench
    await chat.pickModel(model)
    const number = server.chats().length
    server.setAnswer([{ text: `Answer ${number}.` }])
    assert.equal(await chat.ask(`Question ${number}?`), `Answer ${number}.`)
    const body: Record<string, unknown> = JSON.parse(server.chats().at(-1)?.body ?? '')
    assert.equal(body['model'], model)
    const names = ['temperature', 'top_p', 'reasoning_effort']
    return Object.fromEntries(names.filter((name) => name in body).map((name) => [name, body[name]]))
  }

  const saved = async () => (await readConnections(workbench)).find(({ id }) => id === 'house')

  /** Chooses from the list of a row of the tree, until the settings are as is wanted. */
  async function chooseTemplate(row: string, label: string, holds: (settings: object) => boolean) {
    const { tree, quickInput } = workbench
    await insist(
      `“${label}” for ${row}`,
      async () => {
        await tree.choose(row, 'Choose Parameter Template…')
        await quickInput.waitForTitle(`Parameter Template for ${row}`)
        await quickInput.pick(label)
      },
      async () => holds((await saved()) ?? {}),
    )
  }

  it('is the effort that is chosen beside the model in Chat, until another is chosen', async () => {
    const { chat } = workbench
    await chat.pickModel(thinker)
    const levels = await until(
      'the levels',
      () => chat.efforts(),
      (found) => found.length > 0,
    )
    assert.deepEqual(levels, ['Usual', 'Low', 'Medium', 'High'])
    assert.deepEqual(await sentTo(thinker), {})
    for (const [level, effort] of [
      ['High', 'high'],
      ['Low', 'low'],
    ] as const) {
      await chat.pickEffort(level)
      assert.deepEqual(await sentTo(thinker), { reasoning_effort: effort })
    }
    await chat.pickEffort('Usual')
    assert.deepEqual(await sentTo(thinker), {})
  })

  it('is no effort where nobody knows the levels of a model', async () => {
    const { chat } = workbench
    await chat.pickModel(talker)
    await until(
      'no levels',
      () => chat.efforts(),
      (found) => found.length === 0,
    )
    assert.deepEqual(await sentTo(talker), {})
  })

  it('is the template that is chosen for a connection, and Undo takes it back', async () => {
    const { notices } = workbench
    const hasTemplate = (house: object) => 'template' in house
    await chooseTemplate('House', 'Coding', hasTemplate)
    const coding = { temperature: 0.2, top_p: 0.9 }
    assert.deepEqual(await sentTo(thinker), { ...coding, reasoning_effort: 'medium' })
    await notices.dismiss()
    // A notice leaves by itself before long.
    await insist(
      'Undo',
      async () => {
        await chooseTemplate('House', 'Precise', (house) => JSON.stringify(house).includes('precise'))
        await notices.press('has the template Precise now: temperature 0, top P 1, seed 7.', 'Undo')
      },
      async () => JSON.stringify(await saved()).includes('coding'),
    )
    await chooseTemplate('House', 'None', (house) => !hasTemplate(house))
    assert.deepEqual(await sentTo(thinker), {})
  })

  it('is a model’s own template before the connection’s, or none at all', async () => {
    await chooseTemplate('House', 'Precise', (house) => 'template' in house)
    const own = (house: object) => JSON.stringify(house).includes(`"${talker}"`)
    await chooseTemplate(talker, 'None', own)
    assert.deepEqual(await sentTo(talker), {})
    assert.deepEqual(await sentTo(thinker), { temperature: 0, top_p: 1 })
    await chooseTemplate(talker, 'As the Connection: Precise', (house) => !own(house))
    assert.deepEqual(await sentTo(talker), { temperature: 0, top_p: 1 })
  })

  it('can be saved as a template of one’s own, and used elsewhere', async () => {
    const { quickInput, notices } = workbench
    await chooseTemplate('House', 'Balanced', (house) => JSON.stringify(house).includes('balanced'))
    await notices.dismiss()
    await workbench.runCommand('Roundhouse: Choose Parameter Template…')
    await quickInput.waitForTitle('Parameter Template')
    await quickInput.pick(talker)
    await quickInput.waitForTitle(`Parameter Template for ${talker}`)
    await quickInput.pick('Save Current Parameters as Template…')
    await quickInput.waitForTitle('Save Parameters as Template')
    await quickInput.type('Reviews')
    const told = await notices.waitFor('“Reviews” is saved')
    assert.equal(told, 'The template “Reviews” is saved: temperature 0.7, top P 0.95.')
    await notices.press('“Reviews” is saved', `Use for ${talker}`)
    await until('the template of the model', saved, (house) => JSON.stringify(house).includes('"Reviews"'))
    assert.deepEqual(await sentTo(talker), { temperature: 0.7, top_p: 0.95 })
  })

  it('logs no error of its own in the console', () => {
    assert.deepEqual(workbench.consoleErrors(), [])
  })
})
