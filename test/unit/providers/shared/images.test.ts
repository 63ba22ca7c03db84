import assert from 'node:assert/strict'
import type { DataPart } from '../../../../src/core/chat.js'
import type { ModelFacts, ModelInfo } from '../../../../src/core/model.js'
import { openai } from '../../../../src/providers/openai.js'
import { canTake, checkNewestData } from '../../../../src/providers/shared/images.js'
import { createModel } from '../../../fakes/providerCalls.js'

const of = (mimeType: string): DataPart => ({ type: 'data', mimeType, data: new Uint8Array([1]) })
const pdf = of('application/pdf')
const modelWith = (facts: ModelFacts): ModelInfo => createModel(openai, 'm', facts)

describe('files that a model takes', () => {
  const sees: ModelFacts = { capabilities: { imageInput: true } }
  const blind: ModelFacts = { capabilities: { imageInput: false } }
  for (const [what, facts, tried, told] of [
    ['nothing is known', {}, true, false],
    ['it is known to see', sees, true, false],
    ['it is known not to see', blind, false, false],
    ['its modalities name PDFs', { inputModalities: ['text', 'pdf'] }, true, true],
    ['its modalities name none', { ...sees, inputModalities: ['text', 'image'] }, false, false],
  ] as const satisfies readonly (readonly [string, ModelFacts, boolean, boolean])[]) {
    it(`are PDFs of a model of which ${what}: ${tried} where they are tried, ${told} where it must be told`, () => {
      const model = modelWith(facts)
      assert.deepEqual(
        [canTake(pdf, model, 'tried'), canTake(pdf, model, 'told'), canTake(pdf, model)],
        [tried, told, false],
      )
    })
  }
  it('are images, unless it is known not to see, and nothing else', () => {
    assert.equal(canTake(of('image/png'), modelWith({})), true)
    assert.equal(canTake(of('image/png'), modelWith(blind)), false)
    assert.equal(canTake(of('application/zip'), modelWith(sees), 'tried'), false)
  })
  it('are checked in what the user has just given, not in what came before', () => {
    const model = modelWith({})
    const check = (...contents: (readonly DataPart[])[]) =>
      checkNewestData(
        contents.map((content) => ({ role: 'user', content })),
        model,
        'openai',
      )
    assert.throws(() => check([], [pdf]), /does not take application\/pdf/)
    check([pdf], [])
  })
})
