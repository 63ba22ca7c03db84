import assert from 'node:assert/strict'
import type { ResponsePart } from '../../../../src/core/chat.js'
import { createEmbeddedModels } from '../../../../src/providers/llamacpp/embeddedModels.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

describe('an answer of an embedded model', () => {
  it('is no longer than one of any other provider', async () => {
    const context = createProviderContext({ provider: 'llamacpp', fields: { files: ['/models/m.gguf'] } })
    async function* endless(): AsyncIterable<ResponsePart> {
      for (;;) yield { type: 'text', text: 'x'.repeat(1_000_000) }
    }
    const engine = { ...context.engine, chat: endless }
    const model = {
      connection: 'work',
      id: 'm',
      provider: 'llamacpp',
      name: 'M',
      family: 'm',
      version: '',
      location: 'local',
      capabilities: {},
      pricing: {},
      sources: {},
    } as const
    let length = 0
    await assert.rejects(
      async () => {
        const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const
        for await (const part of createEmbeddedModels().chat({ model, messages }, { ...context, engine }))
          if (part.type === 'text') length += part.text.length
      },
      { code: 'provider-error', message: /^llama\.cpp \(Work\) sent more than 8,000,000 characters of text/ },
    )
    assert.equal(length, 8_000_000)
  })
})
