import assert from 'node:assert/strict'
import type { Message } from '../../../../src/core/chat.js'
import type { ModelInfo } from '../../../../src/core/model.js'
import type { Notice } from '../../../../src/core/ports.js'
import type { ProviderContext } from '../../../../src/core/provider.js'
import { createOllama } from '../../../../src/providers/ollama.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import {
  bodiesOf,
  collect,
  createCallContext,
  createModel,
  jsonReply,
  readFixture,
  streamReply,
} from '../../../fakes/providerCalls.js'
import { createWireServer, type Reply, type WireServer } from '../../../fakes/wireServer.js'

const answer = streamReply('application/x-ndjson', readFixture('ollama/text.ndjson'))
const say = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })
/** About 6,000 tokens. */
const long = say('word '.repeat(4_800))
const loadedWith = (context: number) => jsonReply({ models: [{ model: 'qwen:4b', context_length: context }] })
const trainedFor = (context: number) =>
  jsonReply({ model_info: { 'general.architecture': 'qwen3', 'qwen3.context_length': context } })
const tooLong = jsonReply({ error: 'the input length exceeds the context length' }, 400)

describe('a conversation that Ollama’s context does not hold', () => {
  let server: WireServer
  beforeEach(async () => void (server = await createWireServer()))
  afterEach(() => server.close())

  function setUp(replies: Readonly<Record<string, Reply>>, fields: Readonly<Record<string, number>> = {}) {
    const provider = createOllama()
    const notices: Notice[] = []
    const model = createModel(provider, 'qwen:4b', { contextWindow: fields['num_ctx'] ?? 40_960 })
    server.answer(({ path }) => ({ '/api/chat': answer, ...replies })[path])
    const chat = (
      message: Message,
      asked: Partial<ModelInfo> = {},
      context: Partial<ProviderContext> = {},
    ) => {
      const request = {
        model: Object.keys(asked).length === 0 ? model : { ...model, ...asked },
        messages: [message],
      }
      const full = {
        ...createCallContext(provider, server, { fields }),
        notices: { notice: (each: Notice) => void notices.push(each) },
      }
      return collect(provider.chat(request, { ...full, ...context }))
    }
    return { notices, chat }
  }
  const signal = new AbortController().signal
  const paths = () => server.requests.map(({ path }) => path)
  const sizes = () => bodiesOf(server.requests, '/api/chat').map((body) => Object(body).options.num_ctx)

  it('is warned of, with both figures, and still answered', async () => {
    const { notices, chat } = setUp({ '/api/ps': loadedWith(4_096) })
    const { error, parts } = await chat(long)
    assert.equal(error, undefined)
    assert.ok(parts.length > 2)
    assert.equal(notices.length, 1)
    assert.match(notices[0]?.message ?? '', /context of 4,096 tokens, and this conversation has about 6,004/)
    assert.deepEqual(
      [notices[0]?.code, notices[0]?.model],
      ['context-too-small', { connection: 'work', id: 'qwen:4b' }],
    )
  })

  it('is loaded again with what it needs by one click, once and for the requests that follow', async () => {
    const { notices, chat } = setUp({
      '/api/ps': loadedWith(4_096),
      '/api/show': trainedFor(40_960),
      '/api/generate': jsonReply({ model: 'qwen:4b', response: '', done: true, done_reason: 'load' }),
    })
    await chat(long)
    await notices[0]?.action?.run(signal)
    const [load] = bodiesOf(server.requests, '/api/generate')
    assert.deepEqual(load, { model: 'qwen:4b', options: { num_ctx: 16_384 }, stream: false })
    await chat(long)
    assert.deepEqual(sizes(), [undefined, 16_384])
    assert.equal(notices.length, 1, 'it fits now')
  })

  it('of a connection with a context of its own is refused, warned of, and goes on after the click', async () => {
    const { notices, chat } = setUp(
      {
        '/api/chat': tooLong,
        '/api/show': trainedFor(40_960),
        '/api/generate': jsonReply({ done: true }),
      },
      { num_ctx: 4_096 },
    )
    assert.equal((await chat(long)).error?.code, 'context-length')
    assert.deepEqual(paths(), ['/api/chat'], 'a context that is stated need not be asked for')
    await notices[0]?.action?.run(signal)
    await chat(long)
    assert.deepEqual(sizes(), [4_096, 16_384])
  })

  it('says with the click that a model reads no more', async () => {
    const { notices, chat } = setUp({ '/api/ps': loadedWith(4_096), '/api/show': trainedFor(4_096) })
    await chat(long)
    await assert.rejects(
      notices[0]?.action?.run(signal) ?? Promise.resolve(),
      /reads no more than 4,096 tokens/,
    )
    assert.ok(!paths().includes('/api/generate'))
  })

  it('says why it could not be loaded again, and keeps to what is loaded', async () => {
    const { notices, chat } = setUp({
      '/api/ps': loadedWith(4_096),
      '/api/show': trainedFor(40_960),
      '/api/generate': jsonReply(
        { error: 'model requires more system memory (9 GiB) than is available' },
        500,
      ),
    })
    await chat(long)
    await assert.rejects(notices[0]?.action?.run(signal) ?? Promise.resolve(), { code: 'engine-failed' })
    await chat(long)
    assert.deepEqual(sizes(), [undefined, undefined])
  })

  it('is not warned of where Ollama refuses it and it is raised without a click', async () => {
    const { notices, chat } = setUp({ '/api/ps': loadedWith(4_096) })
    server.answer(({ path, body }) => {
      if (path === '/api/ps') return loadedWith(4_096)
      return JSON.parse(body).options.num_ctx === undefined ? tooLong : answer
    })
    assert.equal((await chat(long)).error, undefined)
    assert.deepEqual(notices, [])
  })

  it('is not warned of where it fits, nor where nobody knows', async () => {
    for (const ps of [
      loadedWith(8_192),
      jsonReply({ models: [] }),
      jsonReply({ models: [{ model: 'other', context_length: 10 }] }),
      jsonReply({ error: 'no' }, 500),
    ]) {
      const { notices, chat } = setUp({ '/api/ps': ps })
      assert.equal((await chat(long)).error, undefined)
      assert.deepEqual(notices, [])
    }
  })

  it('is not looked for where it is short, or runs in a cloud', async () => {
    const { notices, chat } = setUp({ '/api/ps': loadedWith(10) })
    await chat(say('Hello'))
    await chat(long, { location: 'cloud' })
    assert.deepEqual(paths(), ['/api/chat', '/api/chat'])
    assert.deepEqual(notices, [])
  })

  it('does not keep an answer waiting for a server that does not say what is loaded', async () => {
    const { notices, chat } = setUp({ '/api/ps': { silent: true } })
    const clock = createManualClock()
    const seen = { isOver: false }
    const asked = chat(long, {}, { clock }).finally(() => (seen.isOver = true))
    await server.received(({ path }) => path === '/api/chat')
    for (let turn = 0; turn < 50 && !seen.isOver; turn++) {
      await clock.advance(100)
      await settle()
    }
    assert.equal((await asked).error, undefined)
    assert.deepEqual(notices, [])
    await server.idle()
  })
})
