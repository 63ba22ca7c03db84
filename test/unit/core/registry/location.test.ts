import assert from 'node:assert/strict'
import type { Connection } from '../../../../src/core/provider.js'
import { locationOfConnection } from '../../../../src/core/registry/location.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

const makers = createScriptedProvider({ baseUrl: 'https://api.maker.test/v1' })
const { baseUrl: _, ...anyServer } = createScriptedProvider()
const ollama = createScriptedProvider({ location: 'local', baseUrl: 'http://127.0.0.1:11434' })

const at = (baseUrl: string, location?: 'local' | 'cloud'): Connection =>
  createConnection({ baseUrl, ...(location === undefined ? {} : { location }) })

describe('where a connection’s models run', () => {
  it('is the provider’s place while the user says nothing, a loopback address or not', () => {
    assert.equal(locationOfConnection(at('http://127.0.0.1:8000/v1'), anyServer), 'cloud')
    assert.equal(locationOfConnection(at('http://gpu.test:11434'), ollama), 'local')
  })

  it('is what the user says of a server of their own', () => {
    assert.equal(locationOfConnection(at('http://127.0.0.1:8000/v1', 'local'), anyServer), 'local')
    assert.equal(locationOfConnection(at('http://gpu.test:8000/v1', 'local'), makers), 'local')
    assert.equal(locationOfConnection(at('https://rented.test', 'cloud'), ollama), 'cloud')
  })

  it('is a cloud at the maker’s own address, whatever is said', () => {
    assert.equal(locationOfConnection(at('https://api.maker.test/v1', 'local'), makers), 'cloud')
    assert.equal(locationOfConnection(at('https://api.maker.test:443/other', 'local'), makers), 'cloud')
  })

  it('is this machine for what has no address', () => {
    const { baseUrl: __, ...embedded } = at('http://x.test', 'cloud')
    const provider = { ...anyServer, location: 'local' } as const
    assert.equal(locationOfConnection(embedded, provider), 'local')
  })
})
