import assert from 'node:assert/strict'
import { helpCommands } from '../../../../src/vscode/commands/helpCommands.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createBench } from './bench.js'
import type { Move } from './scriptedUi.js'

const box = createConnection({ id: 'box', name: 'Box', provider: 'local', baseUrl: 'http://127.0.0.1:9' })
const cloud = createConnection({ id: 'cloud', name: 'Cloudy', provider: 'cloud' })

async function askInChat(connections: readonly (typeof box)[], ...moves: Move[]) {
  const bench = createBench({ connections, moves })
  for (const connection of connections) await bench.credentials.store(connection, 'good-key-1')
  await bench.registry.start()
  await bench.registry.refresh()
  const { 'roundhouse.askInChat': run } = helpCommands(bench.services)
  await run(undefined)
  bench.ui.assertDone()
  const opened = bench.host.executed.filter(({ command }) => command === 'workbench.action.chat.open')
  return { bench, opened: JSON.stringify(opened), again: () => run(undefined) }
}

describe('Ask in Chat without a chosen model', () => {
  it('opens Chat with a local model at once, and asks nothing', async () => {
    const { opened, bench } = await askInChat([cloud, box])
    assert.match(opened, /box\/tiny/)
    assert.deepEqual(bench.ui.notices, [])
  })

  it('asks before a cloud’s model stands in, with its price, and takes it as chosen from then on', async () => {
    const { opened, bench, again } = await askInChat([cloud], { do: 'press', button: 'Use It' })
    assert.match(opened, /cloud\//)
    const [notice] = bench.ui.notices
    assert.deepEqual([notice?.modal, notice?.buttons], [true, ['Use It', 'Select Another']])
    assert.match(notice?.detail ?? '', /no local one\. This one runs in a cloud/)
    await again()
    assert.equal(bench.ui.notices.length, 1)
  })

  it('opens nothing where the user does not want it, and the list of models where another is wanted', async () => {
    const closed = await askInChat([cloud], { do: 'close' })
    assert.deepEqual([closed.opened, closed.bench.services.defaultModel.get()], ['[]', undefined])
    const { opened, bench } = await askInChat([cloud], { do: 'press', button: 'Select Another' })
    assert.equal(opened, '[]')
    assert.ok(bench.host.executed.some(({ command }) => command === 'roundhouse.selectModel'))
  })
})
