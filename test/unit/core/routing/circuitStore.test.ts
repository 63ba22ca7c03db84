import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import { createBreaker } from '../../../../src/core/routing/breaker.js'
import type { Circuit } from '../../../../src/core/routing/circuit.js'
import { createSharedCircuitStore } from '../../../../src/core/routing/circuitStore.js'
import { useDatabaseFolder } from '../../../fakes/databases.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

const model = { connection: 'work', id: 'meta/llama-3' }
const circuit: Circuit = {
  failures: 5,
  failedAt: 1_000,
  code: 'rate-limited',
  coolUntil: 2_000,
  openUntil: 3_000,
  openings: 2,
  probeUntil: 4_000,
}

describe('the shared store of circuits', () => {
  const folder = useDatabaseFolder()

  it('shows a window what another one has written, whole, and forgets what works again', async () => {
    const [one, other] = [
      createSharedCircuitStore(await folder.open()),
      createSharedCircuitStore(await folder.open()),
    ]
    assert.deepEqual(
      one.change(model, () => circuit),
      circuit,
    )
    assert.deepEqual([...other.load()], [['work/meta/llama-3', circuit]])
    other.change(model, (known) => {
      assert.deepEqual(known, circuit)
      return undefined
    })
    assert.equal(one.load().size, 0)
    assert.equal(
      one.change(model, (known) => known),
      undefined,
    )
  })

  it('loses no failure of windows that fail at once', async () => {
    const stores = await Promise.all(
      Array.from({ length: 4 }, async () => createSharedCircuitStore(await folder.open())),
    )
    for (let round = 0; round < 25; round++) {
      for (const store of stores) {
        store.change(model, (known) => ({ ...circuit, failures: (known?.failures ?? 0) + 1 }))
      }
    }
    assert.equal(stores[0]?.load().get('work/meta/llama-3')?.failures, 100)
  })

  it('takes a code that it does not know for a fault of the provider', async () => {
    const database = await folder.open()
    const store = createSharedCircuitStore(database)
    store.change(model, () => circuit)
    database.run("UPDATE circuit SET code = 'of-the-future'")
    assert.equal(store.load().get('work/meta/llama-3')?.code, 'provider-error')
  })

  it('lets exactly one of eight windows try a model again, though all know only what was', async () => {
    const clock = createManualClock()
    const windows = await Promise.all(
      Array.from({ length: 8 }, async () =>
        createBreaker({
          store: createSharedCircuitStore(await folder.open()),
          clock,
          log: createMemoryLog(),
          refreshMs: 3_600_000,
        }),
      ),
    )
    const error = new ModelError({ code: 'overloaded', message: 'Too much.' })
    for (let failure = 0; failure < 5; failure++) windows[0]?.fail(model, error)
    for (const window of windows) assert.equal(window.obstacle(model)?.code, 'circuit-open')
    await clock.advance(15_000)
    const admitted = windows.filter((window) => window.admit(model) === undefined)
    assert.equal(admitted.length, 1)
    admitted[0]?.succeed(model)
    assert.equal(createSharedCircuitStore(await folder.open()).load().size, 0)
  })
})
