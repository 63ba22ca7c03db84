import assert from 'node:assert/strict'
import { isModelError } from '../../../../src/core/errors.js'
import { type ListOptions, listModels } from '../../../../src/core/registry/listModels.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import {
  createConnection,
  createProviderPorts,
  createScriptedProvider,
} from '../../../fakes/scriptedProvider.js'

function setUp(options: Partial<ListOptions> = {}) {
  const clock = createManualClock()
  const provider = createScriptedProvider()
  const caller = new AbortController()
  const connection = createConnection({ baseUrl: 'https://user:hidden@api.scripted.test/v1' })
  const list = () =>
    listModels({
      connection,
      provider,
      key: 'k',
      ports: createProviderPorts(clock),
      signal: caller.signal,
      ...options,
    })
  return { clock, provider, caller, list }
}

const isCode = (code: string) => (error: unknown) => isModelError(error) && error.code === code

describe('model listing', () => {
  it('hands the key and the connection to the provider and names each model once', async () => {
    const { provider, list } = setUp()
    provider.answerLists([{ id: 'a' }, { id: 'b' }, { id: 'a', name: 'A' }, { id: '' }])
    assert.deepEqual(await list(), { models: [{ id: 'a', name: 'A' }, { id: 'b' }] })
    assert.equal(provider.lists[0]?.key, 'k')
  })

  it('uses 20,000 models of a list and counts the rest', async () => {
    const { provider, list } = setUp()
    const numbered = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `m${index}` }))
    provider.answerLists(numbered(20_000), [...numbered(25_001), { id: 'm0' }])
    const full = await list()
    assert.deepEqual([full.models.length, full.leftOut], [20_000, undefined])
    const cut = await list()
    assert.deepEqual([cut.models.length, cut.leftOut, cut.models.at(-1)?.id], [20_000, 5_001, 'm19999'])
  })

  for (const behaviour of ['hang', 'deaf'] as const) {
    it(`gives up after 15 s on a server that never answers (${behaviour}), and says where, without the password`, async () => {
      const { clock, provider, list } = setUp()
      provider.answerLists({ type: behaviour })
      const failed = assert.rejects(list(), (error) => {
        assert.ok(isCode('timeout')(error) && error instanceof Error)
        assert.match(
          error.message,
          /^Scripted at https:\/\/api\.scripted\.test did not answer within 15 seconds\./,
        )
        assert.doesNotMatch(error.message, /hidden/)
        return true
      })
      await clock.advance(14_999)
      assert.equal(provider.lists[0]?.signal.aborted, false)
      await clock.advance(1)
      await failed
      assert.equal(provider.lists[0]?.signal.aborted, true)
    })
  }

  it('is cancelled at once by its caller, even where the provider does not listen', async () => {
    const { clock, provider, caller, list } = setUp()
    provider.answerLists({ type: 'deaf' })
    const failed = assert.rejects(list(), isCode('cancelled'))
    await clock.advance(10)
    caller.abort()
    await failed
    assert.equal(clock.sleeping(), 0)
  })

  it('asks nobody when it is cancelled before it begins', async () => {
    const { provider, caller, list } = setUp()
    caller.abort()
    await assert.rejects(list(), isCode('cancelled'))
    assert.equal(provider.lists.length, 0)
  })

  it('counts the reading of the key as part of the time', async () => {
    const { clock, provider, list } = setUp({ key: () => new Promise(() => {}) })
    const failed = assert.rejects(list(), isCode('timeout'))
    await clock.advance(15_000)
    await failed
    assert.equal(provider.lists.length, 0)
  })

  it('leaves no timer behind once it has its answer', async () => {
    const { clock, provider, list } = setUp()
    provider.answerLists([{ id: 'a' }])
    await list()
    assert.equal(clock.sleeping(), 0)
  })

  it('turns a foreign error into one that names the provider and hides its text', async () => {
    const { provider, list } = setUp()
    provider.answerLists({ type: 'fail', error: new Error('key k is bad') })
    await assert.rejects(list(), (error) => {
      assert.ok(isModelError(error))
      assert.deepEqual([error.code, error.provider], ['provider-error', 'scripted'])
      assert.doesNotMatch(error.message, /key k/)
      return true
    })
  })
})
