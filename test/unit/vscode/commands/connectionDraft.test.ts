import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import {
  connectionFromDraft,
  proposeName,
  uniqueConnectionId,
} from '../../../../src/vscode/commands/connectionDraft.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

const provider = createScriptedProvider({ id: 'cloud', name: 'Cloudy', baseUrlVariable: 'CLOUDY_URL' })

describe('a connection’s id', () => {
  it('is always one that settings accept, and never one that is taken', () => {
    const valid = /^[a-z0-9][a-z0-9-]{0,62}$/
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 0, max: 20 }), (name, count) => {
        const taken = new Set<string>()
        for (let index = 0; index <= count; index += 1) {
          const id = uniqueConnectionId(name, 'cloud', taken)
          assert.match(id, valid)
          assert.ok(!taken.has(id))
          taken.add(id)
        }
      }),
    )
  })

  it('comes from the name, without accents', () => {
    assert.equal(uniqueConnectionId('Büro Köln', 'cloud', new Set()), 'buro-koln')
  })
})

describe('a draft', () => {
  const surroundings = { existing: [], environment: {}, providers: [provider] }

  it('becomes a connection with the provider’s id and address where it is the first', () => {
    const connection = connectionFromDraft({ provider, fields: {} }, surroundings)
    assert.equal(connection.id, 'cloud')
    assert.equal(connection.baseUrl, 'https://api.scripted.test/v1')
  })

  it('goes where the environment says', () => {
    const environment = { CLOUDY_URL: 'http://proxy.test' }
    const connection = connectionFromDraft({ provider, fields: {} }, { ...surroundings, environment })
    assert.equal(connection.baseUrl, 'http://proxy.test')
  })

  it('is numbered where its provider has a connection of the same name', () => {
    const existing = [createConnection({ id: 'cloud', name: 'Cloudy' })]
    assert.equal(proposeName(provider, new Set(['Cloudy'])), 'Cloudy 2')
    assert.equal(connectionFromDraft({ provider, fields: {} }, { ...surroundings, existing }).id, 'cloudy-2')
  })

  it('of a copy takes over whatever its original says but its id, its name and what is entered anew', () => {
    const own = {
      include: ['a*'],
      exclude: ['*b'],
      models: { 'a-1': { maxOutputTokens: 10 } },
      parameters: { temperature: 0 },
      template: 'coding',
      location: 'local',
      limits: { requestsAtOnce: 2 },
      cache: { completions: true },
    } as const
    const copyOf = createConnection({ id: 'cloud', name: 'Cloudy', enabled: false, ...own })
    const draft = { provider, name: 'Copy', fields: { headers: {} }, copyOf }
    const copy = connectionFromDraft(draft, { ...surroundings, existing: [copyOf], providers: [] })
    const { id, name, enabled, fields, baseUrl: _, provider: __, ...rest } = copy
    assert.deepEqual(
      { id, name, enabled, fields },
      { id: 'copy', name: 'Copy', enabled: true, fields: { headers: {} } },
    )
    assert.deepEqual(rest, own)
  })
})
