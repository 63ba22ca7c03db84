import assert from 'node:assert/strict'
import { createCredentials } from '../../../../src/core/credentials/createCredentials.js'
import { rememberSecrets } from '../../../../src/core/credentials/recentSecrets.js'
import { createRefreshKey } from '../../../../src/core/credentials/refreshKey.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog, createMemorySecrets } from '../../../fakes/memoryStores.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

function createWindow() {
  const store = createMemorySecrets()
  const silent = { ...store, onDidChange: () => ({ dispose: () => {} }) }
  const secrets = rememberSecrets(silent, createManualClock())
  const provider = createScriptedProvider({ key: { required: true } })
  const connection = createConnection({ provider: provider.id })
  const credentials = createCredentials({
    secrets,
    providers: [provider],
    environment: {},
    log: createMemoryLog(),
  })
  const refreshKey = createRefreshKey({
    credentials,
    secrets,
    connection: (id) => (id === connection.id ? connection : undefined),
  })
  const storeElsewhere = async (key: string) => {
    const other = createCredentials({
      secrets: store,
      providers: [provider],
      environment: {},
      log: createMemoryLog(),
    })
    await other.store(connection, key)
  }
  return { connection, credentials, refreshKey, storeElsewhere }
}

describe('createRefreshKey', () => {
  it('finds the key that another window has stored', async () => {
    const { connection, credentials, refreshKey, storeElsewhere } = createWindow()
    await storeElsewhere('old-key')
    assert.equal(await credentials.resolve(connection), 'old-key')
    await storeElsewhere('new-key')
    assert.equal(await refreshKey(connection.id), true)
    assert.equal(await credentials.resolve(connection), 'new-key')
  })

  it('says that nothing has changed where the key is the same, or there is none', async () => {
    const { connection, refreshKey, storeElsewhere } = createWindow()
    assert.equal(await refreshKey(connection.id), false)
    await storeElsewhere('same-key')
    assert.equal(await refreshKey(connection.id), false)
    assert.equal(await refreshKey('gone'), false)
  })
})
