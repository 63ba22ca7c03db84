import assert from 'node:assert/strict'
import { describeModel } from '../../../../src/core/catalog/describe.js'
import { readPage } from '../../../../src/providers/google/models.js'
import { google } from '../../../../src/providers/google.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'

const entry = (id: string, methods: readonly string[], rest: object = {}) => ({
  name: `models/${id}`,
  supportedGenerationMethods: methods,
  ...rest,
})
const list = (...models: readonly object[]) => readPage({ models })?.models

describe('Google’s list of models', () => {
  it('is none where an answer holds no list', () => {
    for (const body of [undefined, null, 'x', [], {}, { models: {} }]) assert.equal(readPage(body), undefined)
    assert.deepEqual(readPage({ models: [] }), { models: [], next: undefined })
  })

  it('marks models that only embed, and leaves out those that neither chat nor embed', () => {
    const models = list(
      entry('gemini-embedding-001', ['embedContent', 'countTokens'], {
        inputTokenLimit: 2048,
        outputTokenLimit: 1,
      }),
      entry('veo-3.0', ['predictLongRunning']),
      entry('gemini-live-2.5', ['bidiGenerateContent']),
      entry('gemini-2.5-pro-preview-tts', ['generateContent']),
    )
    assert.deepEqual(models, [
      { id: 'gemini-embedding-001', capabilities: { embedding: true }, maxInputTokens: 2048 },
    ])
  })

  it('says that a model thinks where the list says so, and only there', () => {
    const models = list(
      entry('gemini-3.7-flash', ['generateContent'], { thinking: true }),
      entry('gemini-2.0-flash', ['generateContent']),
    )
    assert.deepEqual(
      models?.map(({ capabilities }) => capabilities?.reasoning),
      [true, false],
    )
  })

  it('says of Gemma 3 that it takes neither instructions nor tools', () => {
    const [gemma] = list(entry('gemma-3-27b-it', ['generateContent'])) ?? []
    assert.deepEqual(gemma?.capabilities, { reasoning: false, toolCalling: false, systemRole: false })
  })

  it('leaves a model its true family', () => {
    const families = ['gemini-3.1-pro-preview', 'gemini-2.0-flash-001', 'gemma-3-27b-it'].map((id) => {
      const [listed] = list(entry(id, ['generateContent'], { version: '001' })) ?? []
      assert.ok(listed !== undefined)
      return describeModel({ listed, connection: createConnection(), provider: google, findings: [] }).family
    })
    assert.deepEqual(families, ['gemini-3.1-pro', 'gemini-2.0-flash', 'gemma-3'])
  })

  it('keeps the folder of a model that the user has tuned', () => {
    const models = readPage({
      models: [{ name: 'tunedModels/mine-1', supportedGenerationMethods: ['generateContent'] }],
    })?.models
    assert.equal(models?.[0]?.id, 'tunedModels/mine-1')
  })
})
