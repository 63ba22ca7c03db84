import assert from 'node:assert/strict'
import type { ChatParameters, ResponseFormat } from '../../../../src/core/chat.js'
import { ask, collect, never, textOf, useModelFolder, useTestEngine } from './support.js'

const ticket: ResponseFormat = {
  type: 'jsonSchema',
  name: 'ticket',
  schema: {
    type: 'object',
    properties: {
      side: { enum: ['left', 'right'] },
      open: { type: 'boolean' },
      place: { type: 'object', properties: { row: { enum: [1, 2] } }, required: ['row'] },
    },
    required: ['side', 'open', 'place'],
    additionalProperties: false,
  },
}

describe('an answer in a form', () => {
  const engine = useTestEngine()
  const folder = useModelFolder()
  let stubborn: string

  before(async () => {
    stubborn = await folder.write('stubborn.gguf', { kind: 'random' })
  })

  const answer = async (file: string, responseFormat: ResponseFormat, seed = 7): Promise<string> => {
    const parameters = { seed, responseFormat, maxOutputTokens: 400 }
    return textOf(await collect(engine.chat(ask(file, 'Which one?', { parameters }), never)))
  }

  it('keeps to its JSON schema, whatever the model would rather say', async () => {
    for (const seed of [1, 2, 3]) {
      const value: unknown = JSON.parse(await answer(stubborn, ticket, seed))
      assert.ok(typeof value === 'object' && value !== null)
      assert.deepEqual(Object.keys(value), ['side', 'open', 'place'])
      assert.ok('side' in value && (value.side === 'left' || value.side === 'right'))
      assert.ok('open' in value && typeof value.open === 'boolean')
      assert.ok('place' in value)
      assert.match(JSON.stringify(value.place), /^\{"row":[12]\}$/)
    }
  })

  it('leaves out an optional property that the model had to write null for', async () => {
    const reply = ['{"', 'city', '": "', 'Paris', '", "', 'unit', '": ', 'null', '}']
    const file = await folder.write('optional.gguf', { kind: 'script', reply })
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'kelvin'] } },
      required: ['city'],
    }
    assert.equal(await answer(file, { type: 'jsonSchema', name: 'place', schema }), '{"city":"Paris"}')
  })

  it('is any JSON object where no schema is given', async () => {
    const reply = ['{"', 'city', '": "', 'Rome', '"}', ' Anything else?']
    const file = await folder.write('object.gguf', { kind: 'script', reply })
    assert.deepEqual(JSON.parse(await answer(file, { type: 'json' })), { city: 'Rome' })
  })

  it('begins with a brace where a model would begin with words', async () => {
    const file = await folder.write('words.gguf', { kind: 'script', reply: 'Certainly, here you are.' })
    assert.match(await answer(file, { type: 'json' }), /^\s*\{/)
  })

  it('is free where text is asked for', async () => {
    const file = await folder.write('free.gguf', { kind: 'script', reply: 'As you like it.' })
    assert.equal(await answer(file, { type: 'text' }), 'As you like it.')
  })
})

describe('the choice of tokens', () => {
  const engine = useTestEngine()
  const folder = useModelFolder()
  let endless: string

  before(async () => {
    endless = await folder.write('endless.gguf', { kind: 'script', reply: 'over and out, ', loop: true })
  })

  it('keeps repeating itself without a penalty, and stops repeating with one', async () => {
    const repeated = async (penalty: ChatParameters): Promise<number> => {
      const parameters = { temperature: 0, maxOutputTokens: 120, ...penalty }
      const text = textOf(await collect(engine.chat(ask(endless, 'Say it', { parameters }), never)))
      return text.split('over').length - 1
    }
    assert.equal(await repeated({ frequencyPenalty: 0, repeatPenalty: 1 }), 30)
    assert.ok((await repeated({ frequencyPenalty: 2 })) < 20)
  })
})
