import assert from 'node:assert/strict'
import { cerebras } from '../../../../src/providers/cerebras.js'
import { createMemberReader, readFixture, streamReply } from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const reply = streamReply('text/event-stream', readFixture('llama-server/text.sse'))

describe('the thinking of Cerebras’ models', () => {
  const server = useWireServer()

  const memberOf = createMemberReader(cerebras, server, reply)

  for (const [id, sent] of [
    ['gpt-oss-120b', 'low'],
    ['zai-glm-4.6', 'none'],
  ] as const) {
    it(`is asked of ${id} as ${sent} where none is wanted`, async () => {
      assert.equal(await memberOf({ id, parameters: { reasoningEffort: 'none' } }, 'reasoning_effort'), sent)
    })
  }

  it('comes apart from the text of models that are known to think, and is no question to the others', async () => {
    const facts = { capabilities: { reasoning: true } }
    assert.equal(await memberOf({ id: 'qwen-3', facts }, 'reasoning_format'), 'parsed')
    assert.equal(await memberOf({ id: 'llama3.1-8b' }, 'reasoning_format'), undefined)
  })
})
