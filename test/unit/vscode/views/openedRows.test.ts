import assert from 'node:assert/strict'
import { createOpenedRows } from '../../../../src/vscode/views/openedRows.js'

function createMemory(initial?: unknown) {
  const values = new Map<string, unknown>([['openedRows', initial]])
  return {
    get: (key: string) => values.get(key),
    update: async (key: string, value: unknown) => void values.set(key, value),
  }
}

describe('opened rows', () => {
  it('are the same after a reload', async () => {
    const memory = createMemory()
    const before = createOpenedRows(memory)
    await before.set('connection:work', true)
    await before.set('group:local', false)
    const after = createOpenedRows(memory)
    assert.deepEqual(
      ['connection:work', 'group:local', 'group:cloud'].map((id) => after.get(id)),
      [true, false, undefined],
    )
  })

  it('are none where what was kept makes no sense', () => {
    assert.equal(createOpenedRows(createMemory('nonsense')).get('length'), undefined)
    assert.equal(createOpenedRows(createMemory({ 'group:cloud': 'yes' })).get('group:cloud'), undefined)
  })
})
