import assert from 'node:assert/strict'
import type {
  CacheableEmbedRequest,
  CacheHit,
  CacheOptions,
  Embed,
} from '../../../../src/core/cache/cache.js'
import { isModelError } from '../../../../src/core/errors.js'
import type { ModelInfo } from '../../../../src/core/model.js'
import { createCachedChat, live, policy, usage } from '../../../fakes/cachedChat.js'
import { settle } from '../../../fakes/manualClock.js'

const model: ModelInfo = {
  connection: 'work',
  id: 'embedder',
  provider: 'scripted',
  name: 'Embedder',
  family: 'embedder',
  version: '',
  location: 'cloud',
  capabilities: { embedding: true },
  pricing: {},
  sources: {},
}
const ask = (...inputs: string[]): CacheableEmbedRequest => ({ model, inputs, caller: { door: 'api' } })
/** No two texts of a test have the same length. */
const vectorOf = (text: string) => [text.length, 0.1 + 0.2, -1e-9]

function setUp(options: Partial<CacheOptions> = {}) {
  const asked: (readonly string[])[] = []
  const { cache, clock } = createCachedChat({
    policy: () => ({ ...policy, embeddings: true }),
    price: () => 1,
    ...options,
  })
  const upstream: Embed = async ({ inputs }, signal) => {
    asked.push(inputs)
    await clock.sleep(100, signal)
    return { embeddings: inputs.map(vectorOf), usage: { ...usage, inputTokens: 10 * inputs.length } }
  }
  const embed = cache.wrapEmbed(upstream)
  const run = async (request: CacheableEmbedRequest) => {
    const result = embed(request, live())
    await clock.advance(100)
    return await result
  }
  return { cache, clock, asked, embed, run }
}

describe('embedding cache', () => {
  it('asks only for what it does not have, each text once, and keeps the order', async () => {
    const { asked, run, cache } = setUp()
    await run(ask('a', 'bb'))
    const { embeddings, usage: used } = await run(ask('ccc', 'bb', 'ccc', 'a'))
    assert.deepEqual(asked, [['a', 'bb'], ['ccc']])
    assert.deepEqual(embeddings, ['ccc', 'bb', 'ccc', 'a'].map(vectorOf))
    assert.equal(used.inputTokens, 10)
    const { hits, misses, savedUsd, savedMs } = await cache.statistics()
    assert.deepEqual({ hits, misses, savedUsd, savedMs }, { hits: 2, misses: 3, savedUsd: 2, savedMs: 100 })
  })

  it('asks nothing and uses nothing where it has everything', async () => {
    const { asked, embed, run } = setUp()
    await run(ask('a'))
    const { embeddings, usage: used } = await embed(ask('a'), live())
    assert.deepEqual([asked.length, embeddings, used.inputTokens], [1, [vectorOf('a')], 0])
  })

  it('asks again for another length, when told so, after its time, and where nothing may be kept', async () => {
    const { asked, run, clock } = setUp()
    await run(ask('a'))
    await run({ ...ask('a'), dimensions: 2 })
    await run({ ...ask('a'), cache: 'bypass' })
    await run({ ...ask('a'), cache: 'refresh' })
    assert.equal(asked.length, 4)
    await clock.advance(policy.ttlMs)
    await run(ask('a'))
    assert.equal(asked.length, 5)
    const off = setUp({ policy: () => ({ ...policy, embeddings: false }) })
    await off.run(ask('a'))
    await off.run(ask('a'))
    assert.equal(off.asked.length, 2)
  })

  it('asks once for the same texts at the same time, also when the first one is cancelled', async () => {
    const { asked, embed, clock } = setUp()
    const stop = new AbortController()
    const first = embed(ask('a'), stop.signal)
    await settle()
    const second = embed(ask('a'), live())
    await settle()
    stop.abort()
    await assert.rejects(first, (error) => isModelError(error) && error.code === 'cancelled')
    await clock.advance(100)
    assert.deepEqual((await second).embeddings, [vectorOf('a')])
    assert.equal(asked.length, 1)
  })

  it('tells of a request that nobody was asked for, and says how many texts were there', async () => {
    const hits: CacheHit[] = []
    const { embed, run, clock } = setUp({ onHit: (hit) => void hits.push(hit) })
    assert.equal((await run(ask('a', 'bb'))).cachedInputs, 0)
    assert.equal((await run(ask('a', 'ccc'))).cachedInputs, 1)
    assert.equal(hits.length, 0)
    assert.equal((await run(ask('a', 'bb', 'a'))).cachedInputs, 3)
    const [first, second] = [embed(ask('dddd'), live()), embed(ask('dddd'), live())]
    await clock.advance(100)
    assert.deepEqual([(await first).usage.inputTokens, (await second).usage.inputTokens], [10, 0])
    assert.deepEqual(
      hits.map(({ source, usage: was, request }) => [source, was?.inputTokens, request.operation]),
      [
        ['store', 20, 'embeddings'],
        ['flight', 10, 'embeddings'],
      ],
    )
  })

  it('tells once of a request for which anything was asked, and not of who shares another’s', async () => {
    let misses = 0
    const { run, embed, clock, asked } = setUp({ onMiss: () => void misses++ })
    await run(ask('a', 'bb'))
    await run(ask('bb', 'ccc'))
    await run(ask('a', 'ccc'))
    const both = [embed(ask('dddd'), live()), embed(ask('dddd'), live())]
    await clock.advance(100)
    await Promise.all(both)
    assert.deepEqual([asked.length, misses], [3, 3])
    const many = embed(ask(...Array.from({ length: 5_000 }, (_, index) => `${index}`)), live())
    await clock.advance(10_000)
    await many
    assert.ok(asked.length > 4)
    assert.equal(misses, 4)
  })

  it('lets others have their turn while it looks many texts up, and can be cancelled there', async () => {
    const { embed, run, clock, asked } = setUp()
    const many = ask(...Array.from({ length: 200 }, (_, index) => 'x'.repeat(index + 1)))
    await run(many)
    // What was asked is written down.
    await clock.advance(50)
    const stop = new AbortController()
    const again = embed(many, stop.signal)
    await settle()
    assert.equal(clock.sleeping(), 1)
    stop.abort()
    await assert.rejects(again, (error) => isModelError(error) && error.code === 'cancelled')
    assert.equal((await run(many)).cachedInputs, 200)
    assert.equal(asked.length, 1)
  })

  it('asks though what it has done cannot be recorded', async () => {
    const { run } = setUp({
      onHit: () => {
        throw new Error('The disk is full.')
      },
    })
    await run(ask('a'))
    assert.deepEqual((await run(ask('a'))).embeddings, [vectorOf('a')])
  })

  it('says so where the provider left a text out', async () => {
    const { cache } = setUp()
    const embed = cache.wrapEmbed(async () => ({ embeddings: [[1]], usage }))
    const isIncomplete = (error: unknown) => isModelError(error) && error.code === 'incomplete'
    await assert.rejects(embed(ask('a', 'bb'), live()), isIncomplete)
  })
})
