import assert from 'node:assert/strict'
import type { Message } from '../../../../src/core/chat.js'
import { createOllama } from '../../../../src/providers/ollama.js'
import {
  bodiesOf,
  createChat,
  createModel,
  jsonReply,
  readFixture,
  streamReply,
} from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const answer = streamReply('application/x-ndjson', readFixture('ollama/text.ndjson'))

describe('Ollama gives a conversation the context that it needs', () => {
  const server = useWireServer()

  const chat = createChat({ create: createOllama, server, model: 'qwen-test:4b' })
  const long: Message = { role: 'user', content: [{ type: 'text', text: 'word '.repeat(12_000) }] }
  const tooLong = jsonReply({ error: 'the input length exceeds the context length' }, 400)
  /** A server with a context of 4,096 tokens unless told otherwise, and `needed` for the prompt. */
  const serve = (needed: number) =>
    server.answer(({ body }) => {
      const size = JSON.parse(body).options.num_ctx ?? 4_096
      return size < needed ? tooLong : answer
    })
  const sizes = () => bodiesOf(server.requests, '/api/chat').map((body) => Object(body).options.num_ctx)
  const facts = { contextWindow: 131_072 }

  it('once, and keeps it for the requests that follow: a change loads the model again', async () => {
    serve(20_000)
    const provider = createOllama()
    const model = createModel(provider, 'qwen-test:4b', facts)
    assert.equal((await chat({ model, messages: [long] }, {}, provider)).error, undefined)
    assert.equal((await chat({ model }, {}, provider)).error, undefined)
    assert.deepEqual(sizes(), [undefined, 32_768, 32_768])
  })

  it('step by step where more is needed than was estimated, and never more than the model reads', async () => {
    serve(200_000)
    const { error } = await chat({ messages: [long] }, { facts })
    assert.equal(error?.code, 'context-length')
    assert.match(error.message, /num_ctx/)
    assert.deepEqual(sizes(), [undefined, 32_768, 65_536, 131_072])
  })

  it('but never against the user’s own choice, and never without knowing what the model reads', async () => {
    serve(20_000)
    assert.equal((await chat({}, { facts, fields: { num_ctx: 8_192 } })).error?.code, 'context-length')
    assert.equal((await chat()).error?.code, 'context-length')
    assert.deepEqual(sizes(), [8_192, undefined])
  })
})
