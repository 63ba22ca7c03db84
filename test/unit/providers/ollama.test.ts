import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { Ollama } from 'ollama'
import type { ContentPart, Message, ResponsePart } from '../../../src/core/chat.js'
import type { ModelFacts } from '../../../src/core/model.js'
import { createOllama } from '../../../src/providers/ollama.js'
import {
  bodiesOf,
  type CallOptions,
  createCallContext,
  createChat,
  jsonReply,
  readFixture,
  streamReply,
} from '../../fakes/providerCalls.js'
import {
  createWireServer,
  type Reply,
  split,
  useWireServer,
  type WireServer,
} from '../../fakes/wireServer.js'

const modelId = 'qwen-test:4b'
const hello: Message = { role: 'user', content: [{ type: 'text', text: 'Hello' }] }

const fixture = (name: string) => readFixture(`ollama/${name}.ndjson`)
const lines = (body: Reply['body']) => streamReply('application/x-ndjson', body)

function line(message: object, rest: object = { done: false }): string {
  return `${JSON.stringify({ model: modelId, message: { role: 'assistant', content: '', ...message }, ...rest })}\n`
}

const done = { done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 2 }

describe('Ollama', () => {
  const server = useWireServer()

  const chat = createChat({ create: createOllama, server, model: modelId })
  const bodyOf = async (...args: Parameters<typeof chat>) => {
    server.answer(lines(fixture('text')))
    assert.equal((await chat(...args)).error, undefined)
    return Object(bodiesOf(server.requests, '/api/chat').at(-1))
  }

  describe('understands an answer', () => {
    for (const name of ['text', 'reasoning', 'parallelTools', 'toolResults']) {
      it(`${name}: as the official client does, whatever the pieces it comes in`, async () => {
        const bytes = fixture(name)
        await fc.assert(
          fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (size) => {
            server.answer(lines(split(bytes, size)))
            const { parts, error } = await chat()
            assert.equal(error, undefined)
            assert.deepEqual(messageOf(parts), await officialMessage(server))
          }),
          { numRuns: 6, seed: 20261120 },
        )
      })
    }

    it('leaves out no line: one that cannot be read makes the answer incomplete', async () => {
      server.answer(lines(`${line({ content: 'It is' })}{"message":\n${line({ content: '.' }, done)}`))
      const { parts, error } = await chat()
      assert.equal(error?.code, 'incomplete')
      assert.deepEqual(parts[0], { type: 'text', text: 'It is' })
    })

    it('is complete when the connection is reset behind its end', async () => {
      server.answer(lines([{ write: fixture('text') }, { reset: true }]))
      const { parts, error } = await chat()
      assert.equal(error, undefined)
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' })
    })

    it('is a failure where the reason of its end says so', async () => {
      server.answer(
        lines(line({ content: 'It is' }) + line({ content: '' }, { done: true, done_reason: 'error' })),
      )
      const { parts, error } = await chat()
      assert.equal(error?.code, 'provider-error')
      assert.deepEqual(
        parts.map(({ type }) => type),
        ['text', 'usage'],
      )
    })

    it('estimates the count that a server leaves out, and says so', async () => {
      server.answer(lines(line({ content: 'It is warm.' }, { done: true, eval_count: 4 })))
      const usage = (await chat()).parts.find((part) => part.type === 'usage')?.usage
      assert.equal(usage?.outputTokens, 4)
      assert.ok((usage?.inputTokens ?? 0) > 0)
      assert.deepEqual([usage?.accuracy, usage?.guessed], ['estimated', ['inputTokens']])
    })

    it('gives calls without ids new ones, the same on every reading and none of the conversation’s', async () => {
      const call = (callId: string): ContentPart => ({ type: 'toolCall', callId, name: 'look', input: {} })
      const messages: Message[] = [hello, { role: 'assistant', content: [call('call_0'), call('call_2')] }]
      const tool = { function: { name: 'look', arguments: { at: 'it' } } }
      server.answer(lines(line({ tool_calls: [tool, tool] }, done)))
      const read = async () =>
        (await chat({ messages })).parts.flatMap((part) => (part.type === 'toolCall' ? part.callId : []))
      const ids = await read()
      assert.equal(new Set([...ids, 'call_0', 'call_2']).size, 4)
      assert.deepEqual(await read(), ids)
    })

    it('runs no call whose arguments cannot be read, counts it all the same, and lets the others go out', async () => {
      const tool = (input: unknown) => ({ id: 'a', function: { name: 'look', arguments: input } })
      const usage = { prompt_eval_count: 7, eval_count: 5 }
      server.answer(lines(line({ tool_calls: [tool({ at: 'it' }), tool('{"at":')] }, { ...done, ...usage })))
      const { parts, error } = await chat({})
      assert.deepEqual(
        parts.flatMap((part) => (part.type === 'toolCall' ? [part.input] : [])),
        [{ at: 'it' }],
      )
      assert.deepEqual(
        parts.flatMap((part) => (part.type === 'usage' ? [part.usage.outputTokens] : [])),
        [5],
      )
      assert.match(String(error), /not a JSON object/)
      server.answer(lines(line({ tool_calls: [tool({}), tool({})] }, done)))
      const ids = (await chat({})).parts.flatMap((part) => (part.type === 'toolCall' ? [part.callId] : []))
      assert.deepEqual([ids.length, new Set(ids).size], [2, 2])
    })
    it('ends one request of several without touching the others', async () => {
      let release = () => {}
      const until = new Promise<void>((resolve) => void (release = resolve))
      server.answer(
        lines([{ write: line({ content: 'It is' }) }, { until }, { write: line({ content: '.' }, done) }]),
      )
      const provider = createOllama()
      const stop = new AbortController()
      const both = [chat({}, { signal: stop.signal }, provider), chat({}, {}, provider)] as const
      while (server.requests.length < 2) await new Promise<void>((resolve) => void setImmediate(resolve))
      stop.abort()
      assert.equal((await both[0]).error?.code, 'cancelled')
      release()
      assert.equal((await both[1]).error, undefined)
    })
  })

  describe('asks', () => {
    it('with the connection’s context size and how long to keep the model, in seconds where it is a number', async () => {
      const body = await bodyOf({}, { fields: { num_ctx: 16_384, keep_alive: '-1' } })
      assert.deepEqual(body.options, { num_ctx: 16_384 })
      assert.equal(body.keep_alive, -1)
      assert.equal((await bodyOf({}, { fields: { keep_alive: '10m' } })).keep_alive, '10m')
    })

    it('to think as told, but never a model that cannot', async () => {
      const think = async (facts: ModelFacts, reasoningEffort: 'none' | 'minimal' | 'max') =>
        (await bodyOf({ parameters: { reasoningEffort } }, { facts })).think
      const thinks = { capabilities: { reasoning: true } }
      assert.equal(await think(thinks, 'none'), false)
      assert.equal(await think(thinks, 'minimal'), 'low')
      assert.equal(await think(thinks, 'max'), 'max')
      assert.equal(await think({ capabilities: { reasoning: false } }, 'max'), undefined)
    })

    it('for a tool call by word where it must be one, for want of a tool choice', async () => {
      const tools = [{ name: 'look', description: 'Looks.' }]
      const { messages } = await bodyOf({ tools, toolMode: 'required' })
      assert.equal(messages.at(-1).role, 'system')
      assert.equal((await bodyOf({ tools })).messages.length, 1)
    })

    it('with tool schemas that hold no boolean in a schema’s place, which would fail the whole request', async () => {
      const inner = {
        type: 'object',
        properties: { any: true, deep: { anyOf: [false, { type: 'string' }] } },
      }
      const inputSchema = {
        type: 'object',
        properties: { it: inner, all: true },
        additionalProperties: false,
      }
      const { tools } = await bodyOf({ tools: [{ name: 'look', description: 'Looks.', inputSchema }] })
      assert.deepEqual(tools[0].function.parameters.properties, {
        it: { type: 'object', properties: { any: {}, deep: { anyOf: [{}, { type: 'string' }] } } },
        all: {},
      })
    })

    it('at the root of a base URL that is another of its APIs’', async () => {
      for (const end of ['/v1', '/api/', '/']) await bodyOf({}, { baseUrl: server.origin + end })
      assert.deepEqual(new Set(server.requests.map(({ path }) => path)), new Set(['/api/chat']))
    })
  })

  describe('says what helps', () => {
    const fail = async (reply: Reply, options: CallOptions = {}) => {
      server.answer(reply)
      const { error } = await chat({}, options)
      assert.ok(error !== undefined)
      return error
    }

    it('to start it, and at which address it was looked for', async () => {
      const gone = await createWireServer()
      await gone.close()
      const error = await fail({}, { baseUrl: gone.origin })
      assert.equal(error.code, 'unreachable')
      assert.match(error.message, /ollama serve/)
      assert.ok(error.message.includes(gone.origin.slice('http://'.length)))
      const provider = createOllama()
      const context = createCallContext(provider, server, { baseUrl: gone.origin })
      await assert.rejects(provider.listModels(context), /ollama serve/)
    })

    it('to pull a model that it does not have', async () => {
      const error = await fail(
        jsonReply({ error: `model "${modelId}" not found, try pulling it first` }, 404),
      )
      assert.equal(error.code, 'not-found')
      assert.match(error.message, /ollama pull qwen-test:4b/)
    })

    it('to sign in, for a model that runs in its cloud', async () => {
      const error = await fail(
        jsonReply({ error: 'unauthorized', signin_url: 'https://ollama.com/connect' }, 401),
      )
      assert.equal(error.code, 'unauthorized')
      assert.match(error.message, /ollama signin/)
      const late = await fail(lines('{"error":"unauthorized"}\n'))
      assert.equal(late.code, 'unauthorized')
      assert.match(late.message, /ollama signin/)
    })

    it('to enter the key, where a proxy before it wants one', async () => {
      for (const body of ['{"error":"invalid token"}', '401 Unauthorized', '']) {
        const error = await fail({ status: 401, body })
        assert.equal(error.code, 'unauthorized')
        assert.match(error.message, /Enter the key of this connection again\.$/)
        assert.doesNotMatch(error.message, /signin/)
      }
    })

    it('to choose a smaller model where memory is short', async () => {
      const said = 'model requires more system memory (12.1 GiB) than is available (7.4 GiB)'
      const error = await fail(jsonReply({ error: said }, 500))
      assert.equal(error.code, 'engine-failed')
      assert.match(error.message, /12\.1 GiB.*smaller model/)
    })

    it('to choose another model where this one has no tools', async () => {
      const error = await fail(jsonReply({ error: `${modelId} does not support tools` }, 400))
      assert.equal(error.code, 'capability-unsupported')
    })
  })
})

interface Told {
  readonly content: string
  readonly thinking: string
  readonly calls: readonly unknown[]
}

function messageOf(parts: readonly ResponsePart[]): Told {
  return {
    content: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    thinking: parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    calls: parts.flatMap((part) =>
      part.type === 'toolCall' ? [{ name: part.name, arguments: part.input }] : [],
    ),
  }
}

async function officialMessage({ origin }: WireServer): Promise<Told> {
  const client = new Ollama({ host: origin })
  const chunks = await client.chat({
    model: modelId,
    messages: [{ role: 'user', content: 'Hello' }],
    stream: true,
  })
  const calls: unknown[] = []
  let content = ''
  let thinking = ''
  for await (const { message } of chunks) {
    content += message.content
    thinking += message.thinking ?? ''
    for (const call of message.tool_calls ?? []) {
      calls.push({ name: call.function.name, arguments: call.function.arguments })
    }
  }
  return { content, thinking, calls }
}
