import assert from 'node:assert/strict'
import { huggingface } from '../../../src/providers/huggingface.js'
import {
  bodiesOf,
  collect,
  createCallContext,
  createModel,
  jsonReply,
  readFixture,
  streamReply,
} from '../../fakes/providerCalls.js'
import { createWireServer, type WireServer } from '../../fakes/wireServer.js'

const providers = [
  {
    provider: 'groq',
    status: 'live',
    context_length: 8192,
    pricing: { input: 1, output: 3 },
    supports_tools: true,
  },
  {
    provider: 'novita',
    status: 'live',
    context_length: 4096,
    pricing: { input: 1, output: 2 },
    supports_tools: false,
  },
  { provider: 'old', status: 'error', pricing: { input: 0, output: 0 } },
]

describe('who answers for Hugging Face', () => {
  let server: WireServer
  beforeEach(async () => void (server = await createWireServer()))
  afterEach(() => server.close())

  const contextOf = (routing?: string) =>
    createCallContext(huggingface, server, { fields: routing === undefined ? {} : { routing } })

  for (const [routing, id, sent] of [
    [undefined, 'Qwen/Qwen3', 'Qwen/Qwen3'],
    ['cheapest', 'Qwen/Qwen3', 'Qwen/Qwen3:cheapest'],
    [':fastest', 'Qwen/Qwen3', 'Qwen/Qwen3:fastest'],
    ['novita', 'Qwen/Qwen3', 'Qwen/Qwen3:novita'],
    ['cheapest', 'Qwen/Qwen3:groq', 'Qwen/Qwen3:groq'],
  ] as const) {
    it(`is said behind the model’s id: ${routing ?? 'nothing'} makes ${sent} of ${id}`, async () => {
      server.answer(streamReply('text/event-stream', readFixture('huggingface/text.sse')))
      const model = createModel(huggingface, id)
      const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const
      const { error, parts } = await collect(huggingface.chat({ model, messages }, contextOf(routing)))
      assert.equal(error, undefined)
      assert.ok(parts.length > 0)
      assert.equal(Reflect.get(Object(bodiesOf(server.requests, '/chat/completions')[0]), 'model'), sent)
    })
  }

  const list = async (routing?: string) => {
    server.answer(jsonReply({ data: [{ id: 'm', providers }] }))
    return await huggingface.listModels(contextOf(routing))
  }

  it('does not show in the ids that are offered', async () => {
    for (const routing of [undefined, 'cheapest', 'fastest', 'groq']) {
      assert.deepEqual(
        (await list(routing)).map(({ id }) => id),
        ['m'],
      )
    }
  })

  it('decides whose limits and prices hold', async () => {
    const facts = async (routing?: string) => {
      const [model] = await list(routing)
      return [model?.contextWindow, model?.pricing?.output, model?.capabilities?.toolCalling]
    }
    assert.deepEqual(await facts(), [4096, undefined, true])
    assert.deepEqual(await facts('fastest'), [4096, undefined, true])
    assert.deepEqual(await facts('cheapest'), [4096, 2, false])
    assert.deepEqual(await facts('groq'), [8192, 3, true])
  })

  it('leaves out models that the named provider does not serve now', async () => {
    assert.deepEqual(await list('nobody'), [])
    assert.deepEqual(await list('old'), [])
  })
})
