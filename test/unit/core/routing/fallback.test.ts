import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { type ErrorCode, errorCodes } from '../../../../src/core/errors.js'
import type { RouteSetting } from '../../../../src/core/routing/routes.js'
import { strategies } from '../../../../src/core/routing/strategies.js'
import { settle } from '../../../fakes/manualClock.js'
import { answered, createRouting, failed, type RoutedOptions, transient } from '../../../fakes/routing.js'

const listed: RouteSetting = { name: 'mine', models: ['one/*', 'two/*', 'three/*'], order: 'listed' }
const room = { contextWindow: 100_000 }
const three: RoutedOptions['connections'] = {
  one: { models: [{ id: 'a', ...room }] },
  two: { models: [{ id: 'b', ...room }] },
  three: { models: [{ id: 'c', ...room }] },
}

function setUp(options: Partial<RoutedOptions> = {}) {
  return createRouting({ connections: three, routes: [listed], ...options })
}

/** After the first failure: which connection answers, and how often the first one was called. */
const follow: Readonly<
  Record<ErrorCode, { readonly model?: string; readonly error?: ErrorCode; readonly calls: number }>
> = {
  'rate-limited': { model: 'one/a', calls: 2 },
  overloaded: { model: 'one/a', calls: 2 },
  timeout: { model: 'two/b', calls: 1 },
  incomplete: { model: 'one/a', calls: 2 },
  'empty-response': { model: 'two/b', calls: 1 },
  'provider-error': { model: 'one/a', calls: 2 },
  unreachable: { model: 'one/a', calls: 2 },
  'engine-failed': { model: 'two/b', calls: 1 },
  'quota-exhausted': { model: 'two/b', calls: 1 },
  unauthorized: { model: 'two/b', calls: 1 },
  forbidden: { model: 'two/b', calls: 1 },
  'not-found': { model: 'two/b', calls: 1 },
  'budget-exceeded': { model: 'two/b', calls: 1 },
  'capability-unsupported': { model: 'two/b', calls: 1 },
  'context-length': { error: 'fallback-exhausted', calls: 1 },
  'content-filtered': { error: 'content-filtered', calls: 1 },
  'invalid-request': { error: 'invalid-request', calls: 1 },
  'not-saved': { error: 'not-saved', calls: 1 },
  cancelled: { error: 'cancelled', calls: 1 },
  'fallback-exhausted': { error: 'fallback-exhausted', calls: 1 },
  'no-model': { error: 'no-model', calls: 1 },
}

describe('after a failure, a route', () => {
  for (const code of errorCodes) {
    const { model, error, calls } = follow[code]
    it(`that is ${code} ${model === undefined ? 'ends' : calls === 2 ? 'tries the same model again' : 'asks the next'}`, async () => {
      const { ask, provider, clock } = await setUp()
      provider('one').answerChats(failed(code, { retryable: true }), answered('again'))
      const answer = ask('mine')
      await clock.advance(5_000)
      const { model: chosen, error: thrown } = await answer
      assert.deepEqual([chosen, thrown?.code, provider('one').chats.length], [model, error, calls])
    })
  }

  it('tries the same model once more only, then the next', async () => {
    const { ask, provider, clock, calls } = await setUp()
    provider('one').answerChats(transient())
    const answer = ask('mine')
    await clock.advance(5_000)
    assert.equal((await answer).model, 'two/b')
    assert.deepEqual(calls(), { one: 2, two: 1, three: 0 })
    assert.match((await answer).reason ?? '', /one\/a failed \(overloaded\), one\/a failed \(overloaded\)$/)
  })

  it('does not try again what says that it must not', async () => {
    const { ask, provider, calls } = await setUp()
    provider('one').answerChats(failed('provider-error', { retryable: false }))
    assert.equal((await ask('mine')).model, 'two/b')
    assert.deepEqual(calls(), { one: 1, two: 1, three: 0 })
  })

  it('waits as long as Retry-After says, but rather asks another model than wait over a second', async () => {
    const short = await setUp()
    short.provider('one').answerChats(transient('rate-limited', 800), answered())
    const answer = short.ask('mine')
    await short.clock.advance(799)
    assert.equal(short.provider('one').chats.length, 1)
    await short.clock.advance(300)
    assert.equal((await answer).model, 'one/a')
    const long = await setUp()
    long.provider('one').answerChats(transient('rate-limited', 5_000), answered())
    assert.equal((await long.ask('mine')).model, 'two/b')
  })

  it('waits longer where there is nobody else to ask', async () => {
    const { ask, provider, clock } = await setUp({ connections: { one: three['one'] ?? { models: [] } } })
    provider('one').answerChats(transient('rate-limited', 30_000), answered('late'))
    const answer = ask('mine')
    await clock.advance(29_999)
    assert.equal(provider('one').chats.length, 1)
    await clock.advance(500)
    assert.equal((await answer).text, 'late')
  })

  it('asks the same model of another connection before other models', async () => {
    const route: RouteSetting = { name: 'mine', models: ['one/*', 'two/*', 'three/*'], order: 'listed' }
    const connections = { ...three, three: { models: [{ id: 'Maker/A:latest', ...room }] } }
    const { ask, provider } = await setUp({ connections, routes: [route] })
    provider('one').answerChats(failed('quota-exhausted'))
    assert.equal((await ask('mine')).model, 'three/Maker/A:latest')
  })

  it('asks nothing else of a connection whose key or quota is at an end', async () => {
    const connections = {
      ...three,
      one: {
        models: [
          { id: 'a', ...room },
          { id: 'b', ...room },
        ],
      },
    }
    const { ask, provider, calls } = await setUp({ connections })
    provider('one').answerChats(failed('quota-exhausted'))
    assert.equal((await ask('mine')).model, 'two/b')
    assert.deepEqual(calls(), { one: 1, two: 1, three: 0 })
  })

  it('asks only a longer model where the request is too long', async () => {
    const connections = {
      one: { models: [{ id: 'a', contextWindow: 10_000 }] },
      two: { models: [{ id: 'b', contextWindow: 10_000 }] },
      three: { models: [{ id: 'c', contextWindow: 20_000 }] },
    }
    const { ask, provider, calls } = await setUp({ connections })
    provider('one').answerChats(failed('context-length'))
    assert.equal((await ask('mine')).model, 'three/c')
    assert.deepEqual(calls(), { one: 1, two: 0, three: 1 })
  })

  it('tries once more with a key that has changed, and once only', async () => {
    const asked: string[] = []
    const refreshKey = async (connection: string) => asked.push(connection) > 0
    const { ask, provider, calls } = await setUp({ router: { refreshKey } })
    provider('one').answerChats(failed('unauthorized'), answered('with the new key'))
    assert.equal((await ask('mine')).text, 'with the new key')
    provider('one').answerChats(failed('unauthorized'))
    assert.equal((await ask('mine')).model, 'two/b')
    assert.deepEqual([asked, calls()], [['one', 'one'], { one: 4, two: 1, three: 0 }])
  })

  it('makes no more than its attempts, and lists them all', async () => {
    const { ask, provider, clock, calls } = await setUp({ routes: [{ ...listed, maxAttempts: 4 }] })
    for (const id of ['one', 'two', 'three']) provider(id).answerChats(transient())
    const answer = ask('mine')
    await clock.advance(10_000)
    const { error, parts } = await answer
    assert.deepEqual([error?.code, parts, calls()], ['fallback-exhausted', [], { one: 2, two: 2, three: 0 }])
    assert.match(
      error?.message ?? '',
      /“mine” found no model.*1\. one\/a: It says overloaded \(overloaded\); 2\. one\/a.*3\. two\/b.*4\. two\/b/,
    )
    assert.ok(error?.cause instanceof AggregateError && error.cause.errors.length === 4)
  })

  it('asks nobody else once the caller has seen a part', async () => {
    const { ask, provider, calls } = await setUp()
    provider('one').answerChats([{ type: 'text', text: 'Half' }, ...transient('incomplete')])
    const { text, model, error } = await ask('mine')
    assert.deepEqual([text, model, error?.code], ['Half', 'one/a', 'incomplete'])
    assert.deepEqual(calls(), { one: 1, two: 0, three: 0 })
  })

  it('counts reasoning as seen, and usage alone not', async () => {
    const usage = { inputTokens: 1, outputTokens: 0, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 }
    const exact = { ...usage, reasoningOutputTokens: 0, accuracy: 'exact' } as const
    const { ask, provider } = await setUp()
    provider('one').answerChats([{ type: 'usage', usage: exact }, ...failed('quota-exhausted')])
    const second = await ask('mine')
    assert.deepEqual([second.model, second.parts.some(({ type }) => type === 'usage')], ['two/b', false])
    provider('two').answerChats([{ type: 'reasoning', text: 'Hm' }, ...failed('engine-failed')])
    assert.equal((await ask('mine')).error?.code, 'engine-failed')
  })

  it('can be cancelled while it waits, and asks nobody after that', async () => {
    const { ask, provider, clock, calls } = await setUp({
      connections: { one: three['one'] ?? { models: [] } },
    })
    provider('one').answerChats(transient('rate-limited', 30_000), answered())
    const caller = new AbortController()
    const before = clock.sleeping()
    const answer = ask('mine', {}, caller.signal)
    await settle()
    assert.equal(clock.sleeping(), before + 1)
    caller.abort()
    assert.equal((await answer).error?.code, 'cancelled')
    assert.deepEqual([calls(), clock.sleeping()], [{ one: 1 }, before])
  })
})

describe('whatever fails in whatever order, a route', () => {
  it('never makes more than its attempts, never asks a model a third time, and gives one whole answer or an error', async () => {
    const outcomes = fc.array(
      fc.constantFrom<ErrorCode | 'ok'>('ok', ...errorCodes.filter((code) => code !== 'cancelled')),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    const scripts = fc.record({ one: outcomes, two: outcomes, three: outcomes })
    await fc.assert(
      fc.asyncProperty(scripts, fc.integer({ min: 1, max: 6 }), async (plan, maxAttempts) => {
        const { ask, provider, clock, calls, decisions } = await setUp({
          routes: [{ ...listed, maxAttempts }],
        })
        for (const id of ['one', 'two', 'three'] as const) {
          provider(id).answerChats(
            ...plan[id].map((code) => (code === 'ok' ? answered(id) : transient(code))),
          )
        }
        const answer = ask('mine')
        await clock.advance(200_000)
        const { parts, text, model, error } = await answer
        const counts = Object.values(calls())
        assert.ok(counts.every((count) => count <= 2))
        assert.ok(counts.reduce((sum, count) => sum + count, 0) <= maxAttempts)
        if (error === undefined) {
          assert.equal(`${text}/`, model?.slice(0, text.length + 1))
          assert.deepEqual(
            parts.map(({ type }) => type),
            ['route', 'text', 'finish'],
          )
        } else assert.deepEqual(parts, [])
        const [decision] = decisions.list()
        assert.equal(decision?.outcome, error === undefined ? 'answered' : 'failed')
        assert.equal(
          decision?.tried.length,
          counts.reduce((sum, count) => sum + count, 0),
        )
        const last = decision?.tried.at(-1)?.code
        if (error !== undefined && error.code !== 'fallback-exhausted') {
          assert.deepEqual([last, strategies[error.code].steps], [error.code, []])
        }
      }),
      { numRuns: 60 },
    )
  })
})
