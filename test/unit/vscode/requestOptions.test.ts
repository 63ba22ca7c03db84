import assert from 'node:assert/strict'
import { cacheOption, toParameters } from '../../../src/vscode/requestOptions.js'

const parametersOf = (modelOptions: Readonly<Record<string, unknown>>) =>
  toParameters({ modelOptions, toolMode: 1 })

describe('a caller’s model options', () => {
  it('are taken in our names and in the wire’s', () => {
    const ours = {
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 256,
      stop: ['END'],
      seed: 7,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      repeatPenalty: 1.1,
      reasoningEffort: 'low',
      responseFormat: { type: 'json' },
    }
    assert.deepEqual(parametersOf(ours), ours)
    const theirs = {
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      max_tokens: 256,
      stop: 'END',
      seed: 7,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      repeat_penalty: 1.1,
      reasoning_effort: 'low',
      response_format: { type: 'json_object' },
    }
    assert.deepEqual(parametersOf(theirs), ours)
    assert.deepEqual(parametersOf({ repetition_penalty: 1.1 }), { repeatPenalty: 1.1 })
  })

  it('are stronger than the effort that the user has chosen beside the model', () => {
    const effortOf = (modelOptions: object, reasoningEffort: unknown) => {
      const options = { modelOptions: { ...modelOptions }, toolMode: 1 }
      return toParameters(Object.assign(options, { modelConfiguration: { reasoningEffort } })).reasoningEffort
    }
    assert.equal(effortOf({}, 'high'), 'high')
    assert.equal(effortOf({ reasoningEffort: 'low' }, 'high'), 'low')
    for (const nothing of ['default', 'turbo', 7, undefined]) assert.equal(effortOf({}, nothing), undefined)
  })

  const schema = { type: 'object' }
  for (const [given, taken] of [
    [
      { type: 'jsonSchema', name: 'city', schema },
      { type: 'jsonSchema', name: 'city', schema },
    ],
    [
      { type: 'json_schema', json_schema: { name: 'city', schema, strict: true } },
      { type: 'jsonSchema', name: 'city', schema },
    ],
    [
      { type: 'json_schema', json_schema: { schema } },
      { type: 'jsonSchema', name: 'answer', schema },
    ],
    [{ type: 'text' }, { type: 'text' }],
    [{ type: 'json_schema', json_schema: { name: 'city' } }, undefined],
    [{ type: 'xml' }, undefined],
    ['json', undefined],
  ] as const) {
    it(`ask with ${JSON.stringify(given)} for ${JSON.stringify(taken)}`, () => {
      assert.deepEqual(parametersOf({ responseFormat: given }).responseFormat, taken)
    })
  }

  it('say that the cache is to be passed by, or its answer replaced, and nothing else of it', () => {
    const ofCache = (cache: unknown) => cacheOption({ modelOptions: { cache }, toolMode: 1 })
    assert.deepEqual(ofCache('bypass'), { cache: 'bypass' })
    assert.deepEqual(ofCache('refresh'), { cache: 'refresh' })
    for (const odd of [undefined, 'clear', true]) assert.deepEqual(ofCache(odd), {})
    assert.deepEqual(cacheOption({ toolMode: 1 }), {})
  })

  it('of any other kind are left out, VS Code’s own private ones too', () => {
    const odd = {
      temperature: '1',
      topP: Number.NaN,
      stop: [1],
      reasoning_effort: 'huge',
      _conversationId: 'x',
    }
    assert.deepEqual(parametersOf(odd), {})
  })
})
