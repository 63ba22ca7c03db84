import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import { findBaseUrl } from '../../../../src/vscode/commands/baseProbe.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'
import { createBench } from './bench.js'

const missing = new ModelError({ code: 'not-found', message: 'There is nothing.' })
const provider = createScriptedProvider()

describe('findBaseUrl', () => {
  /** A server whose API is at one address alone, and the addresses that it was asked at. */
  function open(api: string) {
    const asked: string[] = []
    const bench = createBench({ moves: [] })
    const services = {
      ...bench.services,
      async testConnection({
        connection: { baseUrl = '' },
      }: Parameters<typeof bench.services.testConnection>[0]) {
        asked.push(baseUrl)
        if (baseUrl !== api) throw missing
        return { latencyMs: 1, modelCount: 2, key: 'unproven' as const }
      },
    }
    const find = (baseUrl: string, error: unknown = missing) =>
      findBaseUrl(
        services,
        { connection: createConnection({ baseUrl }), provider, enteredKey: 'a-key' },
        error,
      )
    return { asked, find }
  }

  it('finds a forgotten /v1, and longer ends that servers have', async () => {
    for (const end of ['/v1', '/api/v1', '/openai/v1']) {
      const { find } = open(`http://127.0.0.1:9${end}`)
      assert.equal(await find('http://127.0.0.1:9/'), `http://127.0.0.1:9${end}`)
    }
  })

  it('finds nothing if no address answers, and asks each once', async () => {
    const { asked, find } = open('http://elsewhere')
    assert.equal(await find('http://127.0.0.1:9'), undefined)
    assert.deepEqual(
      asked,
      ['/v1', '/api/v1', '/openai/v1'].map((end) => `http://127.0.0.1:9${end}`),
    )
  })

  it('asks nothing where the address has a version, or where the server refused for another reason', async () => {
    const { asked, find } = open('http://127.0.0.1:9/v1')
    assert.equal(await find('http://127.0.0.1:9/v1'), undefined)
    for (const code of ['unauthorized', 'unreachable', 'timeout'] as const)
      assert.equal(await find('http://127.0.0.1:9', new ModelError({ code, message: code })), undefined)
    assert.deepEqual(asked, [])
  })
})
