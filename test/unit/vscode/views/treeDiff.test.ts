import assert from 'node:assert/strict'
import type { ConnectionView } from '../../../../src/core/registry/registry.js'
import { changedRows, indexTree } from '../../../../src/vscode/views/treeDiff.js'
import { buildTree, type TreeInput } from '../../../../src/vscode/views/treeItems.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createModel, createView, now } from './samples.js'

const work = createView({ models: [createModel({ id: 'a' }), createModel({ id: 'b' })] })
const home = createView({
  connection: createConnection({ id: 'home', name: 'Home' }),
  models: [createModel({ connection: 'home', id: 'c' })],
})

function index(
  views: readonly ConnectionView[],
  defaultModel?: string,
  lastCheck: TreeInput['lastCheck'] = () => undefined,
) {
  return indexTree(buildTree({ views, lastCheck, problems: [], filter: '', defaultModel, now }))
}

describe('what is drawn again', () => {
  it('is nothing where nothing has changed', () => {
    assert.deepEqual(changedRows(index([work, home]), index([{ ...work }, { ...home }])), [])
  })

  it('is the one connection whose state has changed', () => {
    const refreshing = { ...home, state: { kind: 'refreshing' } } as const
    assert.deepEqual(changedRows(index([work, home]), index([work, refreshing])), ['connection:home'])
  })

  it('is the connection that has been checked anew', () => {
    const checked = index([work, home], undefined, (id) =>
      id === 'home' ? { at: now, latencyMs: 40 } : undefined,
    )
    assert.deepEqual(changedRows(index([work, home]), checked), ['connection:home'])
  })

  it('is the connection whose models have changed, not each model as well', () => {
    const more = { ...work, models: [...work.models, createModel({ id: 'd' })] }
    assert.deepEqual(changedRows(index([work, home]), index([more, home])), ['connection:work'])
  })

  it('is the two models between which the default moves', () => {
    assert.deepEqual(changedRows(index([work, home], 'work/a'), index([work, home], 'home/c')), [
      'model:work/a',
      'model:home/c',
    ])
  })

  it('is a model of which only the tooltip says something new', () => {
    const priced = {
      ...work,
      models: [createModel({ id: 'a', maxOutputTokens: 8192 }), createModel({ id: 'b' })],
    }
    assert.deepEqual(changedRows(index([work]), index([priced])), ['model:work/a'])
  })

  it('is everything where the groups themselves change', () => {
    assert.deepEqual(changedRows(index([]), index([work])), [undefined])
  })

  it('knows the parent of each row', () => {
    const { parents } = index([work])
    assert.equal(parents.get('model:work/a'), 'connection:work')
    assert.equal(parents.get('connection:work'), 'group:cloud')
    assert.equal(parents.get('group:cloud'), undefined)
  })
})
