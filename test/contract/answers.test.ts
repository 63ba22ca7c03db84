import assert from 'node:assert/strict'
import type { ResponsePart } from '../../src/core/chat.js'
import type { ProviderChatRequest } from '../../src/core/provider.js'
import { useWireServer, type WireServer } from '../fakes/wireServer.js'
import { type Answer, type ChatFixture, type ChatName, chatNames, isExempt } from './fixtures.js'
import { canaryKey, contextFor, type Held, held, type Outcome, read, toReply, valueAt } from './harness.js'
import { modelOf, reasoningReturn, requestFor } from './requests.js'

for (const candidate of held) {
  describe(`${candidate.name}: answers`, () => {
    const server = useWireServer()

    for (const name of chatNames) {
      const fixture = candidate.fixtures.chats[name]
      if (isExempt(fixture)) {
        it(`${name}: is exempt, and says why`, () => assert.ok(fixture.exempt.length > 10))
        continue
      }
      it(`${name}: is asked and understood as its fixture says`, async () => {
        const request = await prepare(name, candidate, server)
        const outcome = await ask(candidate, server, { fixture, request })
        assertAnswer(outcome, fixture.expect)
        assertSent(server, candidate, fixture)
      })
    }

    it('sends the members of a model’s extra body, stronger than its own, and no other model’s', async () => {
      const model = modelOf(candidate.fixtures, candidate.provider)
      const { text } = candidate.fixtures.chats
      assert.ok(!isExempt(text))
      server.answer(({ method, path }) => {
        const { chatPath, list } = candidate.fixtures
        const reply = method === 'POST' && path === chatPath ? text.reply : list.replies[path]
        return reply === undefined ? undefined : toReply(candidate, reply)
      })
      const models = {
        [model.id]: { extraBody: { x_own: { deep: [1] }, temperature: 0.123 } },
        other: { extraBody: { x_other: true } },
      }
      const outcome = await read(
        candidate.provider.chat(requestFor('text', model), contextFor(candidate, server, { models })),
      )
      assert.equal(outcome.error, undefined)
      const sent = server.requests.find(({ path }) => path === candidate.fixtures.chatPath)?.body ?? ''
      const body: unknown = JSON.parse(sent)
      assert.deepEqual(valueAt(body, '/x_own'), { deep: [1] })
      assert.deepEqual([valueAt(body, '/temperature'), valueAt(body, '/x_other')], [0.123, undefined])
    })

    if (isExempt(candidate.fixtures.chats.pdf)) {
      it('pdf: is refused in one sentence, and nothing is sent', async () => {
        const request = requestFor('pdf', modelOf(candidate.fixtures, candidate.provider))
        server.answer({ status: 500 })
        const { error } = await read(candidate.provider.chat(request, contextFor(candidate, server)))
        assert.equal(error?.code, 'capability-unsupported')
        assert.match(error.message, /does not take application\/pdf/)
        assert.equal(server.requests.length, 0)
      })
    }

    it('lists the models that its fixture lists, and wakes none', async () => {
      const { list } = candidate.fixtures
      server.answer(({ path }) => {
        const reply = list.replies[path]
        return reply === undefined ? undefined : toReply(candidate, reply)
      })
      const models = await candidate.provider.listModels(contextFor(candidate, server))
      assert.deepEqual(models, list.models)
      for (const request of server.requests) assertKey(request.headers, candidate)
      if (candidate.provider.location === 'local') assertReadsOnly(server)
    })
  })
}

/** Whoever asks for a list now and then must wake no model: Ollama describes one without loading it. */
function assertReadsOnly(server: WireServer): void {
  const others = server.requests.filter(({ method, path }) => method !== 'GET' && path !== '/api/show')
  assert.deepEqual(
    others.map(({ method, path }) => `${method} ${path}`),
    [],
  )
}

async function prepare(name: ChatName, candidate: Held, server: WireServer): Promise<ProviderChatRequest> {
  const model = modelOf(candidate.fixtures, candidate.provider)
  if (name !== 'reasoningReturn') return requestFor(name, model)
  const thought = candidate.fixtures.chats.reasoning
  assert.ok(!isExempt(thought), 'reasoningReturn needs the fixture reasoning')
  const { parts } = await ask(candidate, server, {
    fixture: thought,
    request: requestFor('reasoning', model),
  })
  server.clear()
  return reasoningReturn(model, throughJson(parts))
}

/** Reasoning state lives through being stored. */
function throughJson(parts: readonly ResponsePart[]): readonly ResponsePart[] {
  return JSON.parse(JSON.stringify(parts))
}

function ask(
  candidate: Held,
  server: WireServer,
  { fixture, request }: { readonly fixture: ChatFixture; readonly request: ProviderChatRequest },
): Promise<Outcome> {
  const { chatPath, list } = candidate.fixtures
  server.answer(({ method, path }) => {
    // A provider may look its model up first.
    const reply = method === 'POST' && path === chatPath ? fixture.reply : list.replies[path]
    return reply === undefined ? undefined : toReply(candidate, reply)
  })
  return read(candidate.provider.chat(request, contextFor(candidate, server)))
}

function assertAnswer(outcome: Outcome, expected: Answer): void {
  const { error } = expected
  assert.equal(outcome.error?.code, error?.code, outcome.error?.message)
  if (error?.retryable !== undefined) assert.equal(outcome.error?.retryable, error.retryable)
  assert.equal(outcome.text, expected.text ?? '')
  assert.equal(outcome.reasoning, expected.reasoning ?? '')
  const calls = outcome.toolCalls.map(({ callId, name, input }) => ({ callId, name, input }))
  assert.deepEqual(calls, expected.toolCalls ?? [])
  assert.equal(outcome.finish, error === undefined ? (expected.finish ?? 'stop') : undefined)
  for (const [key, value] of Object.entries(expected.usage ?? {}))
    assert.equal(Reflect.get(outcome.usage ?? {}, key), value, key)
  if (error === undefined)
    assert.deepEqual(
      outcome.parts.slice(-2).map(({ type }) => type),
      ['usage', 'finish'],
    )
}

function assertSent(server: WireServer, candidate: Held, { sent = {}, absent = [] }: ChatFixture): void {
  const [request, ...others] = server.requests.filter(({ path }) => path === candidate.fixtures.chatPath)
  assert.ok(request !== undefined && others.length === 0, 'exactly one chat')
  const body: unknown = JSON.parse(request.body)
  for (const [pointer, value] of Object.entries(sent))
    assert.deepEqual(valueAt(body, pointer), value, pointer)
  for (const pointer of absent) assert.equal(valueAt(body, pointer), undefined, pointer)
  assertKey(request.headers, candidate)
  assert.ok(!request.body.includes(canaryKey))
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** In its own header and in no other; nothing of an SDK's about this machine. */
function assertKey(headers: Headers, { fixtures }: Held): void {
  const { keyHeader } = fixtures
  const bearers = Object.entries(headers).filter(([, value]) => String(value).includes(canaryKey))
  assert.deepEqual(
    bearers,
    keyHeader === undefined
      ? []
      : [[keyHeader, keyHeader === 'authorization' ? `Bearer ${canaryKey}` : canaryKey]],
  )
  const telling = Object.keys(headers).filter((name) => /stainless|organization|project/.test(name))
  assert.deepEqual(telling, [])
}
