import assert from 'node:assert/strict'
import { providers } from '../../../src/providers/index.js'
import { createConnectionReader } from '../../../src/vscode/connectionSettings.js'
import { defaultConnections } from '../../../src/vscode/defaultConnections.js'
import { declaredSettings } from '../../fakes/vscode/settings.js'

describe('the connections of a window without settings', () => {
  it('are what the reader makes of the default that the manifest declares', () => {
    const read = createConnectionReader(providers, {})(declaredSettings().get('roundhouse.connections'))
    assert.deepEqual(read, { connections: defaultConnections, problems: [] })
  })
})
