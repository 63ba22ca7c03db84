import assert from 'node:assert/strict'
import { createCommandHandlers } from '../../../../src/vscode/commands/handlers.js'
import type { CommandId } from '../../../../src/vscode/commands/table.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createBench } from './bench.js'
import type { Move } from './scriptedUi.js'

const cloud = createConnection({ id: 'cloud', name: 'Cloudy', provider: 'cloud' })
const box = createConnection({ id: 'box', name: 'Box', provider: 'local', baseUrl: 'http://127.0.0.1:9' })

async function run(command: CommandId, argument: unknown, ...moves: Move[]) {
  const bench = createBench({ connections: [cloud, box], moves })
  await bench.credentials.store(cloud, 'good-key-1')
  await bench.registry.start()
  await bench.registry.refresh()
  await createCommandHandlers(bench.services)[command](argument)
  bench.ui.assertDone()
  return bench
}

describe('Use in Chat', () => {
  it('takes the model that it was given by the tree', async () => {
    const bench = await run('roundhouse.useInChat', 'model:cloud/large')
    assert.equal(bench.services.defaultModel.get(), 'cloud/large')
    assert.equal(bench.host.executed.at(-1)?.command, 'workbench.action.chat.open')
  })

  it('takes a connection’s only model without asking', async () => {
    const bench = await run('roundhouse.useInChat', 'connection:box')
    assert.equal(bench.services.defaultModel.get(), 'box/tiny')
  })

  it('asks among a connection’s models', async () => {
    const bench = await run('roundhouse.useInChat', 'connection:cloud', { do: 'pick', label: 'small' })
    assert.equal(bench.services.defaultModel.get(), 'cloud/small')
    assert.deepEqual(bench.ui.lists, [['large', 'small']])
  })

  it('takes a route of the tree as it takes a model', async () => {
    const bench = await run('roundhouse.useInChat', 'model:auto')
    assert.equal(bench.services.defaultModel.get(), 'auto')
  })

  it('names a model that is not listed any more', async () => {
    const bench = createBench({ connections: [box] })
    const using = createCommandHandlers(bench.services)['roundhouse.useInChat']('model:box/gone')
    await assert.rejects(using, /“box” does not list the model “gone”/)
  })
})

describe('Copy Model Id', () => {
  it('copies connection/id', async () => {
    const bench = await run('roundhouse.copyModelId', 'model:cloud/large')
    assert.deepEqual(bench.host.copied, ['cloud/large'])
  })
})

describe('Hide Model', () => {
  it('excludes the model, and Undo brings it back', async () => {
    const bench = await run('roundhouse.hideModel', 'model:cloud/large', { do: 'close' })
    assert.deepEqual(bench.connections.list()[0]?.exclude, ['large'])
    const undone = await run('roundhouse.hideModel', 'model:cloud/large', { do: 'press', button: 'Undo' })
    assert.deepEqual(undone.connections.list(), [cloud, box])
  })
})

describe('Refresh All Models', () => {
  it('says how many there are and who did not answer', async () => {
    const bench = createBench({ connections: [cloud, box] })
    await bench.credentials.store(cloud, 'good-key-1')
    bench.local.answerLists({ type: 'fail', error: new Error('refused') })
    await bench.registry.start()
    await createCommandHandlers(bench.services)['roundhouse.refreshModels'](undefined)
    assert.deepEqual(bench.ui.flashes, ['2 models; unreachable: Box'])
  })

  it('says which connections were asked a moment ago, and when they may be asked again', async () => {
    const bench = createBench({ connections: [cloud] })
    await bench.credentials.store(cloud, 'good-key-1')
    await bench.registry.start()
    await bench.registry.refresh()
    const asked = bench.scripted.lists.length
    await bench.clock.advance(3_000)
    const handlers = createCommandHandlers(bench.services)
    await handlers['roundhouse.refreshModels'](undefined)
    await handlers['roundhouse.refreshConnection']('cloud')
    assert.deepEqual(bench.ui.flashes, [
      '2 models; Cloudy asked 3 s ago; again in 7 s',
      'Cloudy was asked 3 s ago; again in 7 s',
    ])
    assert.equal(bench.scripted.lists.length, asked)
  })
})

describe('Select Model', () => {
  it('makes the pick the default', async () => {
    const bench = await run('roundhouse.selectModel', undefined, { do: 'pick', label: 'large' })
    assert.equal(bench.services.defaultModel.get(), 'cloud/large')
  })

  it('signs in from a connection’s row', async () => {
    const moves: Move[] = [{ do: 'pick', label: 'Cloudy: enter the key…' }]
    const bench = createBench({ connections: [cloud], moves })
    await bench.registry.start()
    await bench.registry.refresh()
    await createCommandHandlers(bench.services)['roundhouse.selectModel'](undefined)
    assert.deepEqual(bench.host.executed, [{ command: 'roundhouse.enterKey', args: ['connection:cloud'] }])
  })

  it('sets the default by a row’s button and stays open, with the choice among the recent ones', async () => {
    const moves: Move[] = [{ do: 'rowButton', label: 'large', button: 'default' }, { do: 'escape' }]
    const bench = await run('roundhouse.selectModel', undefined, ...moves)
    assert.equal(bench.services.defaultModel.get(), 'cloud/large')
    const models = bench.ui.lists[1]?.filter((label) => !label.startsWith('Auto'))
    assert.deepEqual(models, ['large', 'large', 'small', 'tiny', 'Add Connection…'])
  })

  it('copies an id by a row’s button', async () => {
    const moves: Move[] = [{ do: 'rowButton', label: 'tiny', button: 'copy' }, { do: 'escape' }]
    const bench = await run('roundhouse.selectModel', undefined, ...moves)
    assert.deepEqual(bench.host.copied, ['box/tiny'])
  })
})

describe('Filter Models', () => {
  it('filters while the user types, and Escape restores what was', async () => {
    const bench = createBench({ moves: [{ do: 'type', text: 'tools' }] })
    const handlers = createCommandHandlers(bench.services)
    await handlers['roundhouse.filterModels'](undefined)
    assert.equal(bench.services.treeFilter.filter(), 'tools')
    await handlers['roundhouse.clearFilter'](undefined)
    assert.equal(bench.services.treeFilter.filter(), '')
  })
})
