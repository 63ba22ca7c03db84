import assert from 'node:assert/strict'
import { isModelError } from '../../src/core/errors.js'
import type { ProviderContext, RerankResult } from '../../src/core/provider.js'
import { type RecordedRequest, type Reply, useWireServer } from '../fakes/wireServer.js'
import { isExempt, type RerankFixture } from './fixtures.js'
import { assertSecret, canaryKey, contextFor, type Held, held, toReply, valueAt } from './harness.js'
import { modelOf } from './requests.js'

const query = 'Where is the warm city?'
const documents = ['Zürich', 'Oslo', 'a third text']

for (const candidate of held) {
  const fixture = candidate.fixtures.rerank
  if (!('rerank' in candidate.provider)) {
    it(`${candidate.name}: ranks nothing and has no fixtures of it`, () => {
      assert.ok(fixture === undefined || isExempt(fixture))
    })
    continue
  }
  if (fixture === undefined || isExempt(fixture)) {
    it(`${candidate.name}: ranks documents, and needs fixtures for it`, () => {
      assert.ok(fixture !== undefined && isExempt(fixture) && fixture.exempt.length > 10)
    })
    continue
  }
  const ask: Ask = async (asked, context) => {
    const model = modelOf(candidate.fixtures, candidate.provider)
    const result = await candidate.provider.rerank?.({ model, query, documents: asked }, context)
    assert.ok(result !== undefined)
    return result
  }
  describe(`${candidate.name}: rerank`, () => {
    holdAnswers({ candidate, fixture, ask })
    holdFailures({ candidate, fixture, ask })
  })
}

type Ask = (documents: readonly string[], context: ProviderContext) => Promise<RerankResult>

interface Subject {
  readonly candidate: Held
  readonly fixture: RerankFixture
  readonly ask: Ask
}

function holdAnswers({ candidate, fixture, ask }: Subject): void {
  const server = useWireServer()

  it('is asked and understood as the fixture says, with scores in the order of the documents', async () => {
    server.answer(toReply(candidate, fixture.reply))
    const { scores, usage } = await ask(documents, contextFor(candidate, server))
    assert.deepEqual(scores, fixture.expect.scores)
    for (const [name, value] of Object.entries(fixture.expect.usage))
      assert.equal(Reflect.get(usage, name), value, name)
    assert.ok(usage.inputTokens > 0)
    const [request] = server.requests
    assert.deepEqual([request?.method, request?.path], ['POST', fixture.path])
    const body: unknown = JSON.parse(request?.body ?? '')
    for (const [pointer, value] of Object.entries(fixture.sent))
      assert.deepEqual(valueAt(body, pointer), value, pointer)
    const { keyHeader } = candidate.fixtures
    if (keyHeader !== undefined) assert.ok(String(request?.headers[keyHeader]).includes(canaryKey))
  })

  it('scores each of 2,500 documents, in their order', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => `text ${index}`)
    server.answer(scoreByNumber)
    const { scores } = await ask(many, contextFor(candidate, server))
    assert.deepEqual(
      scores,
      many.map((_, index) => index / 10_000),
    )
  })
}

/** Each document by the number in it, the best first, as servers answer. */
function scoreByNumber(request: RecordedRequest): Reply {
  const asked: unknown = valueAt(JSON.parse(request.body), '/documents')
  assert.ok(Array.isArray(asked))
  const results = asked.map((document, index) => ({
    index,
    relevance_score: Number(/\d+/.exec(String(document))?.[0]) / 10_000,
  }))
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ results: results.toReversed() }),
  }
}

function holdFailures({ candidate, fixture, ask }: Subject): void {
  const server = useWireServer()

  it('fails where a document has no score', async () => {
    server.answer(toReply(candidate, fixture.reply))
    await assert.rejects(ask([...documents, 'one more'], contextFor(candidate, server)), {
      code: 'provider-error',
    })
  })

  it('fails as a chat does, and shows neither key nor text', async () => {
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

  it('ends at once when it is cancelled, and leaves no request open', async () => {
    server.answer({ silent: true })
    const caller = new AbortController()
    const asked = ask(documents, contextFor(candidate, server, { signal: caller.signal }))
    await server.received(() => true)
    caller.abort()
    await assert.rejects(asked, { code: 'cancelled' })
    await server.idle()
  })
}
