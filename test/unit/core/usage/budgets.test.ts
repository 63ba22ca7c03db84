import assert from 'node:assert/strict'
import type { Chat } from '../../../../src/core/chat.js'
import { dayMs, hourMs } from '../../../../src/core/durations.js'
import { isModelError, ModelError } from '../../../../src/core/errors.js'
import type { Budget } from '../../../../src/core/usage/budget.js'
import { renewEveryMs } from '../../../../src/core/usage/reservationRenewal.js'
import { openingLines, useDatabaseFolder, useOpenDatabase } from '../../../fakes/databases.js'
import { runElsewhere } from '../../../fakes/elsewhere.js'
import { createManualClock, type ManualClock } from '../../../fakes/manualClock.js'
import { readBlocks } from '../../../fakes/pages.js'
import {
  answerWith,
  createBudget,
  createPricedModel,
  createRequest,
  createUsagePipeline,
  type UsagePipelineOptions,
} from '../../../fakes/usagePipeline.js'

/** With the model of the fakes: 0.01 USD, and at most as much is reserved but for the input. */
const cent = answerWith({ outputTokens: 1_000 })

const isExceeded = (error: unknown): error is ModelError =>
  isModelError(error) && error.code === 'budget-exceeded'

describe('budgets', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)
  let clock: ManualClock
  beforeEach(() => {
    clock = createManualClock(Date.UTC(2026, 10, 21, 12))
  })

  const open = (budgets: readonly Budget[], facts: Partial<UsagePipelineOptions> = {}) =>
    createUsagePipeline({ database, clock, budgets, answer: cent, ...facts })
  const statusOf = (window: ReturnType<typeof open>) =>
    window.budgets.status().map(({ scopeValue, spent, reserved }) => [scopeValue, spent, reserved])

  it('settle what an attempt used in place of what was reserved for it', async () => {
    let during: unknown
    const window = open([createBudget()], {
      answer: async function* answer(request, signal) {
        during = window.budgets.status().map(({ spent, reserved }) => [spent, reserved > 0.01])
        yield* answerWith({ inputTokens: 1_000, outputTokens: 1 })(request, signal)
      },
    })
    await window.ask()
    assert.deepEqual(during, [[0, true]])
    assert.deepEqual(statusOf(window), [['', 0.00101, 0]])
  })

  it('refuse what does not fit, and name the budget, what is used, by whom, and when it begins anew', async () => {
    const window = open([createBudget({ limit: 0.045, timeZone: 'Europe/Berlin' })])
    for (let turn = 0; turn < 3; turn++) await window.ask()
    await window.ask({ caller: { door: 'gateway', terminal: 'zsh' } })
    await assert.rejects(window.ask(), (error) => {
      assert.ok(isExceeded(error))
      assert.match(
        error.message,
        /^The budget “Month” of \$0\.0450 a month does not allow this request: \$0\.0400 used, and it may use \$0\.0100\. Used by acme\.helper \$0\.0300, zsh \$0\.0100\. It begins anew on 1 Dec 2026, 00:00 \(Europe\/Berlin\)\. Choose a cheaper model, allow shorter answers \(maxOutputTokens\), or raise the budget\.$/,
      )
      return true
    })
    assert.deepEqual(statusOf(window), [['', 0.04, 0]])
  })

  it('let no more of fifty concurrent requests through than the last dollar pays for', async () => {
    const answers: (() => void)[] = []
    const answer: Chat = async function* wait(request, signal) {
      await new Promise<void>((resolve) => void answers.push(resolve))
      yield* answerWith({ outputTokens: 10_000 })(request, signal)
    }
    const window = open([createBudget({ limit: 1 })], {
      answer,
      models: [createPricedModel({ maxOutputTokens: 10_000 })],
    })
    const parameters = { maxOutputTokens: 10_000 }
    const asked = Array.from({ length: 50 }, () => window.ask({ parameters }))
    const settled = Promise.allSettled(asked)
    await new Promise((resolve) => void setImmediate(resolve))
    for (const go of answers) go()
    const outcomes = await settled
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 9)
    assert.ok(outcomes.every((outcome) => outcome.status === 'fulfilled' || isExceeded(outcome.reason)))
    assert.deepEqual(statusOf(window), [['', 0.9, 0]])
  })

  it('are never exceeded by eight processes that ask at once, of which none finds the database busy', async () => {
    const source = `${openingLines(folder.path)}
import { answerWith, createBudget, createUsagePipeline } from 'test/fakes/usagePipeline.ts'
const budgets = [createBudget({ timeZone: 'UTC' })]
const window = createUsagePipeline({ database, clock: createClock(), budgets, answer: answerWith({ outputTokens: 1_000 }) })
const said = {}
for (let turn = 0; turn < 40; turn++) {
  const code = await window.ask().then(() => 'answered', (error) => error.code ?? String(error))
  said[code] = (said[code] ?? 0) + 1
}
for (const { level, message } of window.log.lines) said[level + ' ' + message] = 1
window.ledger.dispose()
database.dispose()
console.log(JSON.stringify(said))`
    const said = await Promise.all(Array.from({ length: 8 }, () => runElsewhere(source)))
    const results = said.map((line): unknown => JSON.parse(line))
    const totals: Record<string, number> = {}
    for (const result of results)
      for (const [name, count] of Object.entries(Object(result)))
        totals[name] = (totals[name] ?? 0) + Number(count)
    const { answered = 0, 'budget-exceeded': refused = 0, ...others } = totals
    assert.deepEqual([answered + refused, others], [320, {}])
    assert.ok(answered > 80 && answered < 100, `${answered}`)
    const sums = database.get(
      'SELECT (SELECT sum(spent) FROM budget_counter) AS spent, (SELECT sum(reserved) FROM budget_counter) AS reserved, sum(cost) AS cost FROM attempt',
    )
    assert.deepEqual([sums?.['spent'], sums?.['reserved']], [sums?.['cost'], 0])
    assert.equal(sums?.['cost'], answered * 1e7)
  })

  it('begin anew with the next window, also on days on which clocks change', async () => {
    const budget = createBudget({ limit: 0.015, window: 'day', timeZone: 'Europe/Berlin' })
    clock = createManualClock(Date.parse('2026-10-24T22:30:00Z'))
    const window = open([budget])
    await window.ask()
    await clock.advance(24 * hourMs)
    await assert.rejects(window.ask(), isExceeded)
    await clock.advance(0.5 * hourMs)
    await window.ask()
  })

  it('count nothing twice and nothing negative when the clock jumps', async () => {
    const window = open([createBudget({ limit: 0.045, window: 'day' })])
    await window.ask()
    for (const jump of [hourMs, -2 * hourMs, dayMs, -dayMs, -dayMs, dayMs, hourMs]) {
      clock.jump(jump)
      await window.ask({ parameters: { maxOutputTokens: 1 } }).catch(() => undefined)
      for (const { spent, reserved } of window.budgets.status()) assert.ok(spent >= 0 && reserved === 0)
    }
    const total = database.get(
      'SELECT sum(spent) AS spent, (SELECT sum(cost) FROM attempt) AS cost FROM budget_counter',
    )
    assert.equal(total?.['spent'], total?.['cost'])
  })

  it('count what was used before they were set up', async () => {
    await open([]).ask()
    const window = open([createBudget({ limit: 0.015 })])
    assert.deepEqual(statusOf(window), [['', 0.01, 0]])
    await assert.rejects(window.ask(), isExceeded)
  })

  it('agree between windows that have different budgets', async () => {
    const first = open([createBudget({ id: 'a' })])
    await first.ask()
    const second = open([createBudget({ id: 'b', window: 'day' }), createBudget({ id: 'c' })])
    await second.ask()
    await first.ask()
    assert.deepEqual(statusOf(second), [
      ['', 0.03, 0],
      ['', 0.03, 0],
    ])
  })

  it('keep to their scopes', async () => {
    const scoped = (kind: Budget['scope']['kind'], value?: string) =>
      createBudget({
        id: kind,
        unit: 'requests',
        limit: 10,
        scope: value === undefined ? { kind } : { kind, value },
      })
    const window = open(
      [
        scoped('provider', 'scripted'),
        scoped('connection', 'home'),
        scoped('model', 'work/small'),
        scoped('workspace'),
        scoped('caller', 'zsh'),
      ],
      { models: [createPricedModel(), createPricedModel({ connection: 'home' })] },
    )
    await window.ask({ caller: { door: 'gateway', terminal: 'zsh', workspace: 'one' } })
    await window.ask({ caller: { door: 'languageModel', extension: 'acme.helper', workspace: 'two' } })
    await window.ask({ model: { connection: 'home', id: 'small' } })
    assert.deepEqual(statusOf(window), [
      ['scripted', 3, 0],
      ['home', 1, 0],
      ['work/small', 2, 0],
      ['one', 1, 0],
      ['two', 1, 0],
      ['zsh', 1, 0],
    ])
  })

  it('count tokens and requests of failed and cancelled attempts, too', async () => {
    const answer: Chat = async function* fail() {
      yield { type: 'text', text: 'some words' }
      throw new ModelError({ code: 'incomplete', message: 'It ended early.' })
    }
    const window = open(
      [createBudget({ unit: 'tokens', limit: 1e6 }), createBudget({ unit: 'requests', limit: 9 })],
      { answer },
    )
    await assert.rejects(window.ask(), { code: 'incomplete' })
    const parts = window.chat(createRequest(), new AbortController().signal)
    for await (const part of parts) if (part.type === 'text') break
    const [tokens, requests] = window.budgets.status()
    assert.ok((tokens?.spent ?? 0) > 4)
    assert.deepEqual([tokens?.reserved, requests?.spent, requests?.reserved], [0, 2, 0])
  })

  it('refuse a model whose price nobody knows, unless the user lets them', async () => {
    const models = [createPricedModel({ pricing: {} })]
    await assert.rejects(
      open([createBudget()], { models }).ask(),
      (error) => isExceeded(error) && error.message.startsWith('Nobody knows the price of Small'),
    )
    await open([createBudget({ unknownPrice: 'allow' })], { models }).ask()
    await open([createBudget({ kind: 'soft' })], { models }).ask()
    await open([createBudget({ unit: 'tokens', limit: 1e6 })], { models }).ask()
    assert.equal([...open([]).ledger.read({ from: 0, to: 9e15 })].length, 3)
  })

  it('hold for a model whose connection has not been listed yet', async () => {
    const window = open([createBudget({ limit: 0.005 })], { models: [], unlisted: [createPricedModel()] })
    await assert.rejects(window.ask(), isExceeded)
  })

  it('let what costs nothing pass when they are exhausted', async () => {
    const models = [createPricedModel(), createPricedModel({ id: 'free', location: 'local', pricing: {} })]
    const window = open([createBudget({ limit: 0.011 })], { models })
    await window.ask()
    await assert.rejects(window.ask(), isExceeded)
    await window.ask({ model: { connection: 'work', id: 'free' } })
  })

  it('refuse nothing when they are soft', async () => {
    const window = open([createBudget({ kind: 'soft', limit: 0.001 })])
    for (let turn = 0; turn < 3; turn++) await window.ask()
    assert.deepEqual(statusOf(window), [['', 0.03, 0]])
  })

  it('warn at each threshold once, in one of all windows, and again in the next window of time', async () => {
    const budgets = [createBudget({ kind: 'soft', limit: 0.05, window: 'day', warnAt: [0.5, 0.8, 1] })]
    const windows = [open(budgets), open(budgets)]
    const heard = () => windows.flatMap(({ warnings }) => warnings.map(({ share }) => share))
    for (let turn = 0; turn < 8; turn++) await windows[turn % 2]?.ask()
    assert.deepEqual(
      heard().toSorted((a, b) => a - b),
      [0.5, 0.8, 1],
    )
    const [first] = windows.flatMap(({ warnings }) => warnings)
    assert.match(
      first?.message ?? '',
      /^\d+ % of the budget “Month” is used: \$0\.0\d00 of \$0\.0500 until 22 Nov 2026, 00:00 \(UTC\)\.$/,
    )
    await clock.advance(dayMs)
    for (let turn = 0; turn < 3; turn++) await windows[turn % 2]?.ask()
    assert.deepEqual(
      heard().toSorted((a, b) => a - b),
      [0.5, 0.5, 0.8, 1],
    )
  })

  it('refuse what they cannot reserve on a full disk when they are hard, and go on when there is space', async () => {
    const hard = open([createBudget({ limit: 1_000 })])
    const soft = open([createBudget({ kind: 'soft' })])
    await soft.ask()
    const pages = Number(database.get('PRAGMA page_count')?.['page_count'])
    database.exec(`PRAGMA max_page_count = ${pages}`)
    // Another program fills what is left of the last page.
    const fill = () => database.run('INSERT INTO budget_warning VALUES (hex(randomblob(99)), 1, 1, 1)')
    assert.throws(() => {
      for (let row = 0; row < 1_000; row++) fill()
    })
    await assert.rejects(
      async () => {
        for (let turn = 0; turn < 5_000; turn++) await hard.ask()
      },
      (error) =>
        isModelError(error) &&
        error.code === 'not-saved' &&
        /^The hard budget “Month” cannot be kept, so nothing is asked\. .*full/.test(error.message),
    )
    await soft.ask()
    database.exec('PRAGMA max_page_count = 1000000')
    await soft.ask()
    await hard.ask()
    // What was reserved ahead goes back a moment later, and with the next renewal what a full disk has kept.
    await clock.advance(renewEveryMs)
    const [left] = hard.budgets.status()
    const costs = database.get('SELECT sum(cost) / 1e9 AS usd FROM attempt')
    assert.deepEqual([left?.spent, left?.reserved], [costs?.['usd'], 0])
  })

  it('keep a ranking from what they would refuse, with the reason and the time', async () => {
    const unpriced = createPricedModel({ id: 'unpriced', pricing: {} })
    const free = createPricedModel({ id: 'free', location: 'local', pricing: {} })
    const window = open([createBudget({ limit: 0.015 })], { models: [createPricedModel(), unpriced, free] })
    const obstacles = () =>
      [createPricedModel(), unpriced, free].map((model) => {
        const obstacle = window.budgets.check(model, createRequest())
        return obstacle === undefined ? 'open' : [obstacle.code, obstacle.until]
      })
    assert.deepEqual(obstacles(), ['open', ['price-unknown', undefined], 'open'])
    await window.ask()
    const until = Date.UTC(2026, 11, 1)
    assert.deepEqual(obstacles(), [['budget-exhausted', until], ['price-unknown', undefined], 'open'])
    const exhausted = window.budgets.check(createPricedModel(), createRequest())
    assert.doesNotMatch(exhausted?.message ?? '', /Used by/)
    assert.match(
      exhausted?.inFull?.() ?? '',
      /may use \$0\.0100\. Used by acme\.helper \$0\.0100\. It begins anew/,
    )
    assert.equal(open([createBudget({ kind: 'soft' })]).budgets.check(unpriced, createRequest()), undefined)
  })

  it('say of what is more than all of a budget that waiting is of no use', async () => {
    const model = createPricedModel({ maxOutputTokens: 200_000 })
    const window = open([createBudget()], { models: [model] })
    const isUseless =
      /\$0\.00 used, and it may use \$2\.00\. That is more than all of it\. Choose a cheaper model, allow/
    const long = { parameters: { maxOutputTokens: 200_000 } }
    await assert.rejects(window.ask(long), (error) => isExceeded(error) && isUseless.test(error.message))
    const obstacle = window.budgets.check(model, createRequest(long))
    assert.deepEqual([obstacle?.code, obstacle?.until], ['budget-exhausted', undefined])
    assert.match(obstacle?.message ?? '', isUseless)
    const inTokens = open([createBudget({ unit: 'tokens', limit: 100_000 })], { models: [model] })
    await assert.rejects(
      inTokens.ask(long),
      /That is more than all of it\. Allow shorter answers \(maxOutputTokens\), or raise/,
    )
  })

  it('do not touch a request that no budget is about', async () => {
    const window = open([createBudget({ scope: { kind: 'connection', value: 'elsewhere' } })])
    await window.ask()
    assert.equal(database.get('SELECT count(*) AS n FROM budget_reservation')?.['n'], 0)
    assert.equal(database.get('SELECT count(*) AS n FROM budget_counter')?.['n'], 0)
  })
})

describe('docs/usage.md', () => {
  it('shows what its examples really say', async () => {
    const examples = readBlocks('usage.md', 'js')
    assert.equal(examples.length, 3)
    const said = await Promise.all(examples.map((example) => runElsewhere(example)))
    assert.deepEqual(said, readBlocks('usage.md', 'text'))
  })
})
