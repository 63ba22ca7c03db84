import assert from 'node:assert/strict'
import type { Connection } from '../../../../src/core/provider.js'
import { createCommandHandlers } from '../../../../src/vscode/commands/handlers.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createBench } from './bench.js'
import type { Move } from './scriptedUi.js'

const plain = createConnection({ id: 'cloud', name: 'Cloudy', provider: 'cloud' })
const box = createConnection({ id: 'box', name: 'Box', provider: 'local', baseUrl: 'http://127.0.0.1:9' })

const ours = ['None', 'Precise', 'Balanced', 'Creative', 'Coding', 'Long Context']
const more = ['Save Current Parameters as Template…', 'Edit Templates in Settings']

const pick = (label: string): Move => ({ do: 'pick', label })
const press = (button: string): Move => ({ do: 'press', button })
const close: Move = { do: 'close' }
const escape: Move = { do: 'escape' }

async function prepare(cloud: Connection, moves: readonly Move[]) {
  const bench = createBench({ connections: [cloud, box], moves })
  await bench.credentials.store(cloud, 'good-key-1')
  await bench.registry.start()
  await bench.registry.refresh()
  const run = createCommandHandlers(bench.services)['roundhouse.chooseParameterTemplate']
  return {
    ...bench,
    cloud: () => bench.connections.list().find(({ id }) => id === 'cloud'),
    async run(argument: unknown) {
      await run(argument)
      bench.ui.assertDone()
    },
  }
}

async function choose(cloud: Connection, argument: unknown, ...moves: Move[]) {
  const bench = await prepare(cloud, moves)
  await bench.run(argument)
  return bench
}

describe('Choose Parameter Template', () => {
  it('offers every template with none of them current, and writes the connection’s', async () => {
    const bench = await choose(plain, 'connection:cloud', pick('Coding'), close)
    assert.deepEqual(bench.ui.lists, [[...ours, ...more]])
    assert.deepEqual(bench.ui.titles, ['Parameter Template for Cloudy'])
    assert.deepEqual(bench.cloud(), { ...plain, template: 'coding' })
    assert.equal(
      bench.ui.notices[0]?.message,
      '“Cloudy” has the template Coding now: temperature 0.2, top P 0.9, reasoning effort medium.',
    )
  })

  it('takes it back by Undo, and leaves alone what was changed in the meantime', async () => {
    const bench = await prepare({ ...plain, template: 'precise' }, [pick('Creative'), press('Undo')])
    const save = bench.connections.save.bind(bench.connections)
    bench.connections.save = async (connection) => save({ ...connection, name: `${connection.name}!` })
    await bench.run('connection:cloud')
    assert.deepEqual(bench.cloud(), { ...plain, name: 'Cloudy!!', template: 'precise' })
  })

  it('writes nothing where the current one is chosen again, or none at all', async () => {
    for (const move of [pick('Precise'), escape]) {
      const bench = await choose({ ...plain, template: 'precise' }, 'connection:cloud', move)
      assert.deepEqual(bench.cloud(), { ...plain, template: 'precise' })
      assert.deepEqual(bench.ui.notices, [])
    }
  })

  it('removes a connection’s template by None', async () => {
    const bench = await choose({ ...plain, template: 'precise' }, 'connection:cloud', pick('None'), close)
    assert.deepEqual(bench.cloud(), plain)
    assert.equal(bench.ui.notices[0]?.message, '“Cloudy” has no parameter template now.')
  })

  it('writes a model’s own, and Undo leaves no trace of it', async () => {
    const bench = await choose(plain, 'model:cloud/large', pick('Long Context'), close)
    assert.deepEqual(bench.cloud(), { ...plain, models: { large: { template: 'longContext' } } })
    const undone = await choose(plain, 'cloud/large', pick('Long Context'), press('Undo'))
    assert.deepEqual(undone.cloud(), plain)
  })

  it('keeps what else is set for the model, and for the others', async () => {
    const models = { large: { contextWindow: 9, template: 'coding' }, small: { template: 'precise' } }
    const bench = await choose({ ...plain, models }, 'model:cloud/large', pick('None'), close)
    assert.deepEqual(bench.cloud(), { ...plain, models: { ...models, large: { contextWindow: 9 } } })
  })

  it('lets a model have its connection’s, or none although the connection has one', async () => {
    const coding = { ...plain, template: 'coding' }
    const none = await choose(coding, 'model:cloud/large', pick('None'), close)
    assert.deepEqual(none.ui.lists[0]?.slice(0, 2), ['As the Connection: Coding', 'None'])
    const refusing = { ...coding, models: { large: { template: null } } }
    assert.deepEqual(none.cloud(), refusing)
    const back = await choose(refusing, 'model:cloud/large', pick('As the Connection: Coding'), close)
    assert.deepEqual(back.cloud(), coding)
    assert.match(back.ui.notices[0]?.message ?? '', /Coding now, as “Cloudy” has: temperature 0\.2/)
  })

  it('asks for which connection or model where it was given none', async () => {
    const bench = await choose(plain, undefined, pick('large'), pick('Balanced'), close)
    assert.deepEqual(bench.ui.lists[0], ['Cloudy', 'Box', 'large', 'small', 'tiny'])
    assert.deepEqual(bench.cloud()?.models, { large: { template: 'balanced' } })
  })

  it('is not for models that only embed or rank, whichever way it is asked for', async () => {
    const models = { large: { capabilities: { embedding: true } } }
    const bench = await choose({ ...plain, models }, undefined, escape)
    assert.deepEqual(bench.ui.lists[0], ['Cloudy', 'Box', 'small', 'tiny'])
    await assert.rejects(bench.run('model:cloud/large'), {
      code: 'capability-unsupported',
      message: '“large” only embeds or ranks texts, and takes no parameters. Choose a model that chats.',
    })
  })

  it('says what to do where there is no connection', async () => {
    const bench = createBench({ moves: [close] })
    await createCommandHandlers(bench.services)['roundhouse.chooseParameterTemplate'](undefined)
    assert.match(bench.ui.notices[0]?.message ?? '', /Add one first/)
  })
})

describe('The list of parameter templates', () => {
  async function look(cloud: Connection, argument = 'connection:cloud') {
    const { ui } = await choose(cloud, argument, escape)
    const [question] = ui.questions
    assert.ok(question !== undefined)
    const row = (label: string) => question.rows.find((each) => each.label === label)
    return { placeholder: question.placeholder, rows: question.rows, row }
  }

  it('marks the current one and says what each is', async () => {
    const { rows, row } = await look({ ...plain, template: 'precise' })
    assert.deepEqual(
      rows.filter(({ active }) => active).map(({ label, icon }) => [label, icon]),
      [['Precise', 'check']],
    )
    assert.equal(row('Precise')?.description, 'current · temperature 0, top P 1, seed 7')
    assert.match(row('Precise')?.detail ?? '', /^As much the same answer/)
    assert.equal(row('Save Current Parameters as Template…')?.description, 'temperature 0, top P 1, seed 7')
  })

  it('marks what a model has from its connection', async () => {
    const { rows } = await look({ ...plain, template: 'precise' }, 'model:cloud/large')
    assert.deepEqual(
      rows.filter(({ active }) => active).map(({ label }) => label),
      ['As the Connection: Precise'],
    )
  })

  it('shows a name that no template has', async () => {
    const { rows } = await look({ ...plain, template: 'gone' })
    assert.equal(rows[0]?.label, 'gone')
    assert.equal(rows[0]?.description, 'current · there is no template of this name')
  })

  it('says what was set by hand, which is stronger', async () => {
    const models = { large: { parameters: { topK: 5 } } }
    const { placeholder } = await look(
      { ...plain, parameters: { temperature: 1 }, models },
      'model:cloud/large',
    )
    assert.match(placeholder, /stronger.*temperature 1, top K 5$/)
  })
})

describe('Save Current Parameters as Template', () => {
  const set: Connection = { ...plain, template: 'precise', parameters: { temperature: 0.4, topP: null } }
  const saving = [pick(more[0] ?? ''), { do: 'type', text: ' Reviews ' }] as const
  const saved = { temperature: 0.4, seed: 7 }

  it('keeps what requests carry now under a name, and can use it at once', async () => {
    const bench = await choose(set, 'connection:cloud', ...saving, press('Use for Cloudy'), close)
    assert.deepEqual(bench.services.parameterTemplates.get(), { Reviews: saved })
    assert.equal(bench.cloud()?.template, 'Reviews')
    const again = await prepare(set, [pick('Reviews'), close])
    await again.services.parameterTemplates.save('Reviews', saved)
    await again.run('connection:cloud')
    assert.equal(again.cloud()?.template, 'Reviews')
  })

  it('is taken back by Undo', async () => {
    const bench = await choose(set, 'connection:cloud', ...saving, press('Undo'))
    assert.deepEqual(bench.services.parameterTemplates.get(), {})
    assert.deepEqual(bench.cloud(), set)
  })

  it('refuses no name, and one that is taken', async () => {
    const typed: Move[] = ['', 'coding', 'long context', 'Mine'].map((text) => ({ do: 'type', text }))
    const bench = await choose(set, 'connection:cloud', pick(more[0] ?? ''), ...typed, close)
    assert.deepEqual(Object.keys(bench.services.parameterTemplates.get()), ['Mine'])
    assert.equal(bench.ui.prompts.filter((text) => text.startsWith('There is a template')).length, 2)
  })

  it('says that there is nothing to save, and opens the setting', async () => {
    const bench = await choose(plain, 'connection:cloud', pick(more[0] ?? ''), press(more[1] ?? ''))
    assert.deepEqual(bench.host.executed.at(-1), {
      command: 'workbench.action.openSettingsJson',
      args: [{ revealSetting: { key: 'roundhouse.parameterTemplates', edit: true } }],
    })
  })
})

describe('Edit Templates in Settings', () => {
  it('opens settings.json at the setting', async () => {
    const bench = await choose(plain, 'connection:cloud', pick(more[1] ?? ''))
    assert.equal(bench.host.executed.at(-1)?.command, 'workbench.action.openSettingsJson')
  })
})
