import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Chat } from '../../../../src/core/chat.js'
import { isModelError } from '../../../../src/core/errors.js'
import { createTokenCounter } from '../../../../src/core/tokens/estimate.js'
import { watchAttempts } from '../../../../src/core/usage/attemptWatch.js'
import { createEstimator } from '../../../../src/core/usage/estimateRequest.js'
import { createRateLimiter } from '../../../../src/core/usage/rateLimiter.js'
import type { RateLimitSettings } from '../../../../src/core/usage/rateUse.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createManualClock, type ManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { answerWith, createPricedModel, createRequest } from '../../../fakes/usagePipeline.js'

const start = Date.UTC(2026, 10, 21, 12)
const model = { connection: 'work', id: 'small' }
const isLimited = (error: unknown) => isModelError(error) && error.code === 'rate-limited'

describe('the rate limiter', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)
  let clock: ManualClock
  beforeEach(() => {
    clock = createManualClock(start)
  })

  /** One window; `sent` has the seconds at which requests were let through. */
  function open(
    settings: RateLimitSettings | undefined,
    answer: Chat = answerWith({}),
    longestWaitMs?: number,
  ) {
    const sent: number[] = []
    const limiter = createRateLimiter({
      database,
      limitsOf: () => settings,
      estimate: createEstimator({ tokens: createTokenCounter() }),
      findModel: () => createPricedModel(),
      clock,
      log: createMemoryLog(),
      ...(longestWaitMs === undefined ? {} : { longestWaitMs: () => longestWaitMs }),
    })
    const limited = watchAttempts(async (request, signal) => {
      const watch = await limiter.admit(request, signal)
      return { request, watches: watch === undefined ? [] : [watch] }
    })
    const chat = limited((request, signal) => {
      sent.push((clock.now() - start) / 1_000)
      return answer(request, signal)
    })
    const ask = async (signal = new AbortController().signal, facts = {}): Promise<void> => {
      for await (const part of chat(createRequest(facts), signal)) if (part.type === 'finish') return
    }
    return { limiter, sent, ask }
  }

  it('lets no more through in any minute than allowed, whatever windows ask when', async () => {
    const script = fc.array(fc.record({ window: fc.nat(1), waitMs: fc.integer({ min: 0, max: 30_000 }) }), {
      maxLength: 25,
    })
    await fc.assert(
      fc.asyncProperty(script, fc.integer({ min: 1, max: 5 }), async (turns, requestsPerMinute) => {
        database.exec('DELETE FROM rate_use')
        clock = createManualClock(start)
        const windows = [open({ requestsPerMinute }), open({ requestsPerMinute })]
        for (const { window, waitMs } of turns) {
          await clock.advance(waitMs)
          windows[window]?.ask().catch(() => undefined)
        }
        await clock.advance(120_000)
        const sent = windows.flatMap((window) => window.sent).toSorted((a, b) => a - b)
        for (const [index, at] of sent.entries()) {
          const last = sent[index + requestsPerMinute]
          assert.ok(last === undefined || last - at >= 60, sent.join(', '))
        }
      }),
      { numRuns: 40 },
    )
  })

  it('lets those who wait through in their order, as soon as the minute is over', async () => {
    const window = open({ requestsPerMinute: 2 })
    const done: number[] = []
    for (let turn = 0; turn < 4; turn++) void window.ask().then(() => done.push(turn))
    await clock.advance(60_000)
    assert.deepEqual(
      [window.sent, done],
      [
        [0, 0],
        [0, 1],
      ],
    )
    await clock.advance(1_000)
    assert.deepEqual(
      [window.sent, done],
      [
        [0, 0, 61, 61],
        [0, 1, 2, 3],
      ],
    )
  })

  it('says what holds a request back that would wait for too long, and for how long', async () => {
    const window = open({ requestsPerMinute: 1 }, answerWith({}), 30_000)
    await window.ask()
    await assert.rejects(window.ask(), (error) => {
      assert.ok(isModelError(error))
      assert.equal(
        error.message,
        'You allow work one request a minute, and it is used. Try again in 61 s, or choose another model.',
      )
      assert.deepEqual([error.code, error.retryAfterMs, error.retryable], ['rate-limited', 61_000, true])
      return true
    })
  })

  it('gives up on those who wait behind others for too long', async () => {
    const window = open({ requestsPerMinute: 1 }, answerWith({}), 60_000)
    await window.ask()
    await clock.advance(2_000)
    const waiting = [window.ask(), window.ask()].map((asked) => asked.catch((error: unknown) => error))
    await clock.advance(59_000)
    assert.deepEqual(window.sent, [0, 61])
    await clock.advance(1_000)
    const [first, second] = await Promise.all(waiting)
    assert.equal(first, undefined)
    assert.ok(isLimited(second))
  })

  it('lets a waiting request be cancelled at once, and the next one take its place', async () => {
    const window = open({ requestsPerMinute: 1 })
    await window.ask()
    await clock.advance(10_000)
    const leaving = new AbortController()
    const first = window.ask(leaving.signal).catch((error: unknown) => error)
    const second = window.ask()
    await clock.advance(1_000)
    leaving.abort()
    const error = await first
    assert.ok(isModelError(error) && error.code === 'cancelled')
    await clock.advance(50_000)
    await second
    assert.deepEqual(window.sent, [0, 61])
    assert.equal(clock.sleeping(), 0)
  })

  it('counts tokens as they were used, not as they were estimated', async () => {
    const window = open({ tokensPerMinute: 2_500 }, answerWith({ inputTokens: 10, outputTokens: 90 }), 1_000)
    for (let turn = 0; turn < 15; turn++) await window.ask()
    await assert.rejects(window.ask(), isLimited)
    assert.equal(window.sent.length, 15)
  })

  it('lets a request that is larger than the whole limit go alone', async () => {
    const window = open({ tokensPerMinute: 100 }, answerWith({ inputTokens: 10, outputTokens: 900 }), 1_000)
    await window.ask()
    await assert.rejects(window.ask(), isLimited)
  })

  it('does not ask where a provider said that nothing is left, until it is', async () => {
    const window = open(undefined)
    window.limiter.state(model, {
      at: clock.now(),
      limits: [{ unit: 'requests', window: 'minute', limit: 10, remaining: 2, resetMs: 30_000 }],
    })
    const other = open(undefined)
    const asked = [window.ask(), other.ask(), window.ask()]
    assert.equal(other.limiter.check(createPricedModel(), createRequest())?.until, start + 30_000)
    await clock.advance(29_999)
    assert.deepEqual([window.sent, other.sent], [[0], [0]])
    await clock.advance(1)
    await Promise.all(asked)
    assert.deepEqual([window.sent, other.sent], [[0, 30], [0]])
    assert.equal(other.limiter.check(createPricedModel(), createRequest()), undefined)
  })

  it('does not ask before the pause is over that a provider asked for', async () => {
    const window = open(undefined)
    window.limiter.state(model, { at: clock.now(), limits: [], retryAfterMs: 40_000 })
    const asked = window.ask()
    await clock.advance(39_999)
    assert.deepEqual(window.sent, [])
    await clock.advance(1)
    await asked
    window.limiter.state(model, { at: clock.now(), limits: [], retryAfterMs: 3_600_000 })
    await assert.rejects(window.ask(), (error) => isModelError(error) && error.retryAfterMs === 3_600_000)
  })

  it('believes the newest answer, whichever comes first', async () => {
    const window = open(undefined)
    const statement = (at: number, remaining: number) => ({
      at,
      limits: [{ unit: 'tokens' as const, remaining, resetMs: 60_000, limit: 100_000 }],
    })
    window.limiter.state(model, statement(clock.now(), 100_000))
    window.limiter.state(model, statement(clock.now() - 1, 0))
    assert.equal(window.limiter.check(createPricedModel(), createRequest()), undefined)
    window.limiter.state(model, statement(clock.now() + 1, 10))
    assert.equal(window.limiter.check(createPricedModel(), createRequest())?.code, 'rate-limited')
  })

  it('holds nobody back for hours when the clock is put back', async () => {
    const window = open({ requestsPerMinute: 1 }, answerWith({}), 1_000)
    await window.ask()
    clock.jump(-3_600_000)
    await window.ask()
    await assert.rejects(window.ask(), isLimited)
    assert.equal(window.sent.length, 2)
  })

  it('holds nobody back where there is nothing to count in', async () => {
    const window = open({ requestsPerMinute: 1 })
    database.dispose()
    await window.ask()
    await window.ask()
    assert.equal(window.sent.length, 2)
  })
})
