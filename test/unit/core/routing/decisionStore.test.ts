import assert from 'node:assert/strict'
import { createDecisionStore } from '../../../../src/core/routing/decisionStore.js'
import { createDecisionLog } from '../../../../src/core/routing/decisions.js'
import { explainDecision } from '../../../../src/core/routing/explain.js'
import { useDatabaseFolder } from '../../../fakes/databases.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { createRouting } from '../../../fakes/routing.js'

const models = [
  { id: 'gpt-mini', contextWindow: 100_000, pricing: { input: 0.1, output: 0.4 } },
  ...Array.from({ length: 60 }, (_, at) => ({ id: `gpt-${at}-pro`, pricing: { input: 15, output: 120 } })),
]

describe('kept decisions', () => {
  const folder = useDatabaseFolder()

  async function open(capacity?: number) {
    const database = await folder.open()
    const log = createMemoryLog()
    const store = createDecisionStore({ database, ...(capacity === undefined ? {} : { capacity }) })
    return { database, log, store, decisions: createDecisionLog({ store, log }) }
  }

  it('tell another window, and this one after a restart, what a route has decided', async () => {
    const { decisions, store } = await open()
    const { ask } = await createRouting({ connections: { work: { models } }, router: { decisions } })
    await ask('auto/cheapest')
    await ask('work/gpt-mini')
    const other = await open()
    const report = other.decisions.explain('request-1') ?? assert.fail('it was not kept')
    assert.deepEqual([report.chosen, report.outcome, report.ranked.length], ['work/gpt-mini', 'answered', 10])
    assert.match(explainDecision(report), /^auto\/cheapest chose work\/gpt-mini: /)
    assert.deepEqual(
      other.decisions.list().map(({ requestId }) => requestId),
      ['request-1'],
    )
    assert.deepEqual(
      decisions.list().map(({ requestId }) => requestId),
      ['request-2', 'request-1'],
    )
    assert.equal(store.find('request-2'), undefined)
  })

  it('are the newest only, and those that can be read', async () => {
    const { decisions, store, database } = await open(100)
    const { ask, clock } = await createRouting({ connections: { work: { models } }, router: { decisions } })
    for (let request = 0; request < 151; request++) {
      await ask('auto/cheapest')
      clock.jump(1)
    }
    assert.equal(store.list(1_000).length, 100)
    assert.equal(store.list(1)[0]?.requestId, 'request-151')
    database.run("UPDATE decision SET report = '{}' WHERE request_id = 'request-151'")
    assert.equal(store.list(1_000).length, 99)
    assert.equal(store.find('request-151'), undefined)
  })

  it('cost no request where they cannot be kept', async () => {
    const { decisions, database, log } = await open()
    const { ask } = await createRouting({ connections: { work: { models } }, router: { decisions } })
    database.exec('DROP TABLE decision')
    assert.equal((await ask('auto/cheapest')).text, 'Hello')
    assert.equal(decisions.list().length, 1)
    assert.match(log.lines[0] ?? '', /^warn Decisions of routes are not kept: /)
  })
})
