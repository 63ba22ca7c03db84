import assert from 'node:assert/strict'
import type { Chat } from '../../../../src/core/chat.js'
import { ModelError } from '../../../../src/core/errors.js'
import type { Clock } from '../../../../src/core/ports.js'
import { createTokenCounter } from '../../../../src/core/tokens/estimate.js'
import type { AttemptRecord } from '../../../../src/core/usage/attemptRecord.js'
import { watchAttempts } from '../../../../src/core/usage/attemptWatch.js'
import { createMeter } from '../../../../src/core/usage/meter.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { answerWith, createPricedModel, createRequest, createUsage } from '../../../fakes/usagePipeline.js'

function setUp(answer: (clock: Clock) => Chat) {
  const clock = createManualClock()
  const records: AttemptRecord[] = []
  const tokens = createTokenCounter()
  const watch = createMeter({
    ledger: { append: (record) => records.push(record) > 0 },
    findModel: () => createPricedModel(),
    tokens,
    clock,
    createId: () => 'made-here',
  })
  const metered = watchAttempts(async (request, signal) => ({ request, watches: [watch(request, signal)] }))
  const chat = metered(answer(clock))
  const caller = new AbortController()
  return { clock, records, caller, run: (facts = {}) => chat(createRequest(facts), caller.signal) }
}

const drain = async (parts: AsyncIterable<unknown>): Promise<unknown[]> => {
  const all: unknown[] = []
  for await (const part of parts) all.push(part)
  return all
}

const fails =
  (code: 'unauthorized' | 'timeout' | 'rate-limited', ...before: string[]): (() => Chat) =>
  () =>
    async function* answer() {
      for (const text of before) yield { type: 'text', text }
      throw new ModelError({ code, message: 'It failed.' })
    }

describe('the meter', () => {
  it('records an answer with its tokens, money and times once it has ended', async () => {
    const { clock, records, run } = setUp(
      (time) =>
        async function* answer() {
          yield { type: 'route', model: { connection: 'work', id: 'small' }, reason: 'asked for' }
          await time.sleep(200)
          yield { type: 'text', text: 'Hello' }
          await time.sleep(800)
          yield {
            type: 'usage',
            usage: createUsage({ inputTokens: 1_000, outputTokens: 100, reasoningOutputTokens: 40 }),
          }
          yield { type: 'finish', reason: 'stop' }
        },
    )
    const start = clock.now()
    const reading = drain(run({ attempt: { requestId: 'r', number: 2, route: 'auto' } }))
    await clock.advance(2_000)
    await reading
    assert.deepEqual(records, [
      {
        at: start,
        requestId: 'r',
        number: 2,
        caller: { door: 'languageModel', extension: 'acme.helper' },
        route: 'auto',
        provider: 'scripted',
        model: { connection: 'work', id: 'small' },
        tokens: {
          uncachedInput: 1_000,
          cacheRead: 0,
          cacheWriteShort: 0,
          cacheWriteLong: 0,
          visibleOutput: 60,
          reasoningOutput: 40,
        },
        accuracy: 'exact',
        cost: { usd: 0.002, source: 'catalog' },
        latencyMs: 1_000,
        firstPartMs: 200,
        outcome: { kind: 'success' },
        isCacheHit: false,
        // Reasoning that was not shown cannot be estimated: input alone is compared.
        estimate: { estimated: 6, exact: 1_000 },
      },
    ])
  })

  it('compares its estimate with an exact count, and with no other', async () => {
    const compare = async (usage: Parameters<typeof createUsage>[0], facts: object = {}) => {
      const { records, run } = setUp(
        () =>
          async function* answer() {
            yield { type: 'text', text: 'Hello there' }
            yield { type: 'usage', usage: createUsage(usage) }
            yield { type: 'finish', reason: 'stop' }
          },
      )
      await drain(run(facts))
      return records[0]?.estimate
    }
    const exact = { inputTokens: 10, outputTokens: 4, reasoningOutputTokens: 0 }
    const estimate = await compare(exact)
    assert.equal(estimate?.exact, 14)
    assert.ok((estimate?.estimated ?? 0) > 6, 'input and output are estimated')
    assert.equal(await compare({ ...exact, accuracy: 'estimated' }), undefined)
    const image = { type: 'data', mimeType: 'image/png', data: new Uint8Array([1]) } as const
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, image] }]
    assert.equal(await compare(exact, { messages }), undefined)
  })

  it('says what was asked for where that is no chat', async () => {
    const { records, run } = setUp(() => answerWith({ inputTokens: 5 }))
    await drain(run({ operation: 'embeddings' }))
    assert.equal(records[0]?.operation, 'embeddings')
  })

  it('estimates what a provider does not say, and tells the caller', async () => {
    const { records, run } = setUp(
      () =>
        async function* answer() {
          yield { type: 'text', text: 'one two three four' }
          yield { type: 'finish', reason: 'stop' }
        },
    )
    const parts = await drain(run())
    const [record] = records
    assert.equal(record?.accuracy, 'estimated')
    assert.ok(record.tokens.uncachedInput > 0 && record.tokens.visibleOutput >= 4)
    assert.deepEqual(parts.slice(1), [
      {
        type: 'usage',
        usage: createUsage({
          inputTokens: record.tokens.uncachedInput,
          outputTokens: record.tokens.visibleOutput,
          accuracy: 'estimated',
        }),
      },
      { type: 'finish', reason: 'stop' },
    ])
  })

  it('puts its own estimate in place of what a provider has only guessed, and keeps what was counted', async () => {
    const question = '日本語の質問です。'.repeat(50)
    const messages = [{ role: 'user', content: [{ type: 'text', text: question }] }] as const
    const guess = {
      inputTokens: 7,
      outputTokens: 3,
      reasoningOutputTokens: 1,
      accuracy: 'estimated',
    } as const
    for (const [guessed, keepsInput, keepsOutput] of [
      [['inputTokens', 'outputTokens'], false, false],
      [['inputTokens'], false, true],
      [['outputTokens'], true, false],
    ] as const) {
      const { records, run } = setUp(() => answerWith({ ...guess, guessed }))
      const parts = await drain(run({ messages }))
      const [record] = records
      assert.ok(record)
      const { uncachedInput, visibleOutput, reasoningOutput } = record.tokens
      assert.equal(uncachedInput === 7, keepsInput, `${uncachedInput} of input`)
      assert.ok(keepsInput || uncachedInput > question.length / 4, `${uncachedInput} of input`)
      assert.equal(visibleOutput + reasoningOutput === 3, keepsOutput, `${visibleOutput} of output`)
      const usage = createUsage({
        ...guess,
        inputTokens: uncachedInput,
        outputTokens: visibleOutput + reasoningOutput,
      })
      assert.equal(record.accuracy, 'estimated')
      assert.deepEqual(parts.slice(1), [
        { type: 'usage', usage },
        { type: 'finish', reason: 'stop' },
      ])
    }
  })

  it('estimates a total that cannot be, says so, and keeps the one that can', async () => {
    for (const value of [0, -5, 0.2, 2 ** 53, 1e19, Infinity, Number.NaN]) {
      const { records, run } = setUp(() => answerWith({ inputTokens: 7, outputTokens: value }))
      const parts = await drain(run())
      const [record] = records
      const output = record?.tokens.visibleOutput ?? 0
      assert.ok(output > 0 && output < 10, `${value}: ${output}`)
      assert.deepEqual([record?.tokens.uncachedInput, record?.accuracy], [7, 'estimated'])
      assert.equal(record?.cost?.usd.toFixed(9), (7e-6 + output * 1e-5).toFixed(9))
      const usage = createUsage({ inputTokens: 7, outputTokens: output, accuracy: 'estimated' })
      assert.deepEqual(parts[1], { type: 'usage', usage })
    }
  })

  it('estimates a prompt without tokens, for no request is empty', async () => {
    const { records, run } = setUp(() => answerWith({ inputTokens: 0, outputTokens: 5 }))
    await drain(run())
    assert.ok((records[0]?.tokens.uncachedInput ?? 0) > 0)
    assert.deepEqual([records[0]?.tokens.visibleOutput, records[0]?.accuracy], [5, 'estimated'])
  })

  it('takes an estimate as it is where its provider has counted', async () => {
    const counted = createUsage({ inputTokens: 7, outputTokens: 3, accuracy: 'estimated' })
    const { records, run } = setUp(() => answerWith(counted))
    const parts = await drain(run())
    assert.deepEqual(parts[1], { type: 'usage', usage: counted })
    assert.equal(records[0]?.tokens.uncachedInput, 7)
  })

  it('estimates what was guessed of an answer that broke off', async () => {
    const guess = createUsage({
      outputTokens: 1,
      accuracy: 'estimated',
      guessed: ['inputTokens', 'outputTokens'],
    })
    const { records, run } = setUp(
      () =>
        async function* answer() {
          yield { type: 'text', text: 'one two three four' }
          yield { type: 'usage', usage: guess }
          throw new ModelError({ code: 'incomplete', message: 'It broke off.' })
        },
    )
    await assert.rejects(drain(run()), { code: 'incomplete' })
    const { uncachedInput = 0, visibleOutput = 0 } = records[0]?.tokens ?? {}
    assert.ok(uncachedInput > 0 && visibleOutput >= 4)
  })

  it('records a failure with its code, and passes it on', async () => {
    const { records, run } = setUp(fails('rate-limited'))
    await assert.rejects(drain(run()), { code: 'rate-limited' })
    assert.equal(records.length, 1)
    assert.deepEqual(records[0]?.outcome, { kind: 'failure', code: 'rate-limited' })
    assert.equal(records[0].cost?.usd, 0)
    assert.equal(records[0].firstPartMs, undefined)
  })

  it('estimates what a failed answer used where the provider had begun to work, and nothing where it refused', async () => {
    for (const [code, before, used] of [
      ['timeout', [], true],
      ['rate-limited', ['Hello'], true],
      ['unauthorized', [], false],
    ] as const) {
      const { records, run } = setUp(fails(code, ...before))
      await assert.rejects(drain(run()), { code })
      assert.deepEqual(records[0]?.outcome, { kind: 'failure', code })
      assert.equal((records[0]?.tokens.uncachedInput ?? 0) > 0, used)
    }
  })

  it('records an answer that its reader leaves as cancelled, with what had come', async () => {
    const { records, run } = setUp(() => answerWith({ inputTokens: 5, outputTokens: 5 }))
    for await (const part of run()) if (part.type === 'text') break
    assert.deepEqual(records[0]?.outcome, { kind: 'cancelled', code: 'cancelled' })
    assert.ok((records[0]?.tokens.visibleOutput ?? 0) > 0)
    assert.equal(records.length, 1)
  })

  it('takes every failure of a request that was cancelled for a cancellation', async () => {
    const { caller, records, run } = setUp(fails('timeout'))
    caller.abort()
    await assert.rejects(drain(run()), { code: 'timeout' })
    assert.deepEqual(records[0]?.outcome, { kind: 'cancelled', code: 'cancelled' })
  })

  it('numbers a request that no router has numbered', async () => {
    const { records, run } = setUp(() => answerWith({}))
    await drain(run())
    assert.deepEqual([records[0]?.requestId, records[0]?.number], ['made-here', 1])
  })
})
