import assert from 'node:assert/strict'
import type { ChatRequest } from '../../../../src/core/chat.js'
import { createChatOverhead } from '../../../../src/core/routing/chatOverhead.js'
import { readComplexity } from '../../../../src/core/routing/complexity.js'
import { estimateInput } from '../../../../src/core/tokens/calibration.js'
import { createTokenCounter } from '../../../../src/core/tokens/estimate.js'
import { requestOf } from '../../../fakes/routing.js'
import { agentMessages, agentTools } from '../../../fakes/vscodeChat.js'

const tokensOf = (request: ChatRequest): number => estimateInput(createTokenCounter(), 'work/m', request)

const inChat = (patch: Partial<ChatRequest> = {}): ChatRequest =>
  requestOf('auto', {
    messages: agentMessages('Refactor it step by step'),
    tools: agentTools.slice(0, 2),
    caller: { door: 'languageModel', conversation: 'c-1' },
    ...patch,
  })

function watch(...requests: readonly ChatRequest[]) {
  const overhead = createChatOverhead()
  const chat = overhead.watch(async function* answer() {
    yield* []
  })
  for (const request of requests) chat(request, new AbortController().signal)
  return overhead.around(requestOf('auto'))
}

describe('what Chat sends besides the user’s words', () => {
  it('is, before Chat has sent anything, about what VS Code’s agent sends, and makes no question harder', () => {
    const request = watch()
    const tokens = tokensOf(request)
    assert.ok(tokens > 12_000 && tokens < 25_000, `${tokens}`)
    assert.equal(request.tools?.length, 40)
    assert.deepEqual(readComplexity(request), readComplexity(requestOf('auto')))
  })

  it('is what the latest request of Chat has brought', () => {
    const { messages, tools } = watch(inChat({ tools: agentTools }), inChat())
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user'],
    )
    assert.deepEqual(messages[0], agentMessages('')[0])
    assert.deepEqual(tools, agentTools.slice(0, 2))
  })

  it('is not what other extensions send, nor what Chat sends for titles', () => {
    const others = [
      inChat({ caller: { door: 'api', conversation: 'c-1' } }),
      inChat({ caller: { door: 'languageModel' } }),
      inChat({ tools: [] }),
      inChat({ messages: requestOf('auto').messages }),
    ]
    assert.equal(watch(...others).tools?.length, 40)
  })
})
