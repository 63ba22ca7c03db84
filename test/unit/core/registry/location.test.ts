import assert from 'node:assert/strict'
import type { Connection } from '../../../../src/core/provider.js'
import {
  addressOf,
  findMaker,
  isPlaceUnknown,
  isPublicHost,
  locationOfConnection,
} from '../../../../src/core/registry/location.js'
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

describe('a maker’s cloud', () => {
  const azure = createScriptedProvider({ id: 'azure', name: 'Azure', customerHosts: ['openai.azure.com'] })
  const named = createScriptedProvider({ name: 'Maker', baseUrl: 'https://api.maker.com/v1' })
  const table = [named, azure, ollama]
  const nameOf = (baseUrl: string) => findMaker(baseUrl, table)?.name

  it('is found by its host, whatever scheme, port, path or letters', () => {
    for (const url of ['https://api.maker.com', 'http://API.maker.com:8443/x', 'https://api.maker.com./v1'])
      assert.equal(nameOf(url), 'Maker', url)
  })

  it('has the hosts below its own and those of its customers', () => {
    assert.equal(nameOf('https://eu.api.maker.com/v1'), 'Maker')
    assert.equal(nameOf('https://mine.openai.azure.com'), 'Azure')
  })

  it('is the own cloud of the maker of a local server, too', () => {
    const local = { id: 'ollama', name: 'Ollama', location: 'local', cloudDomains: ['ollama.com'] } as const
    const ollamas = [createScriptedProvider({ ...local, baseUrl: 'http://127.0.0.1:11434' })]
    assert.equal(findMaker('https://ollama.com/api', ollamas)?.name, 'Ollama')
    const connection = createConnection({ ...addressOf('https://ollama.com', ollamas), location: 'local' })
    assert.equal(locationOfConnection(connection, ollamas[0] ?? ollama), 'cloud')
    assert.equal(findMaker('http://127.0.0.1:11434', ollamas), undefined)
  })

  it('is no other host that ends or begins alike, and no local provider’s', () => {
    for (const url of [
      'https://notapi.maker.com',
      'https://api.maker.com.evil.net',
      'http://127.0.0.1:11434',
    ])
      assert.equal(nameOf(url), undefined, url)
  })

  it('is a cloud below every provider, and whatever the user says', () => {
    const connection = createConnection({
      ...addressOf('https://eu.api.maker.com/v1', table),
      location: 'local',
    })
    assert.equal(locationOfConnection(connection, ollama), 'cloud')
    assert.equal(isPlaceUnknown(connection, ollama), false)
  })
})

describe('a local provider’s server at a public address', () => {
  it('is a cloud until the user says whose it is', () => {
    assert.equal(isPlaceUnknown(at('https://gpu.example.com'), ollama), true)
    assert.equal(locationOfConnection(at('https://gpu.example.com'), ollama), 'cloud')
    assert.equal(locationOfConnection(at('https://gpu.example.com', 'local'), ollama), 'local')
    assert.equal(isPlaceUnknown(at('https://gpu.example.com', 'local'), ollama), false)
  })

  it('is told from this machine and private networks', () => {
    const hosts = (text: string) => text.split(' ').filter((host) => isPublicHost(host))
    const own =
      'localhost 127.0.0.1 [::1] 10.0.0.7 172.16.0.1 172.31.9.9 192.168.1.2 169.254.1.1 100.64.0.1 100.127.1.1 [fd00::1] [fe80::1] gpu gpu.local box.lan a.internal vllm.corp pi.home.arpa box.tail1.ts.net'
    const open = '8.8.8.8 172.32.0.1 100.128.0.1 192.169.0.1 [2001:db8::1] gpu.example.com local.example.com'
    assert.deepEqual(hosts(own), [])
    assert.deepEqual(hosts(open), open.split(' '))
  })
})
