import assert from 'node:assert/strict'
import { llamaServer } from '../../../../src/providers/llamaServer.js'
import { createChat, createMemberReader, readFixture, streamReply } from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const reply = streamReply('text/event-stream', readFixture('llama-server/text.sse'))

describe('a chat with a llama-server', () => {
  const server = useWireServer()
  const chat = createChat({ create: () => llamaServer, server, model: 'm' })
  const memberOf = createMemberReader(llamaServer, server, reply)

  it('asks for JSON with the schema of any object, without which the server keeps to nothing', async () => {
    const json = { id: 'm', parameters: { responseFormat: { type: 'json' } } } as const
    assert.deepEqual(await memberOf(json, 'response_format'), {
      type: 'json_object',
      schema: { type: 'object' },
    })
    const text = { id: 'm', parameters: { responseFormat: { type: 'text' } } } as const
    assert.equal(await memberOf(text, 'response_format'), undefined)
  })

  it('is tried again where requests at once have filled the memory that they share', async () => {
    const told = { error: { code: 500, message: 'Context size has been exceeded.', type: 'server_error' } }
    server.answer(streamReply('text/event-stream', `data: ${JSON.stringify(told)}\n\n`))
    const { error } = await chat()
    assert.deepEqual([error?.code, error?.retryable], ['overloaded', true])
  })

  it('ends with its request: no header lets the server go on without its reader', async () => {
    server.answer(reply)
    await chat({ conversation: 'c-1' })
    const [request] = server.requests
    assert.ok(request !== undefined && !('x-conversation-id' in request.headers))
  })
})
