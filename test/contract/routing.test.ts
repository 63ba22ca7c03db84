import assert from 'node:assert/strict'
import type { ResponsePart } from '../../src/core/chat.js'
import type { ModelInfo } from '../../src/core/model.js'
import type { ConnectionView } from '../../src/core/registry/registry.js'
import { createAttempt } from '../../src/core/routing/attempt.js'
import { createBreaker } from '../../src/core/routing/breaker.js'
import { createMemoryCircuitStore } from '../../src/core/routing/circuitStore.js'
import { createDecisionLog } from '../../src/core/routing/decisions.js'
import { createPlanner } from '../../src/core/routing/planner.js'
import { createRecentAnswers } from '../../src/core/routing/recent.js'
import { createRouter } from '../../src/core/routing/router.js'
import { resolveRoutes } from '../../src/core/routing/routes.js'
import { createMemoryLog } from '../fakes/memoryStores.js'
import { createModel } from '../fakes/models.js'
import { createWireServer, type Reply, type WireServer } from '../fakes/wireServer.js'
import { isExempt } from './fixtures.js'
import { canaryKey, contextFor, type Held, held, read, toReply } from './harness.js'

/** Three wires that have nothing in common, in the order in which the route asks. */
const names = ['vllm', 'anthropic', 'ollama'] as const
type Name = (typeof names)[number]

const candidateOf = (name: Name): Held =>
  held.find((candidate) => candidate.name === name) ?? assert.fail(`no fixtures for ${name}`)

function textReply(name: Name): Reply {
  const fixture = candidateOf(name).fixtures.chats.text
  return isExempt(fixture) ? assert.fail(`${name} has no text`) : toReply(candidateOf(name), fixture.reply)
}

const refusal = (status: number, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ type: 'error', error: { type: 'x', message: `No: ${status}` } }),
})

function viewOf(name: Name, server: WireServer, model: ModelInfo): ConnectionView {
  const { connection } = contextFor(candidateOf(name), server)
  return {
    connection: { ...connection, id: name, name },
    provider: candidateOf(name).provider,
    state: { kind: 'ready' },
    key: { state: 'stored' },
    models: [model],
    listedAt: 1,
  }
}

function createRouted(servers: Readonly<Record<Name, WireServer>>) {
  const models = names.map((name) =>
    createModel({ connection: name, id: 'm', provider: name, contextWindow: 100_000 }),
  )
  const views = new Map<string, ConnectionView>(
    names.map((name, at) => [name, viewOf(name, servers[name], models[at] ?? createModel())]),
  )
  const registry = {
    models: () => models,
    find: (ref: { connection: string }) => models.find(({ connection }) => connection === ref.connection),
    view: (id: string) => views.get(id),
    refresh: async () => [],
  }
  const { clock, ...ports } = contextFor(candidateOf('vllm'), servers.vllm)
  const log = createMemoryLog()
  const breaker = createBreaker({ store: createMemoryCircuitStore(), clock, log })
  const recent = createRecentAnswers({ clock })
  const routes = resolveRoutes([{ name: 'mine', models: names.map((name) => `${name}/*`), order: 'listed' }])
  const random = () => 0.1
  const planner = createPlanner({
    models: () => models,
    estimateInput: () => 9,
    breaker,
    recent,
    clock,
    random,
  })
  const credentials = { resolve: async () => canaryKey }
  let count = 0
  return createRouter({
    registry,
    attempt: createAttempt({ registry, credentials, ports: { ...ports, clock } }),
    planner,
    breaker,
    recent,
    routes: () => routes,
    decisions: createDecisionLog(),
    createId: () => `${++count}`,
    clock,
    random,
  })
}

describe('a route over three wires', () => {
  let servers: Readonly<Record<Name, WireServer>>
  let chat: ReturnType<typeof createRouted>
  beforeEach(async () => {
    const [vllm, anthropic, ollama] = await Promise.all(names.map(createWireServer))
    assert.ok(vllm !== undefined && anthropic !== undefined && ollama !== undefined)
    servers = { vllm, anthropic, ollama }
    for (const name of names) servers[name].answer(textReply(name))
    chat = createRouted(servers)
  })
  afterEach(() => Promise.all(names.map((name) => servers[name].close())))

  const ask = (signal = new AbortController().signal, onPart?: (part: ResponsePart) => void) =>
    read(
      chat(
        {
          model: { connection: 'mine', id: '' },
          messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
          caller: { door: 'api' },
        },
        signal,
      ),
      onPart,
    )
  const requests = () => names.map((name) => servers[name].requests.length)
  const chosen = ({ parts: [first] }: Awaited<ReturnType<typeof ask>>) =>
    first?.type === 'route' ? first.model.connection : undefined

  it('answers by the first one, the route first and the finish last', async () => {
    const answer = await ask()
    assert.deepEqual([chosen(answer), answer.parts.at(-1)?.type], ['vllm', 'finish'])
    assert.ok(answer.text.length > 0)
    assert.deepEqual(requests(), [1, 0, 0])
  })

  it('asks the next wire after a 429, and leaves the first alone as long as it says', async () => {
    servers.vllm.answer(refusal(429, { 'retry-after': '30' }))
    assert.equal(chosen(await ask()), 'anthropic')
    assert.equal(chosen(await ask()), 'anthropic')
    assert.deepEqual(requests(), [1, 2, 0])
  })

  it('tries a 503 once more, and then asks the next', async () => {
    servers.vllm.answer(refusal(503))
    const answer = await ask()
    assert.deepEqual([chosen(answer), requests()], ['anthropic', [2, 1, 0]])
  })

  it('asks the next after a wrong key, a model that is gone and a quota that is used up', async () => {
    servers.vllm.answer(refusal(401))
    servers.anthropic.answer(refusal(404))
    assert.equal(chosen(await ask()), 'ollama')
    servers.vllm.answer({
      ...refusal(429),
      body: JSON.stringify({
        error: { code: 'insufficient_quota', type: 'insufficient_quota', message: 'No' },
      }),
    })
    assert.equal(chosen(await ask()), 'ollama')
    assert.deepEqual(requests(), [2, 2, 2])
  })

  it('asks nobody else when the connection breaks behind the first text', async () => {
    const { body, ...reply } = textReply('vllm')
    assert.ok(typeof body === 'string' || body instanceof Uint8Array)
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
    const third = /^(?:[^]*?\n\n){3}/.exec(text)?.[0] ?? assert.fail('the stream is too short')
    const seen = Promise.withResolvers<void>()
    servers.vllm.answer({ ...reply, body: [{ write: third }, { until: seen.promise }, { reset: true }] })
    const answer = await ask(undefined, ({ type }) => void (type === 'text' && seen.resolve()))
    assert.deepEqual([chosen(answer), requests()], ['vllm', [1, 0, 0]])
    assert.ok(answer.text.length > 0 && answer.error !== undefined)
    assert.notEqual(answer.error.code, 'fallback-exhausted')
  })

  it('asks the next when the connection breaks before any text, twice', async () => {
    servers.vllm.answer({ ...textReply('vllm'), body: [{ reset: true }] })
    assert.deepEqual([chosen(await ask()), requests()[1]], ['anthropic', 1])
  })

  it('says what each has said when nobody answers, and never the key', async () => {
    servers.vllm.answer(refusal(401))
    servers.anthropic.answer(refusal(401))
    servers.ollama.answer(refusal(404))
    const { error, parts } = await ask()
    assert.deepEqual([error?.code, parts], ['fallback-exhausted', []])
    for (const name of names) assert.match(error?.message ?? '', new RegExp(`\\d\\. ${name}/m: `))
  })

  it('lets go of a silent server at once when it is cancelled, and asks nobody else', async () => {
    servers.vllm.answer({ silent: true })
    const caller = new AbortController()
    const answer = ask(caller.signal)
    await servers.vllm.received(() => true)
    caller.abort()
    assert.equal((await answer).error?.code, 'cancelled')
    await servers.vllm.idle()
    assert.deepEqual(requests(), [1, 0, 0])
  })
})
