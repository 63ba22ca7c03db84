import assert from 'node:assert/strict'
import { saveConnection } from '../../../../src/vscode/commands/saveConnection.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createBench } from './bench.js'

const before = createConnection({ id: 'cloud', name: 'Before', provider: 'cloud' })
const after = { ...before, name: 'After' }

describe('saving settings and key together', () => {
  it('restores the settings that were there when the key cannot be stored', async () => {
    const bench = createBench({ connections: [before] })
    bench.secrets.breakWith(new Error('no keyring'))
    await assert.rejects(
      saveConnection(bench.services, after, 'good-key-1'),
      /so the connection is as it was before/,
    )
    assert.deepEqual(bench.connections.list(), [before])
  })

  it('says that the connection is there without a key when even that fails', async () => {
    const bench = createBench()
    bench.secrets.breakWith(new Error('no keyring'))
    const connections = { ...bench.connections, remove: async () => Promise.reject(new Error('read-only')) }
    const saving = saveConnection({ ...bench.services, connections }, after, 'good-key-1')
    await assert.rejects(saving, /saved without a key/)
  })

  it('stores no key where the settings cannot be written', async () => {
    const bench = createBench()
    const connections = { ...bench.connections, save: async () => Promise.reject(new Error('read-only')) }
    await assert.rejects(saveConnection({ ...bench.services, connections }, after, 'good-key-1'), /read-only/)
    assert.equal(bench.secrets.values.size, 0)
  })

  it('never names the key in its error', async () => {
    const bench = createBench()
    bench.secrets.breakWith(new Error('no keyring'))
    const error = await saveConnection(bench.services, after, 'good-key-1').then(
      () => assert.fail('it was saved'),
      (reason: unknown) => String(reason),
    )
    assert.doesNotMatch(error, /good-key/)
  })
})
