import assert from 'node:assert/strict'
import { environmentBaseUrl } from '../../../src/core/provider.js'
import { createScriptedProvider } from '../../fakes/scriptedProvider.js'

const provider = createScriptedProvider({
  baseUrl: 'http://127.0.0.1:11434',
  baseUrlVariable: 'LOCAL_HOST',
})

const read = (value: string | undefined) => environmentBaseUrl(provider, { LOCAL_HOST: value })

describe('the base URL that the environment names', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['http://gpu.lan:8080', 'http://gpu.lan:8080'],
    ['https://ollama.example/proxy/', 'https://ollama.example/proxy'],
    ['http://gpu.lan', 'http://gpu.lan'],
    ['gpu.lan', 'http://gpu.lan:11434'],
    ['gpu.lan:80', 'http://gpu.lan'],
    [' 127.0.0.1:5000 ', 'http://127.0.0.1:5000'],
    [':5000', 'http://127.0.0.1:5000'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['http://0.0.0.0:11434', 'http://127.0.0.1:11434'],
    ['[::]:11434', 'http://127.0.0.1:11434'],
    ['[::1]', 'http://[::1]:11434'],
    ['http://me:secret@gpu.lan:8080', 'http://gpu.lan:8080'],
    ['https://token@ollama.example/proxy@2', 'https://ollama.example/proxy@2'],
    ['me:secret@gpu.lan', 'http://gpu.lan:11434'],
    ['me:se/cr?et@gpu.lan:5000', 'http://gpu.lan:5000'],
    ['http://me:p@ss@gpu.lan:5000', 'http://gpu.lan:5000'],
    ['me:se cret@two words', 'http://two words'],
  ]
  for (const [value, expected] of rows) {
    it(`reads “${value}” as ${expected}`, () => assert.equal(read(value), expected))
  }

  it('is none where the variable is missing or empty, or the provider names none', () => {
    assert.equal(read(undefined), undefined)
    assert.equal(read('  '), undefined)
    assert.equal(environmentBaseUrl(createScriptedProvider(), { LOCAL_HOST: 'gpu.lan' }), undefined)
  })

  it('leaves what is no address as it is, for the connection to say so', () => {
    assert.equal(read('two words'), 'http://two words')
  })
})
