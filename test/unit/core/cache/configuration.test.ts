import assert from 'node:assert/strict'
import { createConfiguration } from '../../../../src/core/cache/configuration.js'
import { completionKey, fingerprint } from '../../../../src/core/cache/key.js'
import type { ChatParameters } from '../../../../src/core/chat.js'
import type { ModelInfo, ModelRef } from '../../../../src/core/model.js'
import type { Connection } from '../../../../src/core/provider.js'
import { sha256 } from '../../../../src/platform/cache/sha256.js'
import { request } from '../../../fakes/cachedChat.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'

const info: ModelInfo = {
  connection: 'work',
  id: 'm',
  provider: 'scripted',
  name: 'M',
  family: 'm',
  version: '1',
  location: 'local',
  capabilities: {},
  pricing: {},
  sources: {},
}

interface State {
  readonly connection?: Partial<Connection>
  readonly model?: Partial<ModelInfo>
  readonly defaults?: ChatParameters
}

function configure(
  { connection = {}, model = {}, defaults = {} }: State,
  route?: (model: ModelRef) => unknown,
) {
  const view = { connection: createConnection(connection) }
  return createConfiguration({
    registry: { view: (id) => (id === 'work' ? view : undefined), find: () => ({ ...info, ...model }) },
    sha256,
    defaults: () => defaults,
    ...(route === undefined ? {} : { route }),
  })
}

function keyOf(state: State): string {
  return completionKey(request, configure(state)(request.model)?.fingerprint ?? '', sha256)
}

describe('what changes an answer besides its request', () => {
  const changes: Readonly<Record<string, State>> = {
    'another server': { connection: { baseUrl: 'http://elsewhere.test' } },
    'another provider': { connection: { provider: 'other' } },
    'another value of a field': { connection: { fields: { mode: 'responses' } } },
    'an extra body of the model': { connection: { models: { m: { extraBody: { a: 1 } } } } },
    'another default parameter': { defaults: { temperature: 0.3 } },
    'a new version of the model under its old name': { model: { version: '2' } },
    'another file of it': { model: { sizeBytes: 5 } },
  }
  for (const [what, state] of Object.entries(changes)) {
    it(`is ${what}`, () => {
      assert.notEqual(keyOf(state), keyOf({}))
    })
  }

  it('is neither the connection’s name, nor settings of its other models, nor what a model is called', () => {
    const models = { other: { extraBody: { a: 1 } } }
    assert.equal(keyOf({ connection: { name: 'Elsewhere', models }, model: { name: 'N' } }), keyOf({}))
  })

  it('is known with the parameters that hold where the request has none', () => {
    assert.deepEqual(configure({ defaults: { temperature: 0 } })(request.model)?.parameters, {
      temperature: 0,
    })
  })

  it('is read anew once anything of it has changed, and is the same as long as nothing has', () => {
    const state = { connection: createConnection({}), model: info, defaults: { temperature: 0 } }
    const configuration = createConfiguration({
      registry: { view: () => ({ connection: state.connection }), find: () => state.model },
      sha256,
      defaults: () => ({ ...state.defaults }),
    })
    const seen = new Set<string | undefined>()
    const look = () => seen.add(configuration(request.model)?.fingerprint).size
    assert.deepEqual([look(), look()], [1, 1])
    state.defaults = { temperature: 1 }
    assert.equal(look(), 2)
    state.model = { ...info, version: '2' }
    assert.equal(look(), 3)
    state.connection = createConnection({ baseUrl: 'http://elsewhere.test' })
    assert.deepEqual([look(), look()], [4, 4])
  })

  it('is unknown for a connection that is not there', () => {
    assert.equal(configure({})({ connection: 'gone', id: 'm' }), undefined)
  })

  it('is a route’s own rules where a route is asked', () => {
    const configuration = configure({}, ({ connection }) =>
      connection === 'auto' ? ['cheapest'] : undefined,
    )
    assert.deepEqual(configuration({ connection: 'auto', id: '' }), {
      fingerprint: fingerprint({ route: ['cheapest'] }, sha256),
    })
    assert.deepEqual(configuration(request.model), configure({})(request.model))
  })
})
