import assert from 'node:assert/strict'
import { readParameterTemplates } from '../../../src/vscode/parameterTemplates.js'

describe('readParameterTemplates', () => {
  it('reads every parameter, null too', () => {
    const mine = {
      temperature: 0.5,
      topP: 1,
      topK: 40,
      maxOutputTokens: 100,
      stop: ['END'],
      seed: -1,
      frequencyPenalty: -2,
      presencePenalty: 2,
      reasoningEffort: 'max',
      responseFormat: { type: 'jsonSchema', name: 'city', schema: { type: 'object' } },
    }
    assert.deepEqual(readParameterTemplates({ mine, other: { topK: null } }), {
      templates: { mine, other: { topK: null } },
      problems: [],
    })
  })

  for (const [entry, where] of [
    [{ temperature: 3 }, 'bad.temperature'],
    [{ temprature: 1 }, 'bad'],
    [{ stop: 'END' }, 'bad.stop'],
    [{ stop: [''] }, 'bad.stop.0'],
    [{ reasoningEffort: 'extreme' }, 'bad.reasoningEffort'],
    [{ responseFormat: { type: 'jsonSchema', name: 'a b', schema: {} } }, 'bad.responseFormat'],
    [{ maxOutputTokens: 0 }, 'bad.maxOutputTokens'],
    [7, 'bad'],
  ] as const) {
    it(`names what is wrong with ${JSON.stringify(entry)} and keeps the others`, () => {
      const { templates, problems } = readParameterTemplates({ good: { seed: 1 }, bad: entry })
      assert.deepEqual(templates, { good: { seed: 1 } })
      assert.equal(problems.length, 1)
      assert.ok(problems[0]?.startsWith(`roundhouse.parameterTemplates.${where}`), problems[0])
    })
  }

  it('says so where the setting is no object', () => {
    for (const value of [[], null, 'coding']) {
      assert.match(readParameterTemplates(value).problems[0] ?? '', /must be an object/)
    }
    assert.deepEqual(readParameterTemplates(undefined), { templates: {}, problems: [] })
  })
})
