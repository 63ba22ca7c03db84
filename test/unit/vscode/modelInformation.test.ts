import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { describeForHost, formatCount, formatUsd } from '../../../src/vscode/modelInformation.js'
import { createModel, createView } from './views/samples.js'

describe('formatCount', () => {
  it('writes every count as English does', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (count) => {
        assert.equal(formatCount(count), count.toLocaleString('en'))
      }),
    )
  })
})

describe('formatUsd', () => {
  for (const [perMillion, written] of [
    [0, '$0'],
    [0.075, '$0.075'],
    [0.15, '$0.15'],
    [0.5, '$0.50'],
    [1, '$1'],
    [4.5, '$4.50'],
    [15, '$15'],
    [1234.56, '$1234.56'],
  ] as const) {
    it(`writes ${perMillion} as ${written}`, () => assert.equal(formatUsd(perMillion), written))
  }
})

describe('describeForHost', () => {
  const efforts = (...reasoningEfforts: string[]) => {
    const { configurationSchema } = describeForHost(createModel({ reasoningEfforts }), createView())
    return configurationSchema?.properties['reasoningEffort']
  }

  it('offers the levels of effort that the model has, the usual one first, each said in words', () => {
    assert.deepEqual(efforts('high', 'low', 'medium'), {
      type: 'string',
      title: 'Reasoning Effort',
      description: 'How much the model thinks first.',
      enum: ['default', 'low', 'medium', 'high'],
      enumItemLabels: ['Usual', 'Low', 'Medium', 'High'],
      enumDescriptions: [
        'As your settings say, or else as the model is made.',
        'Quick and cheap.',
        'Between quick and thorough.',
        'Thorough: slower, and more tokens.',
      ],
      default: 'default',
      group: 'navigation',
    })
  })

  it('takes the wire’s xhigh for the highest, but not where the model has a higher one', () => {
    assert.deepEqual(Reflect.get(efforts('low', 'xhigh') ?? {}, 'enum'), ['default', 'low', 'max'])
    assert.deepEqual(Reflect.get(efforts('xhigh', 'max', 'low') ?? {}, 'enum'), ['default', 'low', 'max'])
  })

  it('offers no choice where there is none', () => {
    assert.deepEqual(
      [efforts(), efforts('high'), efforts('unheard', 'of')],
      [undefined, undefined, undefined],
    )
  })

  it('says in lines of their own what the model is, what it holds and what it costs', () => {
    const facts = { contextWindow: 200_000, maxOutputTokens: 8_000, pricing: { input: 3, output: 15 } }
    const { tooltip } = describeForHost(createModel(facts), createView())
    assert.deepEqual(tooltip?.split('\n\n'), [
      'large through Work (Cloudy, cloud)',
      'Context 200,000 tokens, output up to 8,000',
      'Price: $3 in, $15 out per 1M tokens',
    ])
  })
})
