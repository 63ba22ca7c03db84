import assert from 'node:assert/strict'
import type { ChatRequest, ContentPart } from '../../../../src/core/chat.js'
import { abilitiesOf } from '../../../../src/core/routing/features.js'
import { readNeeds } from '../../../../src/core/routing/needs.js'

function needsOf(request: Partial<ChatRequest>, ...content: ContentPart[]) {
  const { abilities, ...tokens } = readNeeds(
    {
      model: { connection: 'auto', id: '' },
      messages: [{ role: 'user', content }],
      caller: { door: 'api' },
      ...request,
    },
    123,
  )
  return { ...tokens, abilities: abilitiesOf(abilities) }
}

const data = (mimeType: string): ContentPart => ({ type: 'data', mimeType, data: new Uint8Array(1) })

describe('readNeeds', () => {
  it('needs nothing for plain text, and reckons with an answer of 1,000 tokens', () => {
    assert.deepEqual(needsOf({}, { type: 'text', text: 'Hello' }, data('text/plain')), {
      abilities: [],
      inputTokens: 123,
      outputTokens: 0,
      expectedOutputTokens: 1_000,
    })
  })

  it('reckons with no answer where vectors or scores are asked for', () => {
    for (const operation of ['embeddings', 'reranking'] as const) {
      const { outputTokens, expectedOutputTokens } = needsOf({ operation })
      assert.deepEqual([outputTokens, expectedOutputTokens], [0, 0])
    }
  })

  it('needs what the tools, the media and the format of the answer want', () => {
    const tools = [{ name: 'read', description: 'Reads.' }]
    const responseFormat = { type: 'jsonSchema', name: 'x', schema: {} } as const
    const request = { tools, parameters: { responseFormat, maxOutputTokens: 50 } }
    const { abilities, outputTokens, expectedOutputTokens } = needsOf(
      request,
      data('image/png'),
      data('application/pdf'),
      data('audio/wav'),
      data('video/mp4'),
    )
    const wanted = ['toolCalling', 'imageInput', 'structuredOutput', 'pdfInput', 'audioInput', 'videoInput']
    assert.deepEqual([abilities, outputTokens, expectedOutputTokens], [wanted, 50, 50])
  })

  it('sees an image that a tool has given back, and that tools were used', () => {
    const result: ContentPart = {
      type: 'toolResult',
      callId: '1',
      content: [{ type: 'data', mimeType: 'image/png', data: new Uint8Array(1) }],
    }
    assert.deepEqual(needsOf({}, result).abilities, ['toolCalling', 'imageInput'])
  })
})
