import assert from 'node:assert/strict'
import { isModelError } from '../../src/core/errors.js'
import type { EmbedRequest, EmbedResult, ProviderContext } from '../../src/core/provider.js'
import { type RecordedRequest, type Reply, useWireServer } from '../fakes/wireServer.js'
import { bodyOf, type EmbedFixture, isExempt } from './fixtures.js'
import {
  assertSecret,
  canaryKey,
  contextFor,
  folderOf,
  type Held,
  held,
  toReply,
  valueAt,
} from './harness.js'
import { modelOf } from './requests.js'

const texts = ['Zürich', 'Oslo', 'a third text']

for (const candidate of held) {
  const fixture = candidate.fixtures.embeddings
  if (!('embed' in candidate.provider)) {
    it(`${candidate.name}: has neither embeddings nor fixtures of them`, () => {
      assert.ok(fixture === undefined || isExempt(fixture))
    })
    continue
  }
  if (fixture === undefined || isExempt(fixture)) {
    it(`${candidate.name}: embeds, and needs fixtures for it`, () => {
      assert.ok(fixture !== undefined && isExempt(fixture) && fixture.exempt.length > 10)
    })
    continue
  }
  const ask: Ask = async (inputs, context, dimensions) => {
    const model = modelOf(candidate.fixtures, candidate.provider)
    const request: EmbedRequest = { model, inputs, ...(dimensions === undefined ? {} : { dimensions }) }
    const result = await candidate.provider.embed?.(request, context)
    assert.ok(result !== undefined)
    return result
  }
  describe(`${candidate.name}: embeddings`, () => {
    holdAnswers({ candidate, fixture, ask })
    holdFailures({ candidate, fixture, ask })
  })
}

type Ask = (inputs: readonly string[], context: ProviderContext, dimensions?: number) => Promise<EmbedResult>

interface Subject {
  readonly candidate: Held
  readonly fixture: EmbedFixture
  readonly ask: Ask
}

function holdAnswers({ candidate, fixture, ask }: Subject): void {
  const server = useWireServer()

  it('are asked for and understood as the fixture says, in the order of the texts', async () => {
    server.answer(toReply(candidate, fixture.reply))
    const { embeddings, usage } = await ask(texts, contextFor(candidate, server), keptLength(fixture))
    assert.deepEqual(embeddings, fixture.expect.embeddings)
    for (const [name, count] of Object.entries(fixture.expect.usage)) {
      assert.equal(Reflect.get(usage, name), count, name)
    }
    const [request] = server.requests
    assert.deepEqual([request?.method, request?.path], ['POST', fixture.path])
    const body: unknown = JSON.parse(request?.body ?? '')
    for (const [pointer, value] of Object.entries(fixture.sent)) {
      assert.deepEqual(valueAt(body, pointer), value, pointer)
    }
    const { keyHeader } = candidate.fixtures
    if (keyHeader !== undefined) assert.ok(String(request?.headers[keyHeader]).includes(canaryKey))
  })

  it('are an error where they are not as long as was asked', async () => {
    server.answer(toReply(candidate, fixture.reply))
    const asked = ask(texts, contextFor(candidate, server), keptLength(fixture) + 1)
    await assert.rejects(asked, { code: 'capability-unsupported', message: /embeddings of \d+ numbers/ })
  })

  it('of more texts than one request may hold are asked for in several, each text once and in order', async () => {
    const many = Array.from({ length: 700 }, (_, index) => `text ${index}`)
    server.answer((request) => answerAll(candidate, fixture, request))
    const { embeddings } = await ask(many, contextFor(candidate, server))
    assert.equal(embeddings.length, many.length)
    assert.ok(server.requests.length > 1)
    const asked = server.requests.flatMap((request) => inputsOf(fixture, request))
    assert.deepEqual(
      asked.map((input) => JSON.stringify(input).match(/text \d+/)?.[0]),
      many,
    )
  })

  it('of no text need no request, and an empty text is named', async () => {
    server.answer(toReply(candidate, fixture.reply))
    assert.deepEqual((await ask([], contextFor(candidate, server))).embeddings, [])
    await assert.rejects(ask(['a', ''], contextFor(candidate, server)), /Text 2 of 2 is empty/)
    assert.equal(server.requests.length, 0)
  })
}

function holdFailures({ candidate, fixture, ask }: Subject): void {
  const server = useWireServer()

  it('are an error where there are more or fewer than texts', async () => {
    server.answer(toReply(candidate, fixture.reply))
    const context = contextFor(candidate, server)
    for (const inputs of [texts.slice(1), [...texts, 'one more']]) {
      await assert.rejects(ask(inputs, context), { code: 'provider-error' })
    }
  })

  it('fail as a chat does, and show neither key nor text', async () => {
    const { unauthorized } = candidate.fixtures.errors
    if (isExempt(unauthorized)) return
    server.answer(toReply(candidate, unauthorized.reply))
    await assert.rejects(ask(['a very secret sentence of ours'], contextFor(candidate, server)), (error) => {
      assert.ok(isModelError(error))
      assertSecret(error)
      assert.equal(error.code, unauthorized.expect.code)
      assert.doesNotMatch(error.message, /secret sentence/)
      return true
    })
  })

  it('are given up at once, and leave no request open', async () => {
    server.answer({ silent: true })
    const caller = new AbortController()
    const asked = ask(texts, contextFor(candidate, server, { signal: caller.signal }))
    await server.received(() => true)
    caller.abort()
    await assert.rejects(asked, { code: 'cancelled' })
    await server.idle()
  })
}

/** The length of the fixture’s embeddings. */
function keptLength({ expect }: EmbedFixture): number {
  return expect.embeddings[0]?.length ?? 0
}

function inputsOf(fixture: EmbedFixture, request: RecordedRequest): readonly unknown[] {
  const inputs = valueAt(JSON.parse(request.body), fixture.inputsAt)
  assert.ok(Array.isArray(inputs), `no texts at ${fixture.inputsAt}`)
  return inputs
}

/** The fixture's first embedding for every text that was asked. */
function answerAll(candidate: Held, fixture: EmbedFixture, request: RecordedRequest): Reply {
  const body: object = JSON.parse(new TextDecoder().decode(bodyOf(folderOf(candidate), fixture.reply)))
  const list = valueAt(body, fixture.embeddingsAt)
  assert.ok(Array.isArray(list))
  const [first]: unknown[] = list
  const isEntry = typeof first === 'object' && first !== null && 'index' in first
  const all = inputsOf(fixture, request).map((_, index) => (isEntry ? { ...first, index } : first))
  const answer = withValueAt(body, fixture.embeddingsAt.slice(1).split('/'), all)
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) }
}

function withValueAt(body: object, [name = '', ...further]: readonly string[], value: unknown): object {
  const below: unknown = Reflect.get(body, name)
  const isPlace = further.length > 0 && typeof below === 'object' && below !== null
  return { ...body, [name]: isPlace ? withValueAt(below, further, value) : value }
}
