import assert from 'node:assert/strict'
import { cohere } from '../../../../src/providers/cohere.js'
import { createMemberReader, readFixture, streamReply } from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const reply = streamReply('text/event-stream', readFixture('llama-server/text.sse'))

describe('chats with Cohere’s models', () => {
  const server = useWireServer()
  const memberOf = createMemberReader(cohere, server, reply)
  const id = 'command-a-03-2025'

  it('send one of the two penalties, since a model takes one', async () => {
    const both = { frequencyPenalty: 0.2, presencePenalty: 0.3 }
    assert.equal(await memberOf({ id, parameters: both }, 'frequency_penalty'), 0.2)
    assert.equal(await memberOf({ id, parameters: both }, 'presence_penalty'), undefined)
    assert.equal(await memberOf({ id, parameters: { presencePenalty: 0.3 } }, 'presence_penalty'), 0.3)
  })

  it('ask for JSON by a schema in Cohere’s own form', async () => {
    const schema = { type: 'object', properties: {} }
    const parameters = { responseFormat: { type: 'jsonSchema', name: 'a', schema } } as const
    assert.deepEqual(await memberOf({ id, parameters }, 'response_format'), { type: 'json_object', schema })
  })

  it('ask for no form of the answer beside tools, which Cohere refuses together', async () => {
    const asked = {
      id,
      parameters: { responseFormat: { type: 'json' } },
      tools: [{ name: 'now', description: 'The time.' }],
    } as const
    assert.equal(await memberOf(asked, 'response_format'), undefined)
  })

  it('ask for thinking or for none', async () => {
    const thinks = { capabilities: { reasoning: true } }
    const effortFor = (reasoningEffort: 'none' | 'low' | 'max') =>
      memberOf({ id, facts: thinks, parameters: { reasoningEffort } }, 'reasoning_effort')
    assert.equal(await effortFor('none'), 'none')
    assert.equal(await effortFor('low'), 'high')
    assert.equal(await effortFor('max'), 'high')
  })
})
