import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import {
  mergeParameters,
  type ParameterSettings,
  parameterNames,
} from '../../../../src/core/parameters/merge.js'

const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null })

const layer: fc.Arbitrary<ParameterSettings> = fc.record(
  {
    temperature: maybe(fc.double({ min: 0, max: 2, noNaN: true })),
    topP: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
    topK: maybe(fc.nat()),
    maxOutputTokens: maybe(fc.integer({ min: 1 })),
    stop: maybe(fc.array(fc.string())),
    seed: maybe(fc.integer()),
    frequencyPenalty: maybe(fc.double({ min: -2, max: 2, noNaN: true })),
    presencePenalty: maybe(fc.double({ min: -2, max: 2, noNaN: true })),
    repeatPenalty: maybe(fc.double({ min: 0.01, max: 2, noNaN: true })),
    reasoningEffort: maybe(fc.constantFrom('none', 'low', 'max')),
    responseFormat: maybe(fc.constantFrom({ type: 'text' } as const, { type: 'json' } as const)),
  },
  { requiredKeys: [], noNullPrototype: true },
)
const layers = fc.array(fc.option(layer, { nil: undefined }), { maxLength: 5 })

describe('mergeParameters', () => {
  it('takes every parameter from the first layer that names it, and from no other', () => {
    fc.assert(
      fc.property(layers, (given) => {
        const merged = mergeParameters(given)
        for (const name of parameterNames) {
          const first = given.find((each) => each?.[name] !== undefined)?.[name]
          assert.deepEqual(merged[name], first ?? undefined)
        }
      }),
    )
  })

  it('holds neither null nor undefined, whatever it was given', () => {
    fc.assert(
      fc.property(layers, (given) => {
        for (const value of Object.values(mergeParameters(given)))
          assert.ok(value !== null && value !== undefined)
      }),
    )
  })

  it('gives the same when the layers are merged one after another, weakest first, as long as none says null', () => {
    fc.assert(
      fc.property(layers, (given) => {
        const plain = given.map((each) => mergeParameters([each]))
        const stepwise = plain.reduceRight((weaker, each) => mergeParameters([each, weaker]), {})
        assert.deepEqual(stepwise, mergeParameters(plain))
      }),
    )
  })

  it('leaves a parameter to the model where the stronger layer says null', () => {
    const merged = mergeParameters([{ temperature: null }, { temperature: 0.5, topK: 4 }])
    assert.deepEqual(merged, { topK: 4 })
  })

  it('changes none of its layers', () => {
    fc.assert(
      fc.property(layers, (given) => {
        const before = structuredClone(given)
        mergeParameters(given)
        assert.deepEqual(given, before)
      }),
    )
  })
})
