import assert from 'node:assert/strict'
import { readParameterTemplates, withTemplate } from '../../../src/vscode/parameterTemplates.js'

describe('readParameterTemplates', () => {
  it('describes a hundred of 300,000 wrong templates and counts the others', () => {
    const value = Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`t${index}`, 7]))
    const { problems } = readParameterTemplates(value)
    assert.equal(problems.length, 101)
    assert.match(problems.at(-1)?.message ?? '', /299000 more entries that were not read/)
  })

  it('keeps a template of any name one of its own', () => {
    const { templates } = readParameterTemplates(
      JSON.parse('{"__proto__":{"seed":1},"constructor":{"seed":2}}'),
    )
    assert.deepEqual(Object.keys(templates), ['__proto__', 'constructor'])
  })

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
    [{ responseFormat: { type: 'jsonSchema', name: 'a b', schema: {} } }, 'bad.responseFormat.name'],
    [{ maxOutputTokens: 0 }, 'bad.maxOutputTokens'],
    [7, 'bad'],
  ] as const) {
    it(`names what is wrong with ${JSON.stringify(entry)} and keeps the others`, () => {
      const { templates, problems } = readParameterTemplates({ good: { seed: 1 }, bad: entry })
      assert.deepEqual(templates, { good: { seed: 1 } })
      assert.equal(problems.length, 1)
      assert.equal(problems[0]?.path, `roundhouse.parameterTemplates.${where}`)
    })
  }

  it('says so where the setting is no object', () => {
    for (const value of [[], null, 'coding']) {
      assert.match(readParameterTemplates(value).problems[0]?.message ?? '', /must be an object/)
    }
    assert.deepEqual(readParameterTemplates(undefined), { templates: {}, problems: [] })
  })
})

describe('withTemplate', () => {
  const unreadable = { temperature: 9 }

  it('adds a template, replaces it and takes it out, and leaves everything else as the user wrote it', () => {
    const added = withTemplate({ odd: unreadable }, 'mine', { seed: 1 })
    assert.deepEqual(added, { odd: unreadable, mine: { seed: 1 } })
    const replaced = withTemplate(added, 'mine', { topK: 2 })
    assert.deepEqual(replaced, { odd: unreadable, mine: { topK: 2 } })
    assert.deepEqual(withTemplate(replaced, 'mine', undefined), { odd: unreadable })
  })

  it('begins anew where the setting is missing or no object', () => {
    for (const value of [undefined, null, 'text', ['a']]) {
      assert.deepEqual(withTemplate(value, 'mine', { seed: 1 }), { mine: { seed: 1 } })
    }
  })
})
