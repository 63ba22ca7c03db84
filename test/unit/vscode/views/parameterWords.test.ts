import assert from 'node:assert/strict'
import { parameterNames } from '../../../../src/core/parameters/merge.js'
import { parameterTemplates } from '../../../../src/core/parameters/templates.js'
import { describeParameters, templateTitle } from '../../../../src/vscode/views/parameterWords.js'

describe('describeParameters', () => {
  it('says every parameter in words, in one order', () => {
    const words = describeParameters({
      responseFormat: { type: 'jsonSchema', name: 'city', schema: {} },
      temperature: 0,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 16_384,
      stop: ['END', '\n'],
      seed: 7,
      frequencyPenalty: 0.2,
      presencePenalty: -1,
      repeatPenalty: 1.1,
      reasoningEffort: 'high',
    })
    assert.equal(
      words,
      'temperature 0, top P 0.9, top K 40, up to 16,384 tokens, stops at "END", "\\n", seed 7, frequency penalty 0.2, presence penalty -1, repeat penalty 1.1, reasoning effort high, answers in JSON (city)',
    )
  })

  it('says what is left to the model, each by its own name', () => {
    assert.equal(describeParameters({ temperature: null }), 'temperature as the model likes')
    const all = Object.fromEntries(parameterNames.map((name) => [name, null]))
    const words = describeParameters(all).split(', ')
    assert.equal(new Set(words).size, parameterNames.length)
  })

  it('says nothing of nothing', () => {
    assert.equal(describeParameters({}), '')
  })
})

describe('templateTitle', () => {
  it('is the title of ours, no two alike, and the name of any other', () => {
    assert.equal(new Set(parameterTemplates.map(({ title }) => title)).size, parameterTemplates.length)
    assert.equal(templateTitle('longContext'), 'Long Context')
    assert.equal(templateTitle('mine'), 'mine')
  })
})
