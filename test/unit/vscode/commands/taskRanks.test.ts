import assert from 'node:assert/strict'
import { countNamesakes, rankForTask } from '../../../../src/vscode/commands/taskRanks.js'
import type { TaskRole } from '../../../../src/vscode/commands/taskTable.js'
import { createModel, now, routes } from '../views/samples.js'

const models = [
  createModel({ id: 'unknown', name: 'mystery 70b' }),
  createModel({ id: 'dear', name: 'gpt-5-pro', pricing: { output: 15 }, capabilities: { reasoning: true } }),
  createModel({ id: 'cheap', name: 'tiny 1b', pricing: { output: 0.4 }, contextWindow: 1_000_000 }),
  createModel({ id: 'mine', name: 'mine 3b', location: 'local', capabilities: { toolCalling: false } }),
  createModel({ id: 'welcome', location: 'local', byNameOnly: true }),
  createModel({ id: 'vectors', location: 'local', capabilities: { embedding: true } }),
  createModel({ id: 'cramped', location: 'local', contextWindow: 2048 }),
  createModel({ id: 'retired', location: 'local', lifecycle: { status: 'retired' } }),
  ...routes.models,
]

function rank(role: TaskRole, needsTools = false): readonly string[] {
  return rankForTask(models, { role, needsTools, now }).map(({ id }) => id)
}

describe('models for a task', () => {
  it('are ranked local first, then by price, unknown prices last, where they should be fast', () => {
    assert.deepEqual(rank('fast'), ['mine', 'cheap', 'dear', 'unknown'])
  })
  it('are ranked by their context where they should read much at once', () => {
    assert.equal(rank('longest')[0], 'cheap')
  })
  it('are ranked by quality where they should be capable', () => {
    assert.deepEqual(new Set(rank('capable').slice(0, 2)), new Set(['dear', 'unknown']))
  })
  it('are none of those without tools where the task needs tools', () => {
    assert.ok(!rank('fast', true).includes('mine'))
  })
  it('have namesakes that VS Code cannot tell apart', () => {
    const twin = createModel({ id: 'other', name: 'tiny 1b' })
    assert.equal(countNamesakes([...models, twin], twin), 1)
    assert.equal(countNamesakes(models, createModel({ id: 'alone', name: 'alone' })), 0)
  })
})
