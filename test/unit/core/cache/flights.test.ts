import assert from 'node:assert/strict'
import type { Chat } from '../../../../src/core/chat.js'
import { ModelError } from '../../../../src/core/errors.js'
import {
  collect,
  createCachedChat,
  createUpstream,
  finish,
  isCode,
  live,
  proseOf,
  request,
  text,
  usage,
} from '../../../fakes/cachedChat.js'
import { settle } from '../../../fakes/manualClock.js'

describe('answer cache, identical requests at the same time', () => {
  const slowly = [text('a'), { waitMs: 100 }, text('b'), { type: 'usage', usage }, finish()] as const

  it('asks once, and gives everybody the whole answer as it comes', async () => {
    const { cache, clock, hits } = createCachedChat()
    const upstream = createUpstream(clock, slowly)
    const chat = cache.middleware(upstream.chat)
    const leader = collect(chat(request, live()))
    await settle()
    const follower = chat({ ...request, caller: { door: 'gateway' } }, live())[Symbol.asyncIterator]()
    const begin = [(await follower.next()).value, (await follower.next()).value]
    assert.deepEqual(begin[1], text('a'))
    const rest = collect({ [Symbol.asyncIterator]: () => follower })
    await clock.advance(100)
    assert.equal(proseOf(await leader), 'ab')
    assert.deepEqual(await rest, [text('b'), { type: 'usage', usage, cached: true }, finish()])
    assert.equal(upstream.calls.length, 1)
    assert.deepEqual(
      hits.map((hit) => [hit.source, hit.request.caller.door, hit.savedMs]),
      [['flight', 'gateway', 0]],
    )
  })

  it('goes on for the others when the one who came first is cancelled', async () => {
    const { cache, clock } = createCachedChat()
    const upstream = createUpstream(clock, slowly)
    const chat = cache.middleware(upstream.chat)
    const stop = new AbortController()
    const leader = collect(chat(request, stop.signal))
    const followers = [collect(chat(request, live())), collect(chat(request, live()))]
    await settle()
    stop.abort()
    await assert.rejects(leader, isCode('cancelled'))
    assert.equal(upstream.calls[0]?.signal.aborted, false)
    await clock.advance(100)
    assert.deepEqual((await Promise.all(followers)).map(proseOf), ['ab', 'ab'])
    assert.equal(upstream.calls.length, 1)
    assert.equal(proseOf(await collect(chat(request, live()))), 'ab')
    assert.equal(upstream.calls.length, 1)
  })

  it('ends with the last reader, and a later request starts anew', async () => {
    const { cache, clock } = createCachedChat()
    const upstream = createUpstream(clock, slowly)
    const chat = cache.middleware(upstream.chat)
    const stops = [new AbortController(), new AbortController()]
    const readers = stops.map(({ signal }) => collect(chat(request, signal)))
    await settle()
    for (const stop of stops) stop.abort()
    for (const reader of readers) await assert.rejects(reader, isCode('cancelled'))
    await settle()
    assert.deepEqual([upstream.calls[0]?.signal.aborted, upstream.open()], [true, 0])
    const next = collect(chat(request, live()))
    await clock.advance(100)
    assert.equal(proseOf(await next), 'ab')
    assert.equal(upstream.calls.length, 2)
  })

  it('gives a failure to everybody, and keeps nothing of it', async () => {
    const { cache, clock, hits } = createCachedChat()
    const failure = new ModelError({ code: 'overloaded', message: 'Busy.' })
    const upstream = createUpstream(clock, [text('a'), { waitMs: 100 }, failure], [text('c'), finish()])
    const chat = cache.middleware(upstream.chat)
    const readers = [collect(chat(request, live())), collect(chat(request, live()))]
    const seen = Promise.allSettled(readers)
    await clock.advance(100)
    for (const { status } of await seen) assert.equal(status, 'rejected')
    assert.deepEqual(hits, [])
    assert.equal(proseOf(await collect(chat(request, live()))), 'c')
  })

  it('does not join a request that wants a new answer to one that is under way', async () => {
    const { cache, clock } = createCachedChat()
    const upstream = createUpstream(clock, slowly)
    const chat = cache.middleware(upstream.chat)
    const readers = [collect(chat(request, live()))]
    await settle()
    readers.push(collect(chat({ ...request, cache: 'refresh' }, live())))
    await clock.advance(100)
    await Promise.all(readers)
    assert.equal(upstream.calls.length, 2)
  })

  it('reads no further ahead than its quickest reader wants', async () => {
    const { cache, clock } = createCachedChat()
    let given = 0
    const upstream = createUpstream(clock, slowly)
    const counting: Chat = async function* counting(asked, signal) {
      for await (const part of upstream.chat(asked, signal)) {
        given++
        yield part
      }
    }
    const reader = cache.middleware(counting)(request, live())[Symbol.asyncIterator]()
    await reader.next()
    await settle()
    assert.equal(given, 1)
    await reader.return?.()
  })

  it('refuses a request that was cancelled before it began', async () => {
    const { cache, clock } = createCachedChat()
    const upstream = createUpstream(clock, slowly)
    const chat = cache.middleware(upstream.chat)
    await assert.rejects(collect(chat(request, AbortSignal.abort())), isCode('cancelled'))
    assert.equal(upstream.calls.length, 0)
  })
})
