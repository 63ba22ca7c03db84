import assert from 'node:assert/strict'
import type { ChatRequest } from '../../../../src/core/chat.js'
import { formatModelRef } from '../../../../src/core/model.js'
import { createQuote } from '../../../../src/core/usage/quote.js'
import { createModel } from '../../../fakes/models.js'

const prices = new Map([
  ['work/dear', 9],
  ['work/long', 8],
  ['work/middle', 3],
  ['work/low', 2],
  ['work/lower', 1],
  ['work/lowest', 0.5],
])
const requestOf = (connection: string, id: string): ChatRequest => ({
  model: { connection, id },
  messages: [],
  caller: { door: 'languageModel' },
})

const quote = createQuote({
  estimate: ({ parameters }, model) => {
    const usd = prices.get(formatModelRef(model))
    const { maxOutputTokens: outputTokens = model.maxOutputTokens ?? 10 } = parameters ?? {}
    const price = usd === undefined ? {} : { usd: (usd * outputTokens) / 10 }
    return { inputTokens: 1, outputTokens, usualOutputTokens: 10, ...price }
  },
  simulate: ({ model: { connection, id } }) => {
    if (connection !== 'auto') return undefined
    const names = ['work/unknown', 'work/lowest', 'work/lower', 'work/low', 'work/middle', 'work/dear']
    const ranked = names.map((model) => ({ model, score: 1, reasons: [] }))
    return { ranked, ...(id === 'cheapest' ? {} : { chosen: 'work/dear' }) }
  },
  findModel: ({ connection, id }) =>
    connection === 'work'
      ? createModel({ id, name: `The ${id}`, ...(id === 'long' ? { maxOutputTokens: 900 } : {}) })
      : undefined,
})

describe('createQuote', () => {
  it('estimates a model by its name, and names three that cost less, as they are ranked', () => {
    const quoted = quote(requestOf('work', 'dear'))
    assert.deepEqual([quoted?.name, quoted?.usd], ['The dear', 9])
    assert.deepEqual(
      quoted?.cheaper.map(({ name, usd }) => [name, usd]),
      [
        ['The lowest', 0.5],
        ['The lower', 1],
        ['The low', 2],
      ],
    )
  })

  it('estimates a route by the model that it would choose', () => {
    assert.deepEqual(quote(requestOf('auto', ''))?.ref, { connection: 'work', id: 'dear' })
  })

  it('reckons with a usual answer where a longer one is allowed, and says so', () => {
    const { usd, answerTokens } = quote(requestOf('work', 'long')) ?? {}
    assert.deepEqual([usd, answerTokens], [8, 10])
    assert.equal(quote(requestOf('work', 'dear'))?.answerTokens, undefined)
  })

  it('offers none that costs as much, and says nothing where no price is known', () => {
    assert.deepEqual(quote(requestOf('work', 'lowest'))?.cheaper, [])
    assert.equal(quote(requestOf('work', 'unknown')), undefined)
    assert.equal(quote(requestOf('gone', 'dear')), undefined)
  })
})
