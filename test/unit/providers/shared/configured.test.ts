import assert from 'node:assert/strict'
import { type Configured, readConfigured } from '../../../../src/providers/shared/configured.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

const shown = (configured: Configured) => ({ ...configured, secrets: configured.secrets() })

describe('what a connection adds to every request', () => {
  it('is read with its variables replaced', () => {
    const configured = readConfigured(
      createProviderContext({
        provider: 'x',
        environment: { TEAM: 'research-team' },
        fields: {
          headers: { 'x-team': '${env:TEAM}' },
          query: { 'api-version': '2026' },
          keyHeader: 'x-key',
        },
      }),
    )
    assert.deepEqual(shown(configured), {
      headers: { 'x-team': 'research-team' },
      query: { 'api-version': '2026' },
      keyHeader: 'x-key',
      secrets: ['research-team', 'research-team'],
    })
  })

  it('is nothing where nothing is configured, or what is configured is no text', () => {
    const fields = { headers: { a: 1 }, query: 'a=b' }
    const nothing = { headers: {}, query: {}, keyHeader: undefined, secrets: [] }
    assert.deepEqual(shown(readConfigured(createProviderContext({ provider: 'x', fields }))), nothing)
    assert.deepEqual(shown(readConfigured(createProviderContext({ provider: 'x' }))), nothing)
  })

  it('has the organization and the project as OpenAI’s headers, and a header that the user writes wins', () => {
    const environment = { TEAM_PROJECT: 'proj_7' }
    const fields = { organization: ' org-1 ', project: '${env:TEAM_PROJECT}' }
    assert.deepEqual(readConfigured(createProviderContext({ provider: 'x', environment, fields })).headers, {
      'OpenAI-Organization': 'org-1',
      'OpenAI-Project': 'proj_7',
    })
    const headers = { 'openai-organization': 'org-2' }
    assert.deepEqual(
      readConfigured(createProviderContext({ provider: 'x', fields: { organization: 'org-1', headers } }))
        .headers,
      headers,
    )
  })

  it('names the place of a variable that is not set', () => {
    for (const [id, place] of [
      ['headers', 'the headers'],
      ['query', 'the query'],
    ] as const) {
      const context = createProviderContext({ provider: 'x', fields: { [id]: { a: '${env:NOPE}' } } })
      assert.throws(() => readConfigured(context), new RegExp(`NOPE, named in ${place}`))
    }
  })
})
