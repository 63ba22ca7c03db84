import assert from 'node:assert/strict'
import type { CacheOptions } from '../../../../src/core/cache/cache.js'
import type { CacheStore } from '../../../../src/core/cache/store.js'
import type { ChatRequest } from '../../../../src/core/chat.js'
import { ModelError } from '../../../../src/core/errors.js'
import { createMemoryStore } from '../../../../src/platform/cache/memoryStore.js'
import {
  collect,
  createCachedChat,
  createUpstream,
  finish,
  live,
  policy,
  proseOf,
  request,
  type Step,
  text,
  usage,
  work,
} from '../../../fakes/cachedChat.js'
import { runElsewhere } from '../../../fakes/elsewhere.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import { readBlocks } from '../../../fakes/pages.js'

const withoutTemperature: ChatRequest = {
  model: request.model,
  messages: request.messages,
  caller: request.caller,
}
/** Asks twice, and says how often that reached the provider. */
async function countCalls(options: {
  readonly first?: ChatRequest
  readonly second?: ChatRequest
  readonly script?: readonly Step[]
  readonly setting?: Partial<CacheOptions>
}): Promise<number> {
  const { first = request, second = request, script = [text('a'), finish()], setting = {} } = options
  const { cache, clock } = createCachedChat(setting)
  const upstream = createUpstream(clock, script)
  const chat = cache.middleware(upstream.chat)
  for (const asked of [first, second]) await collect(chat(asked, live())).catch(() => [])
  return upstream.calls.length
}

describe('answer cache', () => {
  it('gives an answer again: the same words, tool calls, data and reasoning, marked as cached', async () => {
    const { cache, clock, hits } = createCachedChat({ price: () => 0.25 })
    const state = { provider: 'anthropic', model: 'm', value: { signature: 'xyz' } }
    const upstream = createUpstream(clock, [
      { type: 'reasoning', text: 'Hm' },
      { type: 'reasoning', text: '', state },
      text('Hel'),
      { waitMs: 800 },
      text('lo'),
      { type: 'data', mimeType: 'image/png', data: new Uint8Array([0, 128, 255]) },
      { type: 'toolCall', callId: 'c1', name: 'look', input: { at: [1] } },
      { type: 'sources', sources: [{ url: 'https://a.example/', title: 'A' }, { title: 'Handbook' }] },
      { type: 'usage', usage },
      finish('toolCalls'),
    ])
    const chat = cache.middleware(upstream.chat)
    const first = collect(chat(request, live()))
    await clock.advance(800)
    await first
    await clock.advance(1_000)
    const [route, ...again] = await collect(chat(request, live()))
    assert.equal(upstream.calls.length, 1)
    assert.ok(route?.type === 'route' && route.cached === true && route.reason.startsWith('from the cache'))
    assert.deepEqual(again, [
      { type: 'reasoning', text: 'Hm' },
      { type: 'reasoning', text: '', state },
      text('Hello'),
      { type: 'data', mimeType: 'image/png', data: new Uint8Array([0, 128, 255]) },
      { type: 'toolCall', callId: 'c1', name: 'look', input: { at: [1] } },
      { type: 'sources', sources: [{ url: 'https://a.example/', title: 'A' }, { title: 'Handbook' }] },
      { type: 'usage', usage, cached: true },
      finish('toolCalls'),
    ])
    const [hit] = hits
    assert.deepEqual(
      [hit?.source, hit?.model, hit?.usage, hit?.savedMs, hit?.savedUsd, hit?.latencyMs],
      ['store', work, usage, 800, 0.25, 0],
    )
  })

  it('replays a long answer as a stream of pieces', async () => {
    const { cache, clock } = createCachedChat()
    const words = Array.from({ length: 500 }, (_, index) => text(`word ${index} `))
    const chat = cache.middleware(createUpstream(clock, [...words, finish()]).chat)
    const first = await collect(chat(request, live()))
    const again = await collect(chat(request, live()))
    assert.equal(proseOf(again), proseOf(first))
    const pieces = again.filter((part) => part.type === 'text').length
    assert.ok(pieces > 5 && pieces < 30, `${pieces} pieces`)
  })

  const kept: readonly [string, boolean, Parameters<typeof countCalls>[0]][] = [
    ['a complete answer', true, {}],
    [
      'an answer to another caller through another door',
      true,
      {
        second: { ...request, caller: { door: 'gateway', extension: 'other' } },
      },
    ],
    [
      'an answer that ended in an error',
      false,
      {
        script: [text('a'), new ModelError({ code: 'incomplete', message: 'Cut.' })],
      },
    ],
    [
      'an answer whose end failed',
      false,
      {
        script: [text('a'), finish(), new ModelError({ code: 'incomplete', message: 'Cut.' })],
      },
    ],
    ['an answer that was cut for its length', false, { script: [text('a'), finish('length')] }],
    ['a filtered answer', false, { script: [text('a'), finish('contentFilter')] }],
    ['a refusal', false, { script: [text('No.'), finish('refusal')] }],
    ['an answer with an unknown finish reason', false, { script: [text('a'), finish('other')] }],
    ['an empty answer', false, { script: [finish()] }],
    [
      'an answer at a temperature above 0',
      false,
      {
        first: { ...request, parameters: { temperature: 0.5 } },
        second: { ...request, parameters: { temperature: 0.5 } },
      },
    ],
    [
      'an answer at a temperature that nobody has set',
      false,
      {
        first: withoutTemperature,
        second: withoutTemperature,
      },
    ],
    [
      'an answer at a temperature that the connection sets to 0',
      true,
      {
        first: withoutTemperature,
        second: withoutTemperature,
        setting: { configuration: () => ({ fingerprint: '1', parameters: { temperature: 0 } }) },
      },
    ],
    [
      'an answer at a temperature above 0, where the user wants that',
      true,
      {
        first: withoutTemperature,
        second: withoutTemperature,
        setting: { policy: () => ({ ...policy, sampled: true }) },
      },
    ],
    [
      'an answer while the cache is off',
      false,
      {
        setting: { policy: () => ({ ...policy, completions: false }) },
      },
    ],
    [
      'an answer of a connection that is kept out',
      false,
      {
        setting: { policy: () => ({ ...policy, connections: { work: { completions: false } } }) },
      },
    ],
    [
      'an answer of the one connection that is let in',
      true,
      {
        setting: {
          policy: () => ({ ...policy, completions: false, connections: { work: { completions: true } } }),
        },
      },
    ],
    ['an answer of an unknown model', false, { setting: { configuration: () => undefined } }],
    ['an answer to a request that wants none kept', false, { first: { ...request, cache: 'bypass' } }],
    ['an answer for a request that wants a new one', false, { second: { ...request, cache: 'refresh' } }],
    ['an answer to a request that wanted a new one', true, { first: { ...request, cache: 'refresh' } }],
    [
      'an answer of a route whose connection is kept out',
      false,
      {
        first: { ...request, model: { connection: 'auto', id: '' } },
        second: { ...request, model: { connection: 'auto', id: '' } },
        setting: { policy: () => ({ ...policy, connections: { work: { completions: false } } }) },
      },
    ],
  ]
  for (const [what, isKept, options] of kept) {
    it(`${isKept ? 'gives again' : 'asks again for'} ${what}`, async () => {
      assert.equal(await countCalls(options), isKept ? 1 : 2)
    })
  }

  it('gives nothing again that is older than the policy says, nor anything from the future', async () => {
    const { cache, clock } = createCachedChat({ policy: () => ({ ...policy, ttlMs: 1_000 }) })
    const upstream = createUpstream(clock, [text('a'), finish()])
    const chat = cache.middleware(upstream.chat)
    await collect(chat(request, live()))
    await clock.advance(999)
    await collect(chat(request, live()))
    assert.equal(upstream.calls.length, 1)
    clock.jump(-5_000)
    await collect(chat(request, live()))
    assert.equal(upstream.calls.length, 2)
    await clock.advance(1_000)
    await collect(chat(request, live()))
    assert.equal(upstream.calls.length, 3)
  })

  it('keeps an answer whose reader leaves with its last part, and none whose reader leaves before', async () => {
    const { cache, clock } = createCachedChat()
    const upstream = createUpstream(clock, [text('a'), text('b'), finish()])
    const chat = cache.middleware(upstream.chat)
    for await (const part of chat(request, live())) if (part.type === 'text') break
    assert.equal(upstream.open(), 0)
    for await (const part of chat(request, live())) if (part.type === 'finish') break
    assert.equal(upstream.calls.length, 2)
    await collect(chat(request, live()))
    assert.equal(upstream.calls.length, 2)
  })

  it('counts apart what is not kept because no temperature was set', async () => {
    const { cache, clock } = createCachedChat()
    const upstream = createUpstream(clock, [text('a'), { type: 'usage', usage }, finish()])
    const chat = cache.middleware(upstream.chat)
    const { parameters: _, ...asChat } = request
    await collect(chat(asChat, live()))
    const { bypassed, sampled } = await cache.statistics()
    assert.deepEqual([bypassed, sampled], [1, 1])
  })

  it('counts hits, misses, what was kept out, and what was saved', async () => {
    const prices = [0.5, undefined]
    const { cache, clock } = createCachedChat({ price: () => prices.shift() })
    const upstream = createUpstream(clock, [{ waitMs: 100 }, text('a'), { type: 'usage', usage }, finish()])
    const chat = cache.middleware(upstream.chat)
    const first = collect(chat(request, live()))
    await clock.advance(100)
    await first
    for (let count = 0; count < 2; count++) await collect(chat(request, live()))
    const bypassing = collect(chat({ ...request, cache: 'bypass' }, live()))
    await clock.advance(100)
    await bypassing
    const { bytes, ...counts } = await cache.statistics()
    assert.ok(bytes > 100, `${bytes} bytes`)
    assert.deepEqual(counts, {
      hits: 2,
      sharedHits: 0,
      misses: 1,
      bypassed: 1,
      sampled: 0,
      savedUsd: 0.5,
      hitsWithoutPrice: 1,
      savedMs: 200,
      entries: 1,
    })
  })

  it('tells once of every request that a model is asked for, and of none that it does not keep', async () => {
    let misses = 0
    const { cache, clock } = createCachedChat({ onMiss: () => void misses++ })
    const upstream = createUpstream(clock, [{ waitMs: 100 }, text('a'), finish()])
    const chat = cache.middleware(upstream.chat)
    const asked = [chat(request, live()), chat(request, live())].map((parts) => collect(parts))
    await clock.advance(100)
    await Promise.all(asked)
    await collect(chat(request, live()))
    assert.equal(misses, 1)
    for (const kind of ['refresh', 'bypass'] as const) {
      const again = collect(chat({ ...request, cache: kind }, live()))
      await clock.advance(100)
      await again
    }
    assert.deepEqual([upstream.calls.length, misses], [3, 2])
  })

  it('forgets by connection, by age and everything', async () => {
    const { cache, clock } = createCachedChat()
    const upstream = createUpstream(clock, [text('a'), finish()])
    const chat = cache.middleware(upstream.chat)
    await collect(chat(request, live()))
    assert.equal(await cache.clear({ connection: 'home' }), 0)
    assert.equal(await cache.clear({ createdBefore: clock.now() }), 0)
    assert.equal(await cache.clear({ connection: 'work' }), 1)
    await collect(chat(request, live()))
    assert.equal(upstream.calls.length, 2)
  })

  it('answers though its record cannot be written', async () => {
    const { cache, clock, log } = createCachedChat({
      onHit: () => {
        throw new Error('full')
      },
    })
    const chat = cache.middleware(createUpstream(clock, [text('a'), finish()]).chat)
    await collect(chat(request, live()))
    assert.equal(proseOf(await collect(chat(request, live()))), 'a')
    assert.deepEqual(log.lines, ['error An answer out of the cache could not be recorded: full'])
  })

  it('answers uncached while its store fails, says so once, and recovers by itself', async () => {
    let broken = true
    const clock = createManualClock()
    const opening = createMemoryStore({ limits: () => policy, clock })
    const openStore = async (): Promise<CacheStore> => {
      if (broken) throw new Error('no disk')
      return await opening
    }
    const { cache, log } = createCachedChat({ openStore, clock })
    const upstream = createUpstream(clock, [text('a'), finish()])
    const chat = cache.middleware(upstream.chat)
    for (let count = 0; count < 3; count++) {
      assert.equal(proseOf(await collect(chat(request, live()))), 'a')
      await clock.advance(50)
    }
    assert.equal(upstream.calls.length, 3)
    assert.equal(log.lines.length, 1)
    broken = false
    await clock.advance(10_000)
    for (let count = 0; count < 3; count++) await collect(chat(request, live()))
    assert.equal(upstream.calls.length, 4)
    assert.deepEqual(log.lines.slice(1), ['info The response cache works again'])
  })

  it('writes an answer after it is given, and gives it again before it is written', async () => {
    const clock = createManualClock()
    const store = await createMemoryStore({ limits: () => policy, clock })
    const { cache } = createCachedChat({ openStore: async () => store, clock })
    const upstream = createUpstream(clock, [text('a'), finish()])
    const chat = cache.middleware(upstream.chat)
    for (let count = 0; count < 2; count++) assert.equal(proseOf(await collect(chat(request, live()))), 'a')
    await clock.advance(49)
    assert.deepEqual([upstream.calls.length, (await store.size()).entries], [1, 0])
    await clock.advance(1)
    assert.equal((await store.size()).entries, 1)
    await collect(chat({ ...request, cache: 'refresh' }, live()))
    assert.equal((await cache.statistics()).entries, 1)
  })

  it('writes what it has been given before it closes', async () => {
    const clock = createManualClock()
    const store = await createMemoryStore({ limits: () => policy, clock })
    const written: string[] = []
    const openStore = async (): Promise<CacheStore> => ({
      ...store,
      set: async ({ key }) => void written.push(key),
      dispose: () => void written.push('closed'),
    })
    const { cache } = createCachedChat({ openStore, clock })
    await collect(cache.middleware(createUpstream(clock, [text('a'), finish()]).chat)(request, live()))
    cache.dispose()
    await settle()
    assert.equal(written.length, 2)
    assert.equal(written[1], 'closed')
  })

  it('deletes what is too old when it opens', async () => {
    const clock = createManualClock()
    const store = await createMemoryStore({ limits: () => policy, clock })
    const setting = { openStore: async () => store, clock }
    const first = createCachedChat(setting)
    await collect(first.cache.middleware(createUpstream(clock, [text('a'), finish()]).chat)(request, live()))
    await clock.advance(policy.ttlMs + 1)
    assert.equal((await store.size()).entries, 1)
    assert.equal((await createCachedChat(setting).cache.statistics()).entries, 0)
  })
})

describe('docs/cache.md', () => {
  it('shows what its example really says', async () => {
    const [example = ''] = readBlocks('cache.md', 'js')
    assert.ok(example.includes('createCache'))
    assert.equal(await runElsewhere(example), readBlocks('cache.md', 'text')[0])
  })
})
