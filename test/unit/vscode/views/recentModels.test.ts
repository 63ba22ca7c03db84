import assert from 'node:assert/strict'
import { createRecentModels } from '../../../../src/vscode/views/recentModels.js'

function createStore(initial?: unknown) {
  const values = new Map<string, unknown>([['recentModels', initial]])
  return {
    get: (key: string) => values.get(key),
    update: async (key: string, value: unknown) => void values.set(key, value),
  }
}

describe('recent models', () => {
  it('are the last five, the latest first, each once', async () => {
    const recent = createRecentModels(createStore())
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'c']) await recent.add(`work/${id}`)
    assert.deepEqual(recent.list(), ['work/c', 'work/f', 'work/e', 'work/d', 'work/b'])
  })

  it('are none where what was kept makes no sense', () => {
    assert.deepEqual(createRecentModels(createStore('nonsense')).list(), [])
    assert.deepEqual(createRecentModels(createStore([1, 'work/a', null])).list(), ['work/a'])
  })
})
