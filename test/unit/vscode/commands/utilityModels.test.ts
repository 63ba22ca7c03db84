import assert from 'node:assert/strict'
import { rankUtilityModels, setUtilityModels } from '../../../../src/vscode/commands/utilityModels.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createModel } from '../views/samples.js'
import { createBench } from './bench.js'
import type { Move } from './scriptedUi.js'

const box = createConnection({ id: 'box', name: 'Box', provider: 'local', baseUrl: 'http://127.0.0.1:9' })

async function run(...moves: Move[]) {
  const bench = createBench({ connections: [box], moves })
  await bench.registry.start()
  await bench.registry.refresh()
  await setUtilityModels(bench.services)
  bench.ui.assertDone()
  return bench
}

describe('utility models', () => {
  it('are ranked local first, then by price, unknown prices last, unfit ones not at all', () => {
    const models = [
      createModel({ id: 'unknown' }),
      createModel({ id: 'dear', pricing: { output: 15 } }),
      createModel({ id: 'cheap', pricing: { output: 0.4 } }),
      createModel({ id: 'mine', location: 'local' }),
      createModel({ id: 'welcome', location: 'local', byNameOnly: true }),
      createModel({ id: 'vectors', location: 'local', capabilities: { embedding: true } }),
      createModel({ id: 'cramped', location: 'local', contextWindow: 2048 }),
    ]
    assert.deepEqual(
      rankUtilityModels(models).map(({ id }) => id),
      ['mine', 'cheap', 'dear', 'unknown'],
    )
  })

  it('are written to VS Code’s two settings when both are chosen', async () => {
    const bench = await run({ do: 'pick', label: 'tiny' }, { do: 'pick', label: 'tiny' })
    assert.deepEqual(
      [...bench.host.settings],
      [
        ['chat.utilitySmallModel', 'roundhouse/box/tiny'],
        ['chat.utilityModel', 'roundhouse/box/tiny'],
      ],
    )
  })

  it('are not written where the user gives up at the second', async () => {
    const bench = await run({ do: 'pick', label: 'tiny' }, { do: 'escape' })
    assert.equal(bench.host.settings.size, 0)
  })

  it('are given back to VS Code by clearing the settings', async () => {
    const bench = await run(
      { do: 'pick', label: 'Let VS Code Choose' },
      { do: 'pick', label: 'Let VS Code Choose' },
    )
    assert.deepEqual([...bench.host.settings.values()], [undefined, undefined])
  })

  it('need a real model: without one the way to add one is offered', async () => {
    const bench = createBench({ moves: [{ do: 'press', button: 'Add Connection' }] })
    await setUtilityModels(bench.services)
    assert.equal(bench.host.executed[0]?.command, 'roundhouse.addConnection')
  })
})
