import assert from 'node:assert/strict'
import type { ChatParameters, Tool } from '../../../src/core/chat.js'
import type { ModelFacts } from '../../../src/core/model.js'
import { groq } from '../../../src/providers/groq.js'
import {
  collect,
  createCallContext,
  createModel,
  readFixture,
  streamReply,
} from '../../fakes/providerCalls.js'
import { useWireServer } from '../../fakes/wireServer.js'

interface Asked {
  readonly id: string
  readonly reasoningFormat?: string
  readonly parameters?: ChatParameters
  readonly tools?: readonly Tool[]
  readonly facts?: ModelFacts
}

describe('the reasoning of Groq’s models', () => {
  const server = useWireServer()

  async function bodyFor({ id, reasoningFormat, parameters, tools, facts }: Asked): Promise<unknown> {
    server.clear()
    server.answer(streamReply('text/event-stream', readFixture('groq/text.sse')))
    const fields = reasoningFormat === undefined ? {} : { reasoningFormat }
    const request = {
      model: createModel(groq, id, facts),
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const,
      ...(parameters === undefined ? {} : { parameters }),
      ...(tools === undefined ? {} : { tools }),
    }
    const { error } = await collect(groq.chat(request, createCallContext(groq, server, { fields })))
    assert.equal(error, undefined)
    return JSON.parse(server.requests[0]?.body ?? '')
  }
  const member = async (asked: Asked, name: string): Promise<unknown> =>
    Reflect.get(Object(await bodyFor(asked)), name)

  const tools: readonly Tool[] = [{ name: 'look', description: 'Looks.' }]
  const json: ChatParameters = { responseFormat: { type: 'json' } }
  const qwen = 'qwen/qwen3-32b'
  for (const [what, asked, expected] of [
    ['comes apart where nothing is chosen', { id: qwen }, 'parsed'],
    ['is hidden where that is chosen', { id: qwen, reasoningFormat: 'hidden' }, 'hidden'],
    ['is raw where that is chosen', { id: qwen, reasoningFormat: 'raw' }, 'raw'],
    ['is not raw beside tools, which is refused', { id: qwen, reasoningFormat: 'raw', tools }, 'parsed'],
    ['is not raw beside JSON', { id: qwen, reasoningFormat: 'raw', parameters: json }, 'parsed'],
    [
      'has no format of models that refuse the question',
      { id: 'llama-3.3-70b', reasoningFormat: 'hidden' },
      undefined,
    ],
    ['has no format of gpt-oss', { id: 'openai/gpt-oss-20b', reasoningFormat: 'raw' }, undefined],
  ] as const) {
    it(what, async () => assert.equal(await member(asked, 'reasoning_format'), expected))
  }

  it('is left out of gpt-oss where it is to be hidden', async () => {
    const id = 'openai/gpt-oss-20b'
    assert.equal(await member({ id, reasoningFormat: 'hidden' }, 'include_reasoning'), false)
    assert.equal(await member({ id }, 'include_reasoning'), undefined)
  })

  for (const [id, reasoningEffort, sent] of [
    [qwen, 'none', 'none'],
    [qwen, 'high', 'default'],
    ['openai/gpt-oss-20b', 'none', 'low'],
    ['openai/gpt-oss-20b', 'max', 'high'],
    ['llama-3.3-70b', 'high', undefined],
  ] as const) {
    it(`is asked of ${id} as ${sent} where ${reasoningEffort} is wanted`, async () => {
      assert.equal(await member({ id, parameters: { reasoningEffort } }, 'reasoning_effort'), sent)
    })
  }

  it('asks for a schema only where the model keeps to it, and for no format beside tools', async () => {
    const parameters: ChatParameters = { responseFormat: { type: 'jsonSchema', name: 'a', schema: {} } }
    const formatOf = (asked: Asked) => member(asked, 'response_format')
    assert.equal(await formatOf({ id: qwen, parameters }), undefined)
    assert.notEqual(await formatOf({ id: 'openai/gpt-oss-20b', parameters }), undefined)
    assert.notEqual(
      await formatOf({ id: qwen, parameters, facts: { capabilities: { structuredOutput: true } } }),
      undefined,
    )
    assert.equal(await formatOf({ id: qwen, parameters: json, tools }), undefined)
    assert.deepEqual(await formatOf({ id: qwen, parameters: json }), { type: 'json_object' })
  })
})
