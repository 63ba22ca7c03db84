import assert from 'node:assert/strict'
import type { Requirements } from '../../../../src/core/routing/requirements.js'
import { createSelection, type SelectionRequest } from '../../../../src/core/routing/selection.js'
import { createRouting } from '../../../fakes/routing.js'

const tools = { capabilities: { toolCalling: true }, contextWindow: 100_000 }
const connections = {
  work: {
    models: [
      { id: 'cheap', ...tools, pricing: { input: 0.1, output: 0.4 } },
      { id: 'dear', ...tools, pricing: { input: 15, output: 75 } },
      { id: 'wordy', pricing: { input: 0.01, output: 0.01 } },
      { id: 'embed-small', capabilities: { embedding: true }, contextWindow: 512, pricing: { input: 0.02 } },
      {
        id: 'embed-large',
        capabilities: { embedding: true },
        contextWindow: 8_192,
        pricing: { input: 0.13 },
      },
    ],
  },
}

async function choose(requirements: Requirements, more: Partial<SelectionRequest> = {}) {
  const { planner } = await createRouting({ connections })
  const { ranked, leftOut } = createSelection(planner)({ requirements, caller: { door: 'api' }, ...more })
  return {
    ranked: ranked.map(({ model }) => model.id),
    leftOut: Object.fromEntries(leftOut.map(({ model, obstacle }) => [model.id, obstacle?.code])),
    reasons: ranked[0]?.reasons ?? [],
  }
}

describe('a selection', () => {
  it('of a cheap model that can do tools has it first, its reasons, and why the others are left out', async () => {
    const { ranked, leftOut, reasons } = await choose({ capabilities: ['toolCalling'] }, { weights: 'cost' })
    assert.deepEqual(ranked, ['cheap', 'dear'])
    assert.deepEqual(leftOut, {
      welcome: 'by-name-only',
      wordy: 'capability-unknown',
      'embed-small': 'not-for-chat',
      'embed-large': 'not-for-chat',
    })
    assert.match(reasons[0] ?? '', /^cost 0\.9/)
  })

  it('of a model for embeddings reckons with their input alone, and measures the context by one text', async () => {
    const all = await choose({ capabilities: ['embedding'] }, { weights: 'cost' })
    assert.deepEqual(all.ranked, ['embed-small', 'embed-large'])
    const long = await choose({ capabilities: ['embedding'], minContextTokens: 1_000 })
    assert.deepEqual([long.ranked, long.leftOut['embed-small']], [['embed-large'], 'context-too-small'])
    const free = await choose({ capabilities: ['embedding'], maxCost: 0.005 })
    assert.deepEqual([free.ranked, free.leftOut['embed-large']], [['embed-small'], 'cost-too-high'])
  })

  it('of a chat leaves out what does not hold its input', async () => {
    const { leftOut } = await choose({}, { inputTokens: 150_000 })
    assert.equal(leftOut['cheap'], 'context-too-small')
  })
})
