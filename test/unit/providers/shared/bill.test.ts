import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { readBilledUsd } from '../../../../src/providers/shared/bill.js'

describe('the bill in a usage object', () => {
  for (const [name, usage, usd] of [
    ['a cost', { cost: 0.95 }, 0.95],
    ['a cost as text', { cost: '0.0021' }, 0.0021],
    ['a cost in parts', { cost: { input_tokens_cost: 0.1, request_cost: 0.2, total_cost: 0.3 } }, 0.3],
    ['a total', { total_cost: 0.3 }, 0.3],
    ['a cost that its host has reckoned', { estimated_cost: 0.000_02 }, 0.000_02],
    ['ticks', { cost_in_usd_ticks: 37_756_000 }, 0.003_775_6],
    ['ticks of nothing', { cost_in_usd_ticks: 0 }, 0],
    ['ticks beside a cost', { cost_in_usd_ticks: 10_000_000_000, cost: 7 }, 1],
    [
      'a fee and the maker’s own bill, with a key of the user’s own',
      { cost: 0.05, is_byok: true, cost_details: { upstream_inference_cost: 1 } },
      1.05,
    ],
    ['a cost beside what it cost the gateway', { cost: 2, cost_details: { upstream_inference_cost: 1 } }, 2],
    ['nothing, shown to be so', { cost: 0, is_byok: false, cost_details: {} }, 0],
    ['a zero that says nothing', { cost: 0 }, undefined],
    ['a zero beside the maker’s bill', { cost: 0, cost_details: { upstream_inference_cost: 1 } }, 1],
    ['no cost', { prompt_tokens: 3 }, undefined],
    ['null', { cost: null, cost_in_usd_ticks: null }, undefined],
  ] as const)
    it(`is read where there is ${name}`, () => {
      assert.equal(readBilledUsd(usage), usd)
    })

  it('survives a value of any shape', () => {
    fc.assert(fc.property(fc.jsonValue(), (usage) => void readBilledUsd(usage)))
  })
})
