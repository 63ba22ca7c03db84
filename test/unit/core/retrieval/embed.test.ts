import assert from 'node:assert/strict'
import { isModelError, ModelError } from '../../../../src/core/errors.js'
import type { TextsToEmbed } from '../../../../src/core/retrieval/embed.js'
import { live } from '../../../fakes/cachedChat.js'
import { settle } from '../../../fakes/manualClock.js'
import { embedder, openRetrievals, ranker, talker, vectorOf } from '../../../fakes/retrieval.js'
import { createBudget } from '../../../fakes/usagePipeline.js'

const caller = { door: 'api', extension: 'acme.indexer', workspace: 'shop' } as const
const model = { connection: 'work', id: 'embedder' }
const ask = (...texts: string[]): TextsToEmbed => ({ model, texts, caller })
const isError =
  (code: string, message = /./) =>
  (error: unknown) =>
    isModelError(error) && error.code === code && message.test(error.message)
const failing = (code: 'overloaded' | 'timeout' | 'unauthorized', retryable: boolean) => () => {
  throw new ModelError({ code, message: 'It fails.', retryable })
}

describe('embedding texts', () => {
  const open = openRetrievals()
  const work = { models: [embedder, talker, ranker] }

  it('gives one vector for each text in their order, and writes who asked what into the ledger', async () => {
    const { pipeline, rows } = await open({ connections: { work } })
    const answer = await pipeline.embed(ask('a', 'bb'), live())
    assert.deepEqual(answer.embeddings, [vectorOf('a'), vectorOf('bb')])
    assert.deepEqual([answer.model, answer.usage.inputTokens, answer.cachedInputs], [model, 20, 0])
    const [row, ...others] = rows()
    assert.deepEqual(others, [])
    assert.deepEqual(
      [row?.operation, row?.caller, row?.model, row?.tokens.uncachedInput, row?.cost?.usd, row?.outcome],
      ['embeddings', caller, model, 20, 0.000_02, { kind: 'success' }],
    )
  })

  it('estimates what a server cannot have used, and says so to the caller too', async () => {
    for (const statedTokens of [0, -3, 2 ** 53, 1e300]) {
      const { pipeline, rows } = await open({ connections: { work }, statedTokens })
      const { usage } = await pipeline.embed(ask('one two three'), live())
      assert.ok(usage.inputTokens > 1 && usage.inputTokens < 20, `${usage.inputTokens}`)
      const [row] = rows()
      assert.deepEqual([usage.accuracy, row?.accuracy], ['estimated', 'estimated'])
      assert.equal(row?.tokens.uncachedInput, usage.inputTokens)
    }
  })

  it('asks for no text twice, and writes what was there for nothing as a hit of the cache', async () => {
    const { pipeline, of, rows } = await open({ connections: { work } })
    await pipeline.embed(ask('a', 'bb', 'a'), live())
    const again = await pipeline.embed(ask('bb', 'a'), live())
    const more = await pipeline.embed(ask('a', 'ccc'), live())
    assert.deepEqual(
      of('work').asked.map((request) => 'inputs' in request && request.inputs),
      [['a', 'bb'], ['ccc']],
    )
    assert.deepEqual([again.embeddings, again.cachedInputs], [[vectorOf('bb'), vectorOf('a')], 2])
    assert.deepEqual([again.usage.inputTokens, more.usage.inputTokens, more.cachedInputs], [0, 10, 1])
    assert.deepEqual(
      rows().map(({ isCacheHit, operation, tokens, cost }) => [
        isCacheHit,
        operation,
        tokens.uncachedInput,
        cost?.usd,
      ]),
      [
        [false, 'embeddings', 20, 0.000_02],
        [true, 'embeddings', 20, 0],
        [false, 'embeddings', 10, 0.000_01],
      ],
    )
  })

  it('keeps nothing where the user wants that, or the caller', async () => {
    const off = await open({ connections: { work }, cache: { embeddings: false } })
    for (const _ of [1, 2]) await off.pipeline.embed(ask('a'), live())
    assert.equal(off.of('work').asked.length, 2)
    const on = await open({ connections: { work } })
    for (const cache of ['bypass', undefined, 'refresh', undefined] as const)
      await on.pipeline.embed({ ...ask('a'), cache }, live())
    assert.equal(on.of('work').asked.length, 3)
  })

  it('takes the best model that embeds where none is named: on this machine where nothing may leave', async () => {
    const home = { models: [embedder], location: 'local' } as const
    const { pipeline } = await open({ connections: { home, work } })
    const texts = ['a']
    const local = await pipeline.embed({ texts, requirements: { privacy: 'local' }, caller }, live())
    assert.equal(local.model.connection, 'home')
    const only = await open({ connections: { home, work }, isLocalOnly: () => true })
    assert.equal((await only.pipeline.embed({ texts, caller }, live())).model.connection, 'home')
    await assert.rejects(only.pipeline.embed(ask('a'), live()), isError('forbidden', /roundhouse\.localOnly/))
    assert.equal(only.of('work').asked.length, 0)
  })

  it('says who can embed where the model cannot, and how to get one where nobody can', async () => {
    const { pipeline, of, rows } = await open({
      connections: { work, other: { models: [talker], retrieves: false } },
    })
    const talk = (connection: string) => ({ ...ask('a'), model: { connection, id: 'talker' } })
    const unsupported = isError('capability-unsupported', /Talker makes no embeddings\. .*work\/embedder/)
    await assert.rejects(pipeline.embed(talk('other'), live()), unsupported)
    const rank = { ...ask('a'), model: { connection: 'work', id: 'ranker' } }
    await assert.rejects(pipeline.embed(rank, live()), isError('capability-unsupported'))
    assert.deepEqual([of('work').asked, rows()], [[], []])
    const alone = await open({ connections: { other: { models: [talker], retrieves: false } } })
    await assert.rejects(
      alone.pipeline.embed({ texts: ['a'], caller }, live()),
      isError('not-found', /Add a connection/),
    )
    const unknown = { ...ask('a'), model: { connection: 'work', id: 'gone' } }
    await assert.rejects(pipeline.embed(unknown, live()), isError('not-found', /no model "gone"/))
  })

  it('waits for the first list of a connection that was never listed', async () => {
    const { pipeline } = await open({ connections: { work: { ...work, listed: false } } })
    assert.equal((await pipeline.embed(ask('a'), live())).embeddings.length, 1)
  })

  it('tries again what may pass, and no other model: vectors of two models cannot be compared', async () => {
    const { pipeline, of, clock, rows } = await open({ connections: { work, other: work } })
    of('work').meet(failing('overloaded', true), () => {})
    const answer = pipeline.embed(ask('a'), live())
    await clock.advance(10_000)
    assert.deepEqual((await answer).model, model)
    assert.deepEqual(
      rows().map(({ number, outcome }) => [number, outcome.kind]),
      [
        [1, 'failure'],
        [2, 'success'],
      ],
    )
    of('work').meet(failing('unauthorized', false))
    await assert.rejects(pipeline.embed(ask('bb'), live()), isError('unauthorized'))
    assert.equal(of('other').asked.length, 0)
  })

  it('holds to budgets and limits, as a chat does', async () => {
    const budget = createBudget({ limit: 15, unit: 'tokens' })
    const { pipeline, of } = await open({ connections: { work }, budgets: [budget] })
    await pipeline.embed(ask('a'), live())
    await assert.rejects(pipeline.embed(ask('x'.repeat(400)), live()), isError('budget-exceeded', /Month/))
    assert.equal(of('work').asked.length, 1)
    const limited = await open({ connections: { work: { ...work, limits: { requestsPerMinute: 1 } } } })
    await limited.pipeline.embed(ask('a'), live())
    const second = limited.pipeline.embed(ask('bb'), live())
    await settle()
    assert.equal(limited.of('work').asked.length, 1)
    await limited.clock.advance(61_000)
    await second
    assert.equal(limited.of('work').asked.length, 2)
  })

  it('leaves a model alone that keeps failing, until it may be tried again', async () => {
    const { pipeline, of, clock } = await open({ connections: { work } })
    of('work').meet(failing('timeout', false))
    for (const text of ['a', 'bb', 'ccc', 'dddd', 'eeeee'])
      await assert.rejects(pipeline.embed(ask(text), live()), isError('timeout'))
    await assert.rejects(pipeline.embed(ask('a'), live()), isError('overloaded', /failed 5 times in a row/))
    assert.equal(of('work').asked.length, 5)
    of('work').meet(() => {})
    await clock.advance(60_000)
    assert.equal((await pipeline.embed(ask('a'), live())).embeddings.length, 1)
  })

  it('lets so many through at once as the connection may be asked', async () => {
    const { pipeline, of } = await open({ connections: { work: { ...work, limits: { requestsAtOnce: 1 } } } })
    const gate = Promise.withResolvers<undefined>()
    of('work').meet(() => gate.promise)
    const both = [pipeline.embed(ask('a'), live()), pipeline.embed(ask('bb'), live())]
    await settle()
    assert.equal(of('work').asked.length, 1)
    gate.resolve(undefined)
    await Promise.all(both)
    assert.equal(of('work').asked.length, 2)
  })

  it('asks in batches, so that those before a failure are kept', async () => {
    const { pipeline, of, clock } = await open({ connections: { work } })
    const texts = Array.from({ length: 600 }, (_, index) => 'x'.repeat(index + 1))
    of('work').meet(() => {}, failing('unauthorized', false))
    const run = async () => {
      const [result] = await Promise.all([pipeline.embed(ask(...texts), live()), clock.advance(1)])
      return result
    }
    await assert.rejects(run(), isError('unauthorized'))
    of('work').meet(() => {})
    const answer = await run()
    assert.deepEqual(answer.embeddings, texts.map(vectorOf))
    assert.deepEqual([answer.cachedInputs, answer.usage.inputTokens], [512, 880])
  })

  it('ends when its caller cancels, while it waits too, and leaves nothing behind', async () => {
    const { pipeline, of, rows } = await open({ connections: { work } })
    const stop = new AbortController()
    of('work').meet(({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject)))
    const answer = pipeline.embed(ask('a'), stop.signal)
    await settle()
    stop.abort()
    await assert.rejects(answer, isError('cancelled'))
    await settle()
    assert.deepEqual(
      rows().map(({ outcome }) => outcome.kind),
      ['cancelled'],
    )
    await assert.rejects(pipeline.embed(ask('a'), stop.signal), isError('cancelled'))
    of('work').meet(() => {})
    assert.equal((await pipeline.embed(ask('a'), live())).embeddings.length, 1)
  })

  it('takes no text for nothing, and refuses an empty one by its number', async () => {
    const { pipeline, of } = await open({ connections: { work } })
    const none = await pipeline.embed(ask(), live())
    assert.deepEqual([none.embeddings, none.usage.inputTokens], [[], 0])
    await assert.rejects(
      pipeline.embed(ask('a', ''), live()),
      isError('invalid-request', /Number 2 of the 2/),
    )
    assert.equal(of('work').asked.length, 0)
  })
})
