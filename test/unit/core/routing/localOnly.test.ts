import assert from 'node:assert/strict'
import { isModelError } from '../../../../src/core/errors.js'
import { locationOf, refuseCloud } from '../../../../src/core/routing/localOnly.js'
import { createModel } from '../../../fakes/models.js'
import { createRouting } from '../../../fakes/routing.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

const cloud = createScriptedProvider()
const local = createScriptedProvider({ location: 'local', baseUrl: 'http://127.0.0.1:9' })
const connection = createConnection({ name: 'Home', baseUrl: 'http://127.0.0.1:9' })

describe('refuseCloud', () => {
  it('names what is held back, the setting and the way out', () => {
    assert.throws(
      () =>
        refuseCloud({ connection: createConnection(), provider: cloud, model: createModel({ id: 'far' }) }),
      (error) =>
        isModelError(error) &&
        error.code === 'forbidden' &&
        error.model?.id === 'far' &&
        error.message ===
          'far runs in a cloud and is held back: roundhouse.localOnly is on. Choose a local model or “auto/local”, or turn the setting off.',
    )
  })

  it('goes by the connection where no model is asked', () => {
    assert.throws(
      () => refuseCloud({ connection: createConnection(), provider: cloud }),
      /^ModelError: Work runs/,
    )
    refuseCloud({ connection, provider: local })
  })

  it('refuses a model that its local server passes on to a cloud', () => {
    assert.throws(() =>
      refuseCloud({ connection, provider: local, model: createModel({ location: 'cloud' }) }),
    )
    refuseCloud({ connection, provider: local, model: createModel({ location: 'local' }) })
  })
})

describe('locationOf', () => {
  it('is the connection’s for a model that is not listed yet, and unknown without a connection', async () => {
    const { registry } = await createRouting({ connections: { work: { models: [{ id: 'listed' }] } } })
    assert.equal(locationOf(registry, { connection: 'work', id: 'unlisted' }), 'cloud')
    assert.equal(locationOf(registry, { connection: 'gone', id: 'unlisted' }), undefined)
  })

  it('is a cloud for a name by which Ollama passes requests on, listed or not', async () => {
    const { registry } = await createRouting({ connections: { work: { models: [], location: 'local' } } })
    assert.equal(locationOf(registry, { connection: 'work', id: 'unlisted' }), 'local')
    assert.equal(locationOf(registry, { connection: 'work', id: 'kimi-k2:cloud' }), 'cloud')
  })
})
