import assert from 'node:assert/strict'
import { chooseDefault, openChat, setUpChat } from '../../../../src/vscode/commands/chat.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { type Bench, createBench } from './bench.js'

const connection = createConnection({
  id: 'box',
  name: 'Box',
  provider: 'local',
  baseUrl: 'http://127.0.0.1:9',
})

async function withModel() {
  const bench = createBench({ connections: [connection] })
  await bench.registry.start()
  await bench.registry.refresh()
  const [model] = bench.registry.models()
  assert.ok(model !== undefined)
  return { bench, model }
}

function commandsOf({ host }: Bench): readonly string[] {
  return host.executed.map(({ command }) => command)
}

describe('choosing a default model', () => {
  it('writes the setting, remembers the choice and switches every Chat view', async () => {
    const { bench, model } = await withModel()
    await chooseDefault(bench.services, model)
    assert.equal(bench.services.defaultModel.get(), 'box/tiny')
    assert.deepEqual(bench.services.recentModels.list(), ['box/tiny'])
    assert.deepEqual(bench.host.executed, [
      {
        command: 'workbench.action.chat.changeModel',
        args: [{ vendor: 'roundhouse', id: 'box/tiny', family: model.family }],
      },
    ])
  })

  it('stands although Chat cannot switch', async () => {
    const { bench, model } = await withModel()
    bench.host.chat.failWith = new Error('no such command')
    await chooseDefault(bench.services, model)
    assert.equal(bench.services.defaultModel.get(), 'box/tiny')
    assert.ok(bench.log.lines.some((line) => line.startsWith('warn Chat did not switch')))
  })
})

describe('setting up Chat', () => {
  it('turns Chat on where it is off, and adds the group once', async () => {
    const { bench } = await withModel()
    bench.host.chat.enabled = false
    await setUpChat(bench.services)
    await setUpChat(bench.services)
    assert.deepEqual(commandsOf(bench), ['workbench.action.chat.manage', 'lm.addLanguageModelsProviderGroup'])
  })

  it('leaves Chat alone where it is on', async () => {
    const { bench } = await withModel()
    await setUpChat(bench.services)
    assert.deepEqual(commandsOf(bench), ['lm.addLanguageModelsProviderGroup'])
  })

  it('says which setting keeps Chat off', async () => {
    const { bench } = await withModel()
    bench.host.settings.set('chat.disableAIFeatures', true)
    await assert.rejects(setUpChat(bench.services), /chat\.disableAIFeatures/)
    assert.deepEqual(commandsOf(bench), [])
  })

  it('goes before Chat opens with the model', async () => {
    const { bench, model } = await withModel()
    bench.host.chat.enabled = false
    await openChat(bench.services, model)
    assert.equal(commandsOf(bench)[0], 'workbench.action.chat.manage')
    assert.deepEqual(bench.host.executed.at(-1), {
      command: 'workbench.action.chat.open',
      args: [{ modelSelector: { vendor: 'roundhouse', id: 'box/tiny', family: model.family } }],
    })
  })
})
