import assert from 'node:assert/strict'
import { withEntry, withNewEntry } from '../../../src/vscode/storedConnection.js'

describe('withEntry', () => {
  it('keeps entries that it cannot read', () => {
    const broken = [7, { provider: 'nobody' }, { id: 'a', provider: 'cloud' }]
    assert.deepEqual(withEntry(broken, 'a', { id: 'a', provider: 'any' }), [
      7,
      { provider: 'nobody' },
      { id: 'a', provider: 'any' },
    ])
    assert.deepEqual(withEntry(broken, 'a', undefined), [7, { provider: 'nobody' }])
    assert.deepEqual(withEntry(broken, 'b', { id: 'b' }), [...broken, { id: 'b' }])
  })
})

describe('withNewEntry', () => {
  it('leaves an unreadable entry with the same id where it is', () => {
    const broken = [{ id: 'a', provider: 'nobody' }]
    assert.deepEqual(withNewEntry(broken, { id: 'a', provider: 'cloud' }), [
      ...broken,
      { id: 'a', provider: 'cloud' },
    ])
    assert.deepEqual(withNewEntry('not a list', { id: 'a' }), [{ id: 'a' }])
  })
})
