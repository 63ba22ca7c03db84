import assert from 'node:assert/strict'
import type { ChatRequest, ResponsePart } from '../../../../src/core/chat.js'
import { createCredentials } from '../../../../src/core/credentials/createCredentials.js'
import { isModelError, ModelError } from '../../../../src/core/errors.js'
import type { Connection } from '../../../../src/core/provider.js'
import { createRegistry } from '../../../../src/core/registry/createRegistry.js'
import { type AttemptOptions, createAttempt } from '../../../../src/core/routing/attempt.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import {
  createMemoryConnections,
  createMemoryFiles,
  createMemoryLog,
  createMemorySecrets,
} from '../../../fakes/memoryStores.js'
import {
  createConnection,
  createProviderPorts,
  createScriptedProvider,
} from '../../../fakes/scriptedProvider.js'

const request: ChatRequest = {
  model: { connection: 'work', id: 'm' },
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  caller: { door: 'api' },
}
const text = (value: string) => ({ type: 'text', text: value }) as const
const finish = { type: 'finish', reason: 'stop' } as const
const usage: ResponsePart = {
  type: 'usage',
  usage: {
    inputTokens: 3,
    outputTokens: 2,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningOutputTokens: 0,
    accuracy: 'exact',
  },
}

async function setUp(connection: Partial<Connection> = {}, options: Partial<AttemptOptions> = {}) {
  const clock = createManualClock()
  const provider = createScriptedProvider({ key: { required: true } })
  provider.answerLists([{ id: 'm' }])
  const ports = createProviderPorts(clock)
  const log = createMemoryLog()
  const credentials = createCredentials({
    secrets: createMemorySecrets(),
    providers: [provider],
    environment: {},
    log,
  })
  await credentials.store(createConnection(connection), 'key-1')
  const registry = createRegistry({
    connections: createMemoryConnections([createConnection(connection)]),
    providers: [provider],
    credentials,
    files: createMemoryFiles(),
    catalogs: [],
    ports,
    inUse: () => true,
  })
  await registry.start()
  const caller = new AbortController()
  const chat = createAttempt({ registry, credentials, ports, ...options })
  const run = (asked: ChatRequest = request) => chat(asked, caller.signal)
  return { clock, provider, registry, credentials, caller, run }
}

async function collect(parts: AsyncIterable<ResponsePart>): Promise<ResponsePart[]> {
  const collected: ResponsePart[] = []
  for await (const part of parts) collected.push(part)
  return collected
}

const firstOf = (parts: AsyncIterable<ResponsePart>) => parts[Symbol.asyncIterator]().next()

const isCode = (code: string) => (error: unknown) => isModelError(error) && error.code === code

describe('attempt', () => {
  it('begins with the route, passes every part on and ends with the finish, late usage or not', async () => {
    const { provider, run, registry } = await setUp()
    provider.answerChats([text('a'), text('b'), finish, usage])
    const [route, ...parts] = await collect(run())
    assert.deepEqual(route, { type: 'route', model: request.model, reason: 'work/m was asked for' })
    assert.deepEqual(parts, [text('a'), text('b'), usage, finish])
    registry.dispose()
  })

  it('gives the provider the model, the key, the ports and a signal of its own', async () => {
    const { provider, run, caller, registry } = await setUp()
    provider.answerChats([finish])
    await collect(run())
    const [call] = provider.chats
    assert.deepEqual(
      [call?.context.key, call?.context.connection.id, call?.request.model.id],
      ['key-1', 'work', 'm'],
    )
    assert.notEqual(call?.context.signal, caller.signal)
    registry.dispose()
  })

  it('tells the provider which conversation asks, for its prompt cache, where there is one', async () => {
    const { provider, run, registry } = await setUp()
    provider.answerChats([finish])
    await collect(run())
    await collect(run({ ...request, caller: { ...request.caller, conversation: 'talk-1' } }))
    assert.deepEqual(
      provider.chats.map((call) => call.request.conversation),
      [undefined, 'talk-1'],
    )
    registry.dispose()
  })

  it('reads the key at the last moment', async () => {
    const { provider, run, credentials, registry } = await setUp()
    provider.answerChats([finish])
    const parts = run()[Symbol.asyncIterator]()
    await parts.next()
    await credentials.store(createConnection(), 'key-2')
    await parts.next()
    assert.equal(provider.chats[0]?.context.key, 'key-2')
    registry.dispose()
  })

  it('puts the request’s parameters over the connection’s', async () => {
    const { provider, run, registry } = await setUp(
      {},
      { defaults: () => ({ temperature: 0.1, maxOutputTokens: 50 }) },
    )
    provider.answerChats([finish])
    await collect(run({ ...request, parameters: { temperature: 0.9 } }))
    assert.deepEqual(provider.chats[0]?.request.parameters, { temperature: 0.9, maxOutputTokens: 50 })
    registry.dispose()
  })

  it('lets the user’s parameters depend on the model, and sends none where nobody has set any', async () => {
    const asked: string[] = []
    const defaults = (connection: Connection, modelId: string) => {
      asked.push(`${connection.id}/${modelId}`)
      return {}
    }
    const { provider, run, registry } = await setUp({}, { defaults })
    provider.answerChats([finish])
    await collect(run({ ...request, parameters: {} }))
    assert.deepEqual(asked, ['work/m'])
    assert.equal(provider.chats[0]?.request.parameters, undefined)
    registry.dispose()
  })

  it('never takes an answer without a finish for complete, and passes on what came', async () => {
    const { provider, run, registry } = await setUp()
    provider.answerChats([text('half')])
    const seen: ResponsePart[] = []
    await assert.rejects(async () => {
      for await (const part of run()) seen.push(part)
    }, isCode('incomplete'))
    assert.deepEqual(seen.slice(1), [text('half')])
    registry.dispose()
  })

  it('does not announce a finish that is followed by a failure', async () => {
    const { provider, run, registry } = await setUp()
    provider.answerChats([
      finish,
      { type: 'fail', error: new ModelError({ code: 'incomplete', message: 'Cut.' }) },
    ])
    const seen: ResponsePart[] = []
    await assert.rejects(async () => {
      for await (const part of run()) seen.push(part)
    }, isCode('incomplete'))
    assert.deepEqual(
      seen.map((part) => part.type),
      ['route'],
    )
    registry.dispose()
  })

  it('names provider and model in every failure, and hides the text of foreign ones', async () => {
    const { provider, run, registry } = await setUp()
    provider.answerChats([{ type: 'fail', error: new Error('Hello key-1') }])
    await assert.rejects(collect(run()), (error) => {
      assert.ok(isModelError(error))
      assert.deepEqual(
        [error.code, error.provider, error.model],
        ['provider-error', 'scripted', request.model],
      )
      assert.doesNotMatch(error.message, /Hello|key-1/)
      return true
    })
    registry.dispose()
  })
})

describe('attempt without a model', () => {
  const cases: readonly (readonly [string, Partial<Connection>, ChatRequest['model'], RegExp])[] = [
    [
      'an unknown connection',
      {},
      { connection: 'nowhere', id: 'm' },
      /no connection "nowhere"\. Choose another/,
    ],
    ['a disabled connection', { enabled: false }, request.model, /Work is disabled\. Enable/],
    ['an unknown model', {}, { connection: 'work', id: 'x' }, /Work offers no model "x"\. Refresh/],
    ['an excluded model', { exclude: ['m'] }, request.model, /Work offers no model "m"\. Refresh/],
  ]
  for (const [what, connection, model, message] of cases) {
    it(`says what to do about ${what}, before any part`, async () => {
      const { run, registry } = await setUp(connection)
      await settle()
      await assert.rejects(firstOf(run({ ...request, model })), (error) => {
        assert.ok(isCode('not-found')(error) && error instanceof Error)
        assert.match(error.message, message)
        return true
      })
      registry.dispose()
    })
  }

  it('waits for the first list of a connection that has just started', async () => {
    const { provider, run, registry } = await setUp()
    assert.equal(registry.view('work')?.listedAt, undefined)
    provider.answerChats([finish])
    assert.equal((await collect(run())).length, 2)
    registry.dispose()
  })

  it('tells why the first list never came', async () => {
    const { provider, run, registry } = await setUp()
    provider.answerLists({
      type: 'fail',
      error: new ModelError({ code: 'unreachable', message: 'Nobody is there.' }),
    })
    await assert.rejects(collect(run()), isCode('unreachable'))
    registry.dispose()
  })

  it('asks for the key of a connection that has none', async () => {
    const { run, credentials, registry, provider } = await setUp()
    await settle()
    await credentials.forget('work')
    await assert.rejects(collect(run()), isCode('unauthorized'))
    assert.equal(provider.chats.length, 0)
    registry.dispose()
  })
})

describe('cancelling an attempt', () => {
  it('aborts the provider’s signal and closes its generator', async () => {
    const { provider, run, caller, registry } = await setUp()
    provider.answerChats([text('a'), { type: 'hang' }])
    const failed = assert.rejects(collect(run()), isCode('cancelled'))
    await settle()
    assert.equal(provider.open(), 1)
    caller.abort()
    await failed
    await settle()
    assert.deepEqual([provider.open(), provider.chats[0]?.context.signal.aborted], [0, true])
    registry.dispose()
  })

  it('does not wait for a provider that does not listen', async () => {
    const { provider, run, caller, registry } = await setUp()
    provider.answerChats([text('a'), { type: 'deaf' }])
    const failed = assert.rejects(collect(run()), isCode('cancelled'))
    await settle()
    caller.abort()
    await failed
    registry.dispose()
  })

  it('calls nobody when it comes first', async () => {
    const { provider, run, caller, registry } = await setUp()
    caller.abort()
    await assert.rejects(collect(run()), isCode('cancelled'))
    assert.equal(provider.chats.length, 0)
    registry.dispose()
  })

  it('takes effect at every part of an answer', async () => {
    const script = [text('a'), text('b'), usage, finish]
    for (let stop = 0; stop <= 3; stop++) {
      const { provider, run, caller, registry } = await setUp()
      provider.answerChats(script)
      const seen: ResponsePart[] = []
      await assert.rejects(async () => {
        for await (const part of run()) {
          seen.push(part)
          if (seen.length > stop) caller.abort()
        }
      }, isCode('cancelled'))
      assert.deepEqual([seen.length, provider.open()], [stop + 1, 0])
      registry.dispose()
    }
  })

  it('happens too when the reader goes away early', async () => {
    const { provider, run, registry } = await setUp()
    provider.answerChats([text('a'), text('b'), finish])
    for await (const part of run()) if (part.type === 'text') break
    assert.deepEqual([provider.open(), provider.chats[0]?.context.signal.aborted], [0, true])
    registry.dispose()
  })
})
