import assert from 'node:assert/strict'
import { readEmbedAnswer, toEmbedBody } from '../../../../src/providers/ollama/embeddings.js'
import { ollama } from '../../../../src/providers/ollama.js'
import { createModel } from '../../../fakes/providerCalls.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'

const bodyOf = (fields: Readonly<Record<string, string | number>>) =>
  toEmbedBody({ model: createModel(ollama, 'nomic'), inputs: [] }, ['a'], createConnection({ fields }))

describe('what Ollama is asked for embeddings', () => {
  it('is never to cut a text', () => {
    assert.deepEqual(bodyOf({}), { model: 'nomic', input: ['a'], truncate: false })
  })

  it('follows the connection in how it loads the model', () => {
    const body = bodyOf({ num_ctx: 8192, keep_alive: '10' })
    assert.deepEqual([body['options'], body['keep_alive']], [{ num_ctx: 8192 }, 10])
  })
})

describe('what Ollama answers', () => {
  it('counts only what is a vector', () => {
    const answer = readEmbedAnswer({ embeddings: [[1, 2], [], 'x'] })
    assert.deepEqual(answer, { embeddings: [[1, 2]], inputTokens: undefined })
    assert.deepEqual(readEmbedAnswer('nothing').embeddings, [])
  })
})
