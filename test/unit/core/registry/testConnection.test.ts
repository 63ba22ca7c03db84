import assert from 'node:assert/strict'
import { isModelError, ModelError } from '../../../../src/core/errors.js'
import { testConnection } from '../../../../src/core/registry/testConnection.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import {
  createConnection,
  createProviderPorts,
  createScriptedProvider,
} from '../../../fakes/scriptedProvider.js'

function setUp(key: string | undefined = 'new-key') {
  const clock = createManualClock()
  const provider = createScriptedProvider({ key: { required: true } })
  const caller = new AbortController()
  const run = () =>
    testConnection({
      connection: createConnection(),
      provider,
      key,
      ports: createProviderPorts(clock),
      signal: caller.signal,
    })
  return { clock, provider, caller, run }
}

describe('connection test', () => {
  it('tells how long the list took and how many models there are', async () => {
    const { clock, provider, run } = setUp()
    const listModels = provider.listModels.bind(provider)
    provider.answerLists([{ id: 'a' }, { id: 'b' }])
    provider.listModels = async (context) => {
      await context.clock.sleep(120)
      return await listModels(context)
    }
    const result = run()
    await clock.advance(120)
    assert.deepEqual(await result, { latencyMs: 120, modelCount: 2 })
  })

  it('tries the key that it is given', async () => {
    const { provider, run } = setUp()
    await run()
    assert.equal(provider.lists[0]?.key, 'new-key')
  })

  it('asks for a key before it asks the server', async () => {
    const clock = createManualClock()
    const provider = createScriptedProvider({ key: { required: true } })
    const test = testConnection({
      connection: createConnection(),
      provider,
      key: undefined,
      ports: createProviderPorts(clock),
      signal: new AbortController().signal,
    })
    await assert.rejects(test, (error) => isModelError(error) && error.code === 'unauthorized')
    assert.equal(provider.lists.length, 0)
  })

  it('passes on what the server says of the key', async () => {
    const { provider, run } = setUp()
    provider.answerLists({
      type: 'fail',
      error: new ModelError({ code: 'unauthorized', message: 'Wrong key.' }),
    })
    await assert.rejects(run(), /Wrong key\./)
  })

  it('can be cancelled and ends by itself after 15 s', async () => {
    const cancelled = setUp()
    cancelled.provider.answerLists({ type: 'hang' })
    const first = assert.rejects(
      cancelled.run(),
      (error) => isModelError(error) && error.code === 'cancelled',
    )
    await cancelled.clock.advance(5)
    cancelled.caller.abort()
    await first

    const slow = setUp()
    slow.provider.answerLists({ type: 'hang' })
    const second = assert.rejects(slow.run(), (error) => isModelError(error) && error.code === 'timeout')
    await slow.clock.advance(15_000)
    await second
  })
})
