import assert from 'node:assert/strict'
import { llamaServer } from '../../../../src/providers/llamaServer.js'
import { bodiesOf, createCallContext, createModel, jsonReply } from '../../../fakes/providerCalls.js'
import { type Reply, useWireServer } from '../../../fakes/wireServer.js'

const results = (...scores: readonly (readonly [number, number])[]) =>
  jsonReply({
    results: scores.map(([index, relevance_score]) => ({ index, relevance_score })),
    usage: { prompt_tokens: 21, total_tokens: 21 },
  })

describe('reranking by a llama-server', () => {
  const server = useWireServer()

  const rank = async (reply: Reply, documents = ['a', 'b', 'c'], id = 'bge-reranker') => {
    server.answer(({ path }) => (path === '/v1/rerank' ? reply : undefined))
    const context = createCallContext(llamaServer, server, { baseUrl: `${server.origin}/v1` })
    const model = createModel(llamaServer, id)
    const ranking = await llamaServer.rerank?.({ model, query: 'q', documents }, context)
    assert.ok(ranking !== undefined)
    return ranking
  }

  it('gives a score from 0 to 1 for each document, in their order, and counts exactly', async () => {
    const { scores, usage } = await rank(results([2, 7.5], [0, 0], [1, -6.25]))
    assert.equal(scores[0], 0.5)
    assert.ok(scores.every((score) => score > 0 && score < 1))
    assert.ok(scores[2] !== undefined && scores[1] !== undefined && scores[2] > 0.99 && scores[1] < 0.01)
    assert.deepEqual([usage.inputTokens, usage.outputTokens, usage.accuracy], [21, 0, 'exact'])
    assert.deepEqual(bodiesOf(server.requests, '/v1/rerank'), [
      { model: 'bge-reranker', query: 'q', documents: ['a', 'b', 'c'] },
    ])
  })

  it('keeps the order of scores that differ little, of one request and of several', async () => {
    const first = await rank(results([0, 0.2], [1, 0.9], [2, 1.1]))
    const second = await rank(results([0, 0.3], [1, 0.8], [2, 0.95]))
    const [a = 0, d = 0, f = 0] = first.scores
    const [b = 0, c = 0, e = 0] = second.scores
    assert.deepEqual(
      [a, b, c, d, e, f],
      [a, b, c, d, e, f].toSorted((x, y) => x - y),
    )
  })

  it('leaves what a Qwen3 reranker gives, which is a probability, as it is', async () => {
    const { scores } = await rank(results([0, 0.97], [1, 0.02], [2, 0.5]), undefined, 'Qwen3-Reranker-0.6B')
    assert.deepEqual(scores, [0.97, 0.02, 0.5])
  })

  for (const [what, reply] of [
    ['one document too few', results([0, 1], [1, 2])],
    ['one document twice', results([0, 1], [1, 2], [1, 3])],
    ['a document that was not given', results([0, 1], [1, 2], [3, 3])],
    ['nothing', jsonReply({ hello: 'world' })],
  ] as const) {
    it(`is an error where the scores are those of ${what}`, async () => {
      await assert.rejects(rank(reply), { code: 'provider-error', message: /no score/ })
    })
  }

  it('says that the server was not started for it', async () => {
    const words = 'This server does not support reranking. Start it with `--reranking`'
    await assert.rejects(rank(jsonReply({ error: { code: 501, message: words } }, 501)), {
      code: 'capability-unsupported',
      message: /--reranking/,
    })
  })

  it('of no documents needs no request', async () => {
    assert.deepEqual((await rank(results(), [])).scores, [])
    assert.equal(server.requests.length, 0)
  })
})
