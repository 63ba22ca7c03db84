import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { connectionNodeId, modelNodeId, parseTarget } from '../../../../src/vscode/views/treeTarget.js'

const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/)

describe('a command’s argument', () => {
  it('gives back the model of a tree row, slashes and colons in its id and all', () => {
    fc.assert(
      fc.property(id, fc.string({ minLength: 1 }), (connection, model) => {
        const ref = { connection, id: model }
        assert.deepEqual(parseTarget(modelNodeId(ref)), { connection, model: ref })
      }),
    )
  })

  it('gives back the connection of a tree row', () => {
    fc.assert(
      fc.property(id, (connection) => {
        assert.deepEqual(parseTarget(connectionNodeId(connection)), { connection })
      }),
    )
  })

  it('gives back a route, whose name may have no slash', () => {
    const auto = { connection: 'auto', id: '' }
    assert.deepEqual(parseTarget(modelNodeId(auto)), { connection: 'auto', model: auto })
  })

  it('may be written by hand, for a keybinding', () => {
    assert.deepEqual(parseTarget('work'), { connection: 'work' })
    assert.deepEqual(parseTarget('work/gpt-5'), {
      connection: 'work',
      model: { connection: 'work', id: 'gpt-5' },
    })
  })

  it('is nothing where it is no text', () => {
    for (const argument of [undefined, null, '', 3, {}, []]) assert.equal(parseTarget(argument), undefined)
  })
})
