import assert from 'node:assert/strict'
import type { Message } from '../../../../src/core/chat.js'
import type { ModelFacts } from '../../../../src/core/model.js'
import type { ProviderChatRequest } from '../../../../src/core/provider.js'
import { createAnthropic } from '../../../../src/providers/anthropic.js'
import {
  bodiesOf,
  createChat,
  createModel,
  jsonReply,
  readFixture,
  streamReply,
} from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const modelId = 'claude-test-4-8'
const hello: Message = { role: 'user', content: [{ type: 'text', text: 'Hello' }] }
const answer = streamReply('text/event-stream', readFixture('anthropic/text.sse'))

function supports(...names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { supported: true }]))
}

describe('Claude thinks as much as it is told', () => {
  const server = useWireServer()

  const chat = createChat({ create: createAnthropic, server, model: modelId })
  const tool = { name: 'look', description: 'Looks.' }
  const ask = async (capabilities: unknown, asked: Partial<ProviderChatRequest>, facts: ModelFacts = {}) => {
    server.answer(({ method }) => (method === 'POST' ? answer : jsonReply({ id: modelId, capabilities })))
    const { error } = await chat(asked, { facts: { maxOutputTokens: 32_000, ...facts } })
    assert.equal(error, undefined)
    const { thinking, output_config } = Object(bodiesOf(server.requests, '/v1/messages').at(-1))
    return { thinking, effort: output_config?.effort }
  }
  const adaptive = {
    effort: { supported: true, ...supports('low', 'medium', 'high', 'xhigh') },
    thinking: { supported: true, types: supports('adaptive', 'disabled') },
  }
  const budgeted = {
    effort: { supported: false },
    thinking: { supported: true, types: supports('enabled') },
  }
  const summarized = { type: 'adaptive', display: 'summarized' }

  it('by effort where the model adapts, at the nearest level that it has', async () => {
    const efforts = ['minimal', 'low', 'medium', 'high', 'max'] as const
    const sent: unknown[] = []
    for (const reasoningEffort of efforts) sent.push(await ask(adaptive, { parameters: { reasoningEffort } }))
    assert.deepEqual(
      sent,
      ['low', 'low', 'medium', 'high', 'xhigh'].map((effort) => ({ thinking: summarized, effort })),
    )
  })

  it('by a budget below the output limit where the model has no effort', async () => {
    const sent = await ask(budgeted, { parameters: { reasoningEffort: 'max' } })
    assert.deepEqual(sent, {
      thinking: { type: 'enabled', budget_tokens: 32_000 - 1_024, display: 'summarized' },
      effort: undefined,
    })
    const small = await ask(budgeted, { parameters: { reasoningEffort: 'high', maxOutputTokens: 1_500 } })
    assert.deepEqual(small, { thinking: undefined, effort: undefined })
  })

  it('not at all where that is asked and possible, else as little as possible', async () => {
    const none = { parameters: { reasoningEffort: 'none' } } as const
    assert.deepEqual(await ask(adaptive, none), { thinking: { type: 'disabled' }, effort: undefined })
    const always = { ...adaptive, thinking: { supported: true, types: supports('adaptive') } }
    assert.deepEqual(await ask(always, none), { thinking: undefined, effort: 'low' })
  })

  it('without a thinking that a forced tool call excludes', async () => {
    const sent = await ask(adaptive, {
      parameters: { reasoningEffort: 'high' },
      tools: [tool],
      toolMode: 'required',
    })
    assert.deepEqual(sent, { thinking: undefined, effort: 'high' })
  })

  it('without a thinking whose beginning another model has thought', async () => {
    const messages: Message[] = [
      hello,
      { role: 'assistant', content: [{ type: 'toolCall', callId: 'a', name: 'look', input: {} }] },
      {
        role: 'user',
        content: [{ type: 'toolResult', callId: 'a', content: [{ type: 'text', text: 'seen' }] }],
      },
    ]
    const sent = await ask(budgeted, { parameters: { reasoningEffort: 'high' }, tools: [tool], messages })
    assert.deepEqual(sent, { thinking: undefined, effort: undefined })
  })

  it('by its own default where the server does not say what the model accepts', async () => {
    assert.deepEqual(await ask(null, { parameters: { reasoningEffort: 'high' } }), {
      thinking: undefined,
      effort: undefined,
    })
  })

  it('and is asked what it accepts once per model, and only when an effort is given', async () => {
    server.answer(({ method }) =>
      method === 'POST' ? answer : jsonReply({ id: modelId, capabilities: adaptive }),
    )
    const provider = createAnthropic()
    const model = createModel(provider, modelId)
    await chat({ model }, {}, provider)
    assert.equal(server.requests.length, 1)
    for (let turn = 0; turn < 3; turn++) {
      await chat({ model, parameters: { reasoningEffort: 'low' } }, {}, provider)
    }
    assert.equal(server.requests.filter(({ path }) => path === `/v1/models/${modelId}`).length, 1)
  })
})
