import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Anthropic } from '@anthropic-ai/sdk'
import * as fc from 'fast-check'
import type { ResponsePart } from '../../../src/core/chat.js'
import type { ProviderChatRequest } from '../../../src/core/provider.js'
import { createAnthropic } from '../../../src/providers/anthropic.js'
import {
  bodiesOf,
  type CallOptions,
  createCallContext,
  createChat,
  jsonReply,
  readFixture,
  streamReply,
} from '../../fakes/providerCalls.js'
import { type Reply, split, useWireServer, type WireServer } from '../../fakes/wireServer.js'

const modelId = 'claude-test-4-8'

const fixture = (name: string) => readFixture(`anthropic/${name}.sse`)
const events = (body: Reply['body']) => streamReply('text/event-stream', body)

describe('Anthropic', () => {
  const server = useWireServer()

  const chat = createChat({ create: createAnthropic, server, model: modelId })

  describe('understands an answer', () => {
    for (const name of ['text', 'reasoning', 'parallelTools', 'toolResults', 'refusal']) {
      it(`${name}: as the official SDK does, whatever the pieces it comes in`, async () => {
        const bytes = fixture(name)
        await fc.assert(
          fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (size) => {
            server.answer(events(split(bytes, size)))
            const { parts, error } = await chat()
            assert.equal(error, undefined)
            assert.deepEqual(blocksOf(parts), await finalBlocks(server))
          }),
          { numRuns: 6, seed: 20261120 },
        )
      })
    }

    it('is complete when the connection is reset behind its end', async () => {
      server.answer(events([{ write: fixture('text') }, { reset: true }]))
      const { parts, error } = await chat()
      assert.equal(error, undefined)
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' })
    })

    it('does not wait for a server that ends its answer and keeps the connection', async () => {
      server.answer(events([{ write: fixture('text') }, { stall: true }]))
      const { parts } = await chat()
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' })
      await server.idle()
    })

    it('counts apart what it has written to a cache that lasts an hour', async () => {
      const plain =
        '"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0}'
      const written = plain
        .replace('tokens":0', 'tokens":300')
        .replace('5m_input_tokens":0', '5m_input_tokens":100')
        .replace('1h_input_tokens":0', '1h_input_tokens":200')
      const text = fixture('text').toString('utf8')
      assert.ok(text.includes(plain))
      server.answer(
        events(
          text
            .replace(plain, written)
            .replaceAll('"cache_creation_input_tokens":0', '"cache_creation_input_tokens":300'),
        ),
      )
      const usage = (await chat()).parts.flatMap((part) => (part.type === 'usage' ? [part.usage] : []))
      assert.deepEqual(
        usage.map(({ cacheWriteInputTokens, cacheWriteLongInputTokens }) => [
          cacheWriteInputTokens,
          cacheWriteLongInputTokens,
        ]),
        [[300, 200]],
      )
    })

    it('leaves its connection fit for the next request', async () => {
      const counted = createServer((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(fixture('text'))
        // Real servers end a body in a packet of its own.
        setTimeout(() => response.end(), 5)
      })
      let connections = 0
      counted.on('connection', () => connections++)
      await once(counted.listen(0, '127.0.0.1'), 'listening')
      const baseUrl = `http://127.0.0.1:${Object(counted.address()).port}`
      for (let turn = 0; turn < 20; turn++) await chat({}, { baseUrl })
      counted.close()
      counted.closeAllConnections()
      assert.ok(connections <= 2, `${connections} connections for 20 requests`)
    })

    it('counts what the cache gave as input, and keeps earlier counts where later ones are null', async () => {
      server.answer(events(fixture('parallelTools')))
      const { parts } = await chat()
      assert.deepEqual(
        parts.find(({ type }) => type === 'usage'),
        {
          type: 'usage',
          usage: {
            inputTokens: 512,
            outputTokens: 87,
            cacheReadInputTokens: 200,
            cacheWriteInputTokens: 300,
            reasoningOutputTokens: 0,
            accuracy: 'exact',
          },
        },
      )
    })

    it('leaves out a tool call that the output limit cut in half', async () => {
      server.answer(events(fixture('length')))
      const { parts, error } = await chat()
      assert.equal(error, undefined)
      assert.deepEqual(
        parts.filter(({ type }) => type === 'toolCall'),
        [],
      )
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'length' })
    })

    it('ends as its limit says, though the block that was cut is never closed', async () => {
      const open = fixture('length')
        .toString()
        .replace(/event: content_block_stop\ndata: [^\n]*\n\n/g, '')
      assert.ok(!open.includes('content_block_stop'))
      server.answer(events(open))
      const { parts, error } = await chat()
      assert.equal(error, undefined)
      assert.ok(!parts.some(({ type }) => type === 'toolCall'))
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'length' })
      server.answer(events(open.replace('"max_tokens"', '"tool_use"')))
      assert.equal((await chat()).error?.code, 'incomplete')
    })

    it('is too long, and still counted, where it outgrew the context', async () => {
      const outgrown = fixture('text').toString().replace('"end_turn"', '"model_context_window_exceeded"')
      server.answer(events(outgrown))
      const { parts, error } = await chat()
      assert.deepEqual([error?.code, error?.retryable], ['context-length', false])
      assert.match(error?.message ?? '', /Shorten it, or choose a model with a larger context/)
      assert.equal(parts.at(-1)?.type, 'usage')
      assert.ok(parts.some(({ type }) => type === 'text'))
    })

    it('is an error where a finished tool call has no JSON object for its input', async () => {
      const broken = fixture('parallelTools').toString().replace('rich\\"}', 'rich')
      server.answer(events(broken))
      const { error } = await chat()
      assert.equal(error?.code, 'provider-error')
      assert.match(error.message, /get_weather/)
    })
  })

  describe('asks', () => {
    const bodyOf = async (...args: Parameters<typeof chat>): Promise<unknown> => {
      server.answer(({ method }) => (method === 'POST' ? events(fixture('text')) : undefined))
      const { error } = await chat(...args)
      assert.equal(error, undefined)
      return bodiesOf(server.requests, '/v1/messages')[0]
    }

    it('in the API version that the connection chooses, the newest where it chooses none', async () => {
      await bodyOf()
      await bodyOf({}, { fields: { apiVersion: '2023-06-01' } })
      await bodyOf({}, { fields: { apiVersion: '1999-01-01' } })
      const versions = server.requests.map(({ headers }) => headers['anthropic-version'])
      assert.deepEqual(versions, ['2026-10-21', '2023-06-01', '2026-10-21'])
    })

    it('with sampling parameters only in the version that takes them, and never with two of them that exclude each other', async () => {
      const parameters = { temperature: 1.6, topP: 0.9, topK: 40 }
      const sampling = async (fields: CallOptions['fields'], given: ProviderChatRequest['parameters']) => {
        const { temperature, top_p, top_k } = Object(
          await bodyOf({ parameters: given ?? {} }, { fields: fields ?? {} }),
        )
        server.clear()
        return [temperature, top_p, top_k]
      }
      assert.deepEqual(await sampling({}, parameters), [undefined, undefined, undefined])
      assert.deepEqual(await sampling({ apiVersion: '2023-06-01' }, parameters), [1, undefined, 40])
      assert.deepEqual(await sampling({ apiVersion: '2023-06-01' }, { topP: 0.9 }), [
        undefined,
        0.9,
        undefined,
      ])
    })

    it('for as many tokens as the model writes, and never more', async () => {
      const limit = async (maxOutputTokens: number | undefined, wanted: number | undefined) => {
        const facts = maxOutputTokens === undefined ? {} : { maxOutputTokens }
        const parameters = wanted === undefined ? {} : { maxOutputTokens: wanted }
        const { max_tokens } = Object(await bodyOf({ parameters }, { facts }))
        server.clear()
        return max_tokens
      }
      assert.equal(await limit(64_000, undefined), 64_000)
      assert.equal(await limit(64_000, 500), 500)
      assert.equal(await limit(4_096, 100_000), 4_096)
      assert.equal(await limit(undefined, undefined), 8_192)
    })

    it('with the key in its own header, and nothing from the environment', async () => {
      const before = { ...process.env }
      process.env['ANTHROPIC_CUSTOM_HEADERS'] = 'x-secret: from-the-environment'
      process.env['ANTHROPIC_AUTH_TOKEN'] = 'token-from-the-environment'
      process.env['ANTHROPIC_BASE_URL'] = 'http://127.0.0.1:9'
      try {
        await bodyOf()
      } finally {
        process.env = before
      }
      const headers = JSON.stringify(server.requests[0]?.headers)
      assert.doesNotMatch(headers, /from-the-environment|set-by-the-transport/)
      assert.match(headers, /"x-api-key":"test-key-0123456789"/)
    })

    it('at the root of a base URL that ends with the version', async () => {
      await bodyOf({}, { baseUrl: `${server.origin}/v1/` })
      assert.equal(server.requests[0]?.path, '/v1/messages')
    })
  })

  describe('explains what went wrong', () => {
    const fail = async (status: number, error: unknown) => {
      server.answer(jsonReply({ type: 'error', error, request_id: 'req_1' }, status))
      return (await chat()).error
    }

    it('a spend limit of one’s own, which is a 400, is an empty account and not a wrong request', async () => {
      const message =
        'You have reached your specified API usage limits. You will regain access on 2026-12-01.'
      const error = await fail(400, { type: 'invalid_request_error', message })
      assert.equal(error?.code, 'quota-exhausted')
      assert.equal(error.requestId, 'req_1')
      assert.equal(error.retryable, false)
    })

    it('a timeout of the server stays one, though the SDK takes it for a timeout of its own', async () => {
      const error = await fail(504, { type: 'timeout_error', message: 'Request timed out' })
      assert.equal(error?.code, 'timeout')
      assert.equal(error.status, 504)
    })

    it('input and output that do not fit together are too long', async () => {
      const message = 'input length and `max_tokens` exceed context limit: 190000 + 64000 > 200000'
      assert.equal((await fail(400, { type: 'invalid_request_error', message }))?.code, 'context-length')
    })
  })

  describe('lists', () => {
    it('all pages, and stops where a server repeats itself without models', async () => {
      server.answer(({ path }) =>
        jsonReply({
          data: path.includes('after_id') ? [] : [{ id: 'claude-a' }],
          has_more: true,
          last_id: 'claude-a',
        }),
      )
      const provider = createAnthropic()
      const models = await provider.listModels(createCallContext(provider, server))
      assert.deepEqual(
        models.map(({ id }) => id),
        ['claude-a'],
      )
      assert.equal(server.requests.length, 2)
    })
  })
})

/** Our parts as the message's blocks: what the SDK's own accumulation is compared with. */
function blocksOf(parts: readonly ResponsePart[]): readonly unknown[] {
  const blocks: unknown[] = []
  let text = ''
  const closeText = (): void => {
    if (text !== '') blocks.push({ type: 'text', text })
    text = ''
  }
  for (const part of parts) {
    if (part.type === 'text') text += part.text
    else closeText()
    if (part.type === 'reasoning' && part.state !== undefined) blocks.push(part.state.value)
    if (part.type === 'toolCall')
      blocks.push({ type: 'tool_use', id: part.callId, name: part.name, input: part.input })
  }
  closeText()
  return blocks
}

async function finalBlocks({ origin }: WireServer): Promise<readonly unknown[]> {
  const sdk = new Anthropic({ apiKey: 'test', baseURL: origin, maxRetries: 0 })
  const stream = sdk.messages.stream({
    model: modelId,
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hello' }],
  })
  const { content } = await stream.finalMessage()
  return content.map((block) => {
    if (block.type === 'text') return { type: 'text', text: block.text }
    if (block.type !== 'tool_use') return { ...block }
    return { type: 'tool_use', id: block.id, name: block.name, input: block.input }
  })
}
