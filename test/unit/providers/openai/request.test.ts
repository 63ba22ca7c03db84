import assert from 'node:assert/strict'
import type { Capabilities } from '../../../../src/core/model.js'
import type { Connection } from '../../../../src/core/provider.js'
import { toResponsesBody } from '../../../../src/providers/openai/request.js'
import { createToolNames } from '../../../../src/providers/shared/toolSchema.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

function bodyOf(id: string, capabilities: Capabilities = {}, fields: Connection['fields'] = {}) {
  const model = {
    connection: 'work',
    id,
    provider: 'openai',
    name: id,
    family: id,
    version: '',
    location: 'cloud',
    capabilities,
    pricing: {},
    sources: {},
  } as const
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'q' }] }] as const
  return toResponsesBody({ model, messages }, createProviderContext({ provider: 'openai', fields }), {
    toolNames: createToolNames([]),
    pdf: 'tried',
  })
}

describe('toResponsesBody', () => {
  it('stores nothing at the provider', () => assert.equal(bodyOf('gpt-5.4')['store'], false))
  it('asks for encrypted reasoning where a model reasons, and nowhere else', () => {
    const asks = (id: string, capabilities?: Capabilities) =>
      bodyOf(id, capabilities)['include'] !== undefined
    assert.deepEqual(
      [
        asks('o4-mini'),
        asks('gpt-5.4'),
        asks('gpt-4.1'),
        asks('gpt-5-chat-latest'),
        asks('custom', { reasoning: true }),
        asks('gpt-5.4', { reasoning: false }),
      ],
      [true, true, false, false, true, false],
    )
  })
  it('asks for summaries only where the connection does, and the model reasons', () => {
    const fields = { reasoningSummary: 'auto' }
    assert.equal(bodyOf('gpt-5.4')['reasoning'], undefined)
    assert.deepEqual(bodyOf('gpt-5.4', {}, fields)['reasoning'], { summary: 'auto' })
    assert.equal(bodyOf('gpt-4.1', {}, fields)['reasoning'], undefined)
  })
})
