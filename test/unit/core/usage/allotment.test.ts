import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Chat, ChatRequest } from '../../../../src/core/chat.js'
import { isModelError } from '../../../../src/core/errors.js'
import type { Budget } from '../../../../src/core/usage/budget.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import {
  createBudget,
  createPricedModel,
  createRequest,
  createUsage,
  createUsagePipeline,
  type UsagePipelineOptions,
} from '../../../fakes/usagePipeline.js'

/** As Chat asks: nothing says how long the answer may be. */
const open: Partial<ChatRequest> = { parameters: {} }

const isExceeded = (error: unknown): error is Error => isModelError(error) && error.code === 'budget-exceeded'

describe('an answer that nobody bounds', () => {
  const database = useOpenDatabase(useDatabaseFolder())

  /** Answers as long as it may, at once or when it is let go. */
  function serve(longest = 128_000) {
    const asked: ChatRequest[] = []
    const held: (() => void)[] = []
    let isHeld = false
    const answer: Chat = async function* answer(request) {
      asked.push(request)
      if (isHeld) await new Promise<void>((resolve) => void held.push(resolve))
      const outputTokens = Math.min(request.parameters?.maxOutputTokens ?? longest, longest)
      yield { type: 'text', text: 'Hello' }
      yield { type: 'usage', usage: createUsage({ inputTokens: 1, outputTokens }) }
      yield { type: 'finish', reason: 'length' }
    }
    return {
      answer,
      limits: () => asked.map(({ parameters }) => parameters?.maxOutputTokens),
      hold: () => void (isHeld = true),
      release() {
        isHeld = false
        for (const go of held.splice(0)) go()
      },
    }
  }

  function openWindow(budgets: readonly Budget[], facts: Partial<UsagePipelineOptions> = {}) {
    const server = serve()
    const window = createUsagePipeline({
      database,
      clock: createManualClock(Date.UTC(2026, 10, 21, 12)),
      budgets,
      models: [createPricedModel({ maxOutputTokens: 128_000 })],
      answer: server.answer,
      ...facts,
    })
    return { ...server, ...window }
  }

  it('is given 8,192 tokens at most, and the server is told so', async () => {
    const window = openWindow([createBudget({ limit: 20 })])
    await window.ask(open)
    assert.deepEqual(window.limits(), [8_192])
    const short = openWindow([createBudget({ limit: 20 })], {
      models: [createPricedModel({ maxOutputTokens: 900 })],
    })
    await window.ask({ parameters: { maxOutputTokens: 20_000 } })
    assert.deepEqual(window.limits(), [8_192, 20_000])
    await short.ask(open)
    assert.equal(short.budgets.status()[0]?.reserved, 0)
  })

  it('is given all that a budget has left if no other request runs, and half of it if one does', async () => {
    const window = openWindow([createBudget({ limit: 0.05 })])
    window.hold()
    const asked = [window.ask(open)]
    await settle()
    const [first = 0] = window.limits()
    assert.ok(first > 4_900 && first < 5_000, `${first}`)
    window.release()
    await Promise.all(asked)
    const other = openWindow([createBudget({ limit: 0.1 })])
    other.hold()
    const more = [other.ask({ parameters: { maxOutputTokens: 1_000 } }), other.ask(open), other.ask(open)]
    await settle()
    const [, half = 0, quarter = 0] = other.limits()
    assert.ok(half > 1_900 && half < 2_050, `${half}`)
    assert.ok(quarter > 900 && quarter < 1_050, `${quarter}`)
    other.release()
    await Promise.all(more)
  })

  it('never makes a budget larger than it is, however many ask at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom('usd' as const, 'tokens' as const),
        async (milliUsd, requests, unit) => {
          database.exec('DELETE FROM budget_counter; DELETE FROM usage_rollup; DELETE FROM attempt')
          const limit = unit === 'usd' ? milliUsd / 1_000 : milliUsd * 100
          const window = openWindow([createBudget({ limit, unit })])
          window.hold()
          const asked = Array.from({ length: requests }, () =>
            window.ask(open).catch((error: unknown) => error),
          )
          await settle()
          window.release()
          await Promise.all(asked)
          const [status] = window.budgets.status()
          assert.ok((status?.spent ?? Infinity) <= limit, `${status?.spent} of ${limit}`)
          assert.equal(status?.reserved, 0)
          assert.ok(window.limits().length > 0, 'one request at least is answered')
        },
      ),
      { numRuns: 25 },
    )
  })

  it('says which budget ended it, and a shorter one that ended by itself does not', async () => {
    const window = openWindow([createBudget({ limit: 0.02 }), createBudget({ id: 'wide', limit: 9 })])
    const parts = await window.ask(open)
    const [tokens] = window.limits()
    assert.deepEqual(parts.at(-1), {
      type: 'finish',
      reason: 'length',
      limitedBy: { tokens, budget: 'Month' },
    })
    const asked = await openWindow([createBudget({ limit: 9 })]).ask({ parameters: { maxOutputTokens: 5 } })
    assert.deepEqual(asked.at(-1), { type: 'finish', reason: 'length' })
  })

  it('is bounded by no soft budget, by none of requests, and by none in money if the model is free', async () => {
    const free = createPricedModel({ location: 'local', pricing: {} })
    for (const [budget, models] of [
      [createBudget({ kind: 'soft', limit: 0.001 }), undefined],
      [createBudget({ unit: 'requests', limit: 3 }), undefined],
      [createBudget({ limit: 0.001 }), [free]],
    ] as const) {
      const window = openWindow([budget], models === undefined ? {} : { models })
      await window.ask(open)
      assert.deepEqual(window.limits(), [undefined])
    }
  })

  it('is refused where not even a short one fits, in words that say so, in a route and by name', async () => {
    const window = openWindow([createBudget({ limit: 0.0001 })])
    const says =
      /\$0\.00 used, and even its shortest answer may use \$0\.000\d\. That is more than all of it\. Choose a cheaper model, send less, or raise the budget\.$/
    await assert.rejects(window.ask(open), (error) => isExceeded(error) && says.test(error.message))
    const model = createPricedModel({ maxOutputTokens: 128_000 })
    assert.match(window.budgets.check(model, createRequest(open))?.message ?? '', says)
    const roomy = openWindow([createBudget({ limit: 0.001 })])
    assert.equal(roomy.budgets.check(model, createRequest(open)), undefined)
  })
})

describe('a hard budget', () => {
  const database = useOpenDatabase(useDatabaseFolder())
  const openWindow = (budgets: readonly Budget[], facts: Partial<UsagePipelineOptions> = {}) =>
    createUsagePipeline({
      database,
      clock: createManualClock(Date.UTC(2026, 10, 21, 12)),
      budgets,
      answer: async function* answer() {
        yield { type: 'text', text: 'Hello' }
        yield { type: 'finish', reason: 'stop' }
      },
      ...facts,
    })

  it('lets a model of unknown price pass where the user allows it for this request', async () => {
    const unpriced = createPricedModel({ pricing: {} })
    const window = openWindow([createBudget()], { models: [unpriced] })
    assert.equal(window.budgets.refusesPrice(createRequest())?.budget.id, 'month')
    await assert.rejects(window.ask(), isExceeded)
    const allowed = { unknownPrice: 'allow' } as const
    assert.equal(window.budgets.refusesPrice(createRequest(allowed)), undefined)
    assert.equal(window.budgets.check(unpriced, createRequest(allowed)), undefined)
    assert.equal((await window.ask(allowed)).length, 3)
    const priced = openWindow([createBudget()])
    assert.equal(priced.budgets.refusesPrice(createRequest()), undefined)
    const lenient = openWindow([createBudget({ unknownPrice: 'allow' })], { models: [unpriced] })
    assert.equal(lenient.budgets.refusesPrice(createRequest()), undefined)
  })

  it('that cannot be read refuses everything, and says what is wrong', async () => {
    const problem = 'roundhouse.budgets[0].limit must be a number.'
    const broken = createBudget({ problem })
    const free = createPricedModel({ location: 'local', pricing: {} })
    const window = openWindow([createBudget({ id: 'good' }), broken], { models: [free] })
    const says = (text: string) =>
      text === `A budget cannot be read, so nothing is asked: ${problem} Correct it in your settings.`
    await assert.rejects(window.ask(), (error) => isExceeded(error) && says(error.message))
    assert.ok(says(window.budgets.check(free, createRequest())?.message ?? ''))
    assert.deepEqual(
      window.budgets.status().map(({ budget }) => budget.id),
      ['good'],
    )
  })
})
