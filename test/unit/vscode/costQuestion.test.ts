import assert from 'node:assert/strict'
import type { ChatRequest } from '../../../src/core/chat.js'
import { isModelError } from '../../../src/core/errors.js'
import { formatModelRef, parseModelRef } from '../../../src/core/model.js'
import type { QuoteRequest } from '../../../src/core/usage/quote.js'
import { createCostQuestion } from '../../../src/vscode/costQuestion.js'
import { createPaidRoutes } from '../../../src/vscode/paidRoutes.js'
import type { Memory } from '../../../src/vscode/views/memory.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'
import { createScriptedUi, type Move } from './commands/scriptedUi.js'

const dear = { connection: 'cloud', id: 'dear' }
const small = { ref: { connection: 'cloud', id: 'small' }, name: 'Small', usd: 0.02 }
const quoteDear: QuoteRequest = () => ({ ref: dear, name: 'Dear', usd: 2.5, cheaper: [small] })
const sendIt: Move = { do: 'press', button: 'Send' }
const takeSmall: Move = { do: 'press', button: 'Use Small ($0.02)' }

function requestIn(conversation?: string, model = 'cloud/dear'): ChatRequest {
  return {
    model: parseModelRef(model) ?? assert.fail(),
    messages: [],
    caller: { door: 'languageModel', ...(conversation === undefined ? {} : { conversation }) },
  }
}

function createMemory() {
  const values = new Map<string, unknown>()
  return {
    get: (key: string) => values.get(key),
    async update(key: string, value: unknown) {
      values.set(key, value)
    },
  }
}

interface Given {
  readonly above?: number
  readonly quote?: QuoteRequest
  readonly fails?: boolean
  readonly memory?: Memory
}

function setUp(
  moves: readonly Move[],
  { above = 1, quote = quoteDear, fails = false, memory = createMemory() }: Given = {},
) {
  const ui = createScriptedUi(...moves)
  const log = createMemoryLog()
  const confirm = createCostQuestion({
    confirmAboveUsd: () => above,
    loadQuote: async () => (fails ? assert.fail('no database') : quote),
    loadUi: async () => ui,
    paidRoutes: createPaidRoutes(memory, log),
    log,
  })
  const send = async (request: ChatRequest, signal = new AbortController().signal) =>
    formatModelRef((await confirm(request, signal)).model)
  return { ui, log, send }
}

const isCancelled = (error: unknown): boolean => isModelError(error) && error.code === 'cancelled'

describe('createCostQuestion', () => {
  it('asks in the middle of the window, with the amount, the model and what costs less', async () => {
    const { ui, send } = setUp([sendIt])
    assert.equal(await send(requestIn('a')), 'cloud/dear')
    const [notice] = ui.notices
    assert.deepEqual(
      [notice?.modal, notice?.message, notice?.buttons],
      [true, 'This request to Dear may cost up to $2.50.', ['Send', 'Use Small ($0.02)']],
    )
    assert.match(notice?.detail ?? '', /^A cheaper model that can do it .* once for each conversation/)
  })

  it('says how long an answer it reckons with, where one may be longer', async () => {
    const quote: QuoteRequest = () => ({
      ref: dear,
      name: 'Dear',
      usd: 2.5,
      answerTokens: 4_096,
      cheaper: [],
    })
    const { ui, send } = setUp([sendIt], { quote })
    await send(requestIn('a'))
    assert.match(ui.notices[0]?.detail ?? '', /^This is with an answer of 4,096 tokens; it may be longer\./)
  })

  it('names the connections of cheaper models whose names are alike', async () => {
    const other = { ...small, ref: { connection: 'box', id: 'small' }, usd: 0.01 }
    const quote: QuoteRequest = () => ({ ref: dear, name: 'Dear', usd: 2.5, cheaper: [other, small] })
    const { ui, send } = setUp([{ do: 'press', button: 'Use Small of box ($0.01)' }], { quote })
    assert.equal(await send(requestIn('a')), 'box/small')
    assert.deepEqual(ui.notices[0]?.buttons, [
      'Send',
      'Use Small of box ($0.01)',
      'Use Small of cloud ($0.02)',
    ])
  })

  it('says whom a route would have asked, and offers nothing where nothing costs less', async () => {
    const quote: QuoteRequest = () => ({ ref: dear, name: 'Dear', usd: 2.5, cheaper: [] })
    const { ui, send } = setUp([sendIt], { quote })
    assert.equal(await send(requestIn('a', 'auto')), 'auto')
    assert.match(
      ui.notices[0]?.detail ?? '',
      /^auto would have cloud\/dear answer\. It is the first answer of this route that costs money\. You are/,
    )
    assert.deepEqual(ui.notices[0]?.buttons, ['Send'])
  })

  it('asks before the first answer of a route that costs money, once for each route on this machine', async () => {
    const memory = createMemory()
    const quote: QuoteRequest = () => ({ ref: dear, name: 'Dear', usd: 0.01, cheaper: [small] })
    const { ui, send } = setUp([{ do: 'close' }, sendIt, sendIt], { quote, memory })
    await assert.rejects(send(requestIn('a', 'auto')), /^ModelError: You chose not to send this request/)
    assert.equal(await send(requestIn('b', 'auto')), 'auto')
    assert.equal(await send(requestIn('c', 'auto')), 'auto')
    assert.equal(await send(requestIn('d', 'auto/powerful')), 'auto/powerful')
    assert.equal(await send(requestIn('e', 'cloud/dear')), 'cloud/dear')
    ui.assertDone()
    assert.equal(await setUp([], { quote, memory }).send(requestIn('f', 'auto')), 'auto')
    const free: QuoteRequest = () => ({ ref: dear, name: 'Dear', usd: 0, cheaper: [] })
    assert.equal(await setUp([], { quote: free }).send(requestIn('a', 'auto')), 'auto')
    assert.equal(await setUp([], { quote, above: 0 }).send(requestIn('a', 'auto')), 'auto')
  })

  it('asks about a route again where a cheaper model was taken in its place', async () => {
    const quote: QuoteRequest = () => ({ ref: dear, name: 'Dear', usd: 0.05, cheaper: [small] })
    const { send } = setUp([takeSmall, sendIt], { quote })
    assert.equal(await send(requestIn('a', 'auto')), 'cloud/small')
    assert.equal(await send(requestIn('b', 'auto')), 'auto')
  })

  it('asks once for each conversation', async () => {
    const { ui, send } = setUp([sendIt, sendIt])
    for (const conversation of ['a', 'a', 'b', 'a']) await send(requestIn(conversation))
    ui.assertDone()
    assert.equal(ui.notices.length, 2)
  })

  it('sends this and what follows to the cheaper model that is chosen', async () => {
    const { send } = setUp([takeSmall])
    assert.equal(await send(requestIn('a')), 'cloud/small')
    assert.equal(await send(requestIn('a')), 'cloud/small')
    assert.equal(await send(requestIn('a', 'cloud/other')), 'cloud/other')
  })

  it('sends nothing where the user cancels, and asks the next time again', async () => {
    const { ui, send } = setUp([{ do: 'close' }, sendIt])
    await assert.rejects(send(requestIn('a')), /^ModelError: You chose not to send this request/)
    assert.equal(await send(requestIn('a')), 'cloud/dear')
    ui.assertDone()
  })

  it('asks one question for requests that come at the same time', async () => {
    const { ui, send } = setUp([takeSmall])
    assert.deepEqual(await Promise.all([send(requestIn('a')), send(requestIn('a'))]), [
      'cloud/small',
      'cloud/small',
    ])
    assert.equal(ui.notices.length, 1)
  })

  it('asks nobody below the amount, without a conversation, at 0, or where the price is unknown', async () => {
    assert.equal(await setUp([], { above: 2.5 }).send(requestIn('a')), 'cloud/dear')
    assert.equal(await setUp([]).send(requestIn()), 'cloud/dear')
    assert.equal(await setUp([], { above: 0 }).send(requestIn('a')), 'cloud/dear')
    assert.equal(await setUp([], { quote: () => undefined }).send(requestIn('a')), 'cloud/dear')
  })

  it('takes a yes for a route though it cannot be kept, and says so in the log', async () => {
    const quote: QuoteRequest = () => ({ ref: dear, name: 'Dear', usd: 0.01, cheaper: [] })
    const memory = { get: () => undefined, update: () => Promise.reject(new Error('full')) }
    const { send, log } = setUp([sendIt], { quote, memory })
    assert.equal(await send(requestIn('a', 'auto')), 'auto')
    assert.match(log.lines[0] ?? '', /^error That “auto” may cost money could not be kept/)
  })

  it('lets the request go on, and says so, where nothing can be estimated', async () => {
    const { send, log } = setUp([], { fails: true })
    assert.equal(await send(requestIn('a')), 'cloud/dear')
    assert.match(log.lines[0] ?? '', /^error What a request may cost could not be estimated/)
  })

  it('waits no longer than the request', async () => {
    const stop = new AbortController()
    const confirm = createCostQuestion({
      confirmAboveUsd: () => 1,
      loadQuote: async () => quoteDear,
      loadUi: async () => ({ tell: () => new Promise(() => {}) }),
      paidRoutes: { has: () => true, add: async () => {} },
      log: createMemoryLog(),
    })
    const sent = confirm(requestIn('a'), stop.signal)
    stop.abort(new Error('stopped'))
    await assert.rejects(sent, isCancelled)
  })
})
