import assert from 'node:assert/strict'
import { filterModels } from '../../../../src/vscode/views/filter.js'
import { createModel, createView } from './samples.js'

const view = createView({
  models: [
    createModel({ id: 'gpt-5', name: 'GPT-5', capabilities: { imageInput: true, toolCalling: true } }),
    createModel({ id: 'qwen3', name: 'Qwen 3', capabilities: { reasoning: true, toolCalling: false } }),
  ],
})

function ids(filter: string) {
  return filterModels(view, filter).map(({ id }) => id)
}

describe('the filter', () => {
  it('keeps everything where it is empty', () => assert.deepEqual(ids('  '), ['gpt-5', 'qwen3']))
  it('finds by name, whatever the capitals', () => assert.deepEqual(ids('QWEN 3'), ['qwen3']))
  it('finds by full id', () => assert.deepEqual(ids('work/gpt'), ['gpt-5']))
  it('finds by connection', () => assert.deepEqual(ids('work'), ['gpt-5', 'qwen3']))
  it('finds by ability, and only where it is known to be there', () =>
    assert.deepEqual(ids('tools'), ['gpt-5']))
  it('wants every word', () => assert.deepEqual(ids('reasoning images'), []))
})
