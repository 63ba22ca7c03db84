import assert from 'node:assert/strict'
import type { Chat, ChatRequest, ContentPart } from '../../../../src/core/chat.js'
import type { Usage } from '../../../../src/core/model.js'
import { calibrateTokens } from '../../../../src/core/tokens/calibration.js'
import { createTokenCounter } from '../../../../src/core/tokens/estimate.js'

const model = 'home/some-model'
const words = Array.from({ length: 400 }, (_, index) => `word${index}`).join(' ')

function request(content: readonly ContentPart[]): ChatRequest {
  return {
    model: { connection: 'home', id: 'some-model' },
    messages: [{ role: 'user', content }],
    caller: { door: 'api' },
  }
}

function answering(inputTokens: number, accuracy: Usage['accuracy']): Chat {
  const usage = {
    inputTokens,
    outputTokens: 1,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningOutputTokens: 0,
    accuracy,
  }
  return async function* answer() {
    yield { type: 'usage', usage }
    yield { type: 'finish', reason: 'stop' }
  }
}

async function countAfter(options: { readonly accuracy: Usage['accuracy']; readonly image: boolean }) {
  const counter = createTokenCounter()
  const before = counter.count(model, words)
  const chat = calibrateTokens(counter)(answering(before * 2, options.accuracy))
  const image: ContentPart = { type: 'data', mimeType: 'image/png', data: new Uint8Array(8) }
  const parts: ContentPart[] = [{ type: 'text', text: words }, ...(options.image ? [image] : [])]
  for (let turn = 0; turn < 40; turn++) {
    for await (const part of chat(request(parts), new AbortController().signal))
      assert.ok(part.type !== 'text')
  }
  return counter.count(model, words) / before
}

describe('calibrateTokens', () => {
  it('moves the estimate to what the provider counts', async () => {
    const ratio = await countAfter({ accuracy: 'exact', image: false })
    assert.ok(ratio > 1.7 && ratio < 2.1, `ratio ${ratio}`)
  })

  it('does not learn from an estimate', async () => {
    assert.equal(await countAfter({ accuracy: 'estimated', image: false }), 1)
  })

  it('does not learn from a request with an image', async () => {
    assert.equal(await countAfter({ accuracy: 'exact', image: true }), 1)
  })
})
