import assert from 'node:assert/strict'
import type { ChatRequest } from '../../../src/core/chat.js'
import { isModelError } from '../../../src/core/errors.js'
import { createPriceQuestion } from '../../../src/vscode/priceQuestion.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'
import { createBudget, createPricedModel, createRequest } from '../../fakes/usagePipeline.js'
import { createScriptedUi, type Move } from './commands/scriptedUi.js'

const requestIn = (conversation?: string): ChatRequest =>
  createRequest({
    caller: { door: 'languageModel', ...(conversation === undefined ? {} : { conversation }) },
  })

function setUp(moves: readonly Move[], { refuses = true, fails = false } = {}) {
  const ui = createScriptedUi(...moves)
  const executed: unknown[] = []
  const question = createPriceQuestion({
    loadBudgets: async () =>
      fails
        ? assert.fail('no database')
        : {
            refusesPrice: () =>
              refuses ? { budget: createBudget(), model: createPricedModel({ pricing: {} }) } : undefined,
          },
    loadUi: async () => ui,
    host: { execute: async (...call) => void executed.push(call) },
    log: createMemoryLog(),
  })
  const send = async (conversation?: string, signal = new AbortController().signal) =>
    (await question(requestIn(conversation), signal)).unknownPrice
  return { ui, executed, send }
}

const allow: Move = { do: 'press', button: 'Allow Once' }
const closeIt: Move = { do: 'close' }
const isCancelled = (error: unknown): boolean => isModelError(error) && error.code === 'cancelled'

describe('createPriceQuestion', () => {
  it('asks once for each conversation, and lets the request pass the budget', async () => {
    const { ui, send } = setUp([allow, allow])
    assert.deepEqual([await send('a'), await send('a'), await send('b')], ['allow', 'allow', 'allow'])
    assert.equal(ui.notices.length, 2)
    const [notice] = ui.notices
    assert.equal(notice?.message, 'The price of Small is unknown.')
    assert.match(notice?.detail ?? '', /hard budget “Month” cannot count what it costs/)
    assert.deepEqual(notice?.buttons, ['Allow Once', 'Set a Price', 'Change the Budget'])
  })

  it('asks once for requests that come together', async () => {
    const { ui, send } = setUp([allow])
    assert.deepEqual(await Promise.all([send('a'), send('a')]), ['allow', 'allow'])
    assert.equal(ui.notices.length, 1)
  })

  for (const [button, key] of [
    ['Set a Price', 'roundhouse.connections'],
    ['Change the Budget', 'roundhouse.budgets'],
  ] as const)
    it(`opens the setting of “${button}”, and sends nothing`, async () => {
      const { executed, send } = setUp([{ do: 'press', button }])
      await assert.rejects(send('a'), isCancelled)
      assert.deepEqual(executed, [
        ['workbench.action.openSettingsJson', { revealSetting: { key, edit: false } }],
      ])
    })

  it('sends nothing where the question is closed, and asks again', async () => {
    const { send } = setUp([closeIt, allow])
    await assert.rejects(send('a'), isCancelled)
    assert.equal(await send('a'), 'allow')
  })

  it('asks nobody where no budget refuses, where there is no conversation, and where budgets cannot be read', async () => {
    assert.equal(await setUp([], { refuses: false }).send('a'), undefined)
    assert.equal(await setUp([]).send(), undefined)
    assert.equal(await setUp([], { fails: true }).send('a'), undefined)
  })

  it('waits no longer than its request', async () => {
    const stop = new AbortController()
    const { send } = setUp([allow])
    stop.abort()
    await assert.rejects(send('a', stop.signal), isCancelled)
  })
})
