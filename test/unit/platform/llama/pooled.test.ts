import assert from 'node:assert/strict'
import { ask, collect, failure, never, textOf, useModelFolder, useTestEngine } from './support.js'

const lengthOf = (vector: readonly number[]): number => Math.hypot(...vector)

function similarity(a: readonly number[] = [], b: readonly number[] = []): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
}

describe('models that read a whole text', () => {
  const engine = useTestEngine()
  const folder = useModelFolder()
  let vectors: string
  let ranker: string
  let talker: string

  before(async () => {
    vectors = await folder.write('vectors.gguf', { kind: 'embedding' })
    ranker = await folder.write('ranker.gguf', { kind: 'reranking' })
    talker = await folder.write('talker.gguf', { kind: 'script', reply: 'Good day.' })
  })

  describe('as vectors', () => {
    it('give each text one of length 1, in the order of the texts, and count their tokens', async () => {
      const inputs = ['the train leaves', 'a house by the water', 'the train leaves']
      const { embeddings, inputTokens } = await engine.embed({ file: vectors, inputs }, never)
      assert.equal(embeddings.length, 3)
      for (const vector of embeddings) assert.ok(Math.abs(lengthOf(vector) - 1) < 1e-3)
      assert.deepEqual(embeddings[0], embeddings[2])
      assert.notDeepEqual(embeddings[0], embeddings[1])
      const counted = await Promise.all(inputs.map((text) => engine.countTokens(vectors, text, never)))
      // Each text stands between a token for its beginning and one for its end.
      assert.equal(inputTokens, counted.reduce((sum, count) => sum + count, 0) + 2 * inputs.length)
    })

    it('are nearer to each other where the texts share their words', async () => {
      const inputs = ['the train is late', 'the train is here', 'water house people']
      const { embeddings } = await engine.embed({ file: vectors, inputs }, never)
      const [first, second, third] = embeddings
      assert.ok(similarity(first, second) > similarity(first, third))
    })

    it('are the same for a text alone and after a longer one', async () => {
      const short = 'the train'
      const alone = await engine.embed({ file: vectors, inputs: [short] }, never)
      const after = await engine.embed({ file: vectors, inputs: ['house '.repeat(300), short] }, never)
      const [a = []] = alone.embeddings
      assert.ok(similarity(a, after.embeddings[1]) > 0.9999)
    })

    it('are refused for a text longer than the model reads, with both numbers', async () => {
      const request = { file: vectors, inputs: ['fine', 'house '.repeat(600)] }
      const error = await failure(engine.embed(request, never))
      assert.equal(error.code, 'context-length')
      assert.match(error.message, /has 6\d\d tokens .* takes 512/)
      assert.equal((await engine.embed({ file: vectors, inputs: ['fine'] }, never)).embeddings.length, 1)
    })

    it('are refused by a model that chats, and by one that ranks', async () => {
      for (const file of [talker, ranker]) {
        const error = await failure(engine.embed({ file, inputs: ['hello'] }, never))
        assert.equal(error.code, 'capability-unsupported')
        assert.ok(error.message.includes(file))
      }
    })

    it('are broken off between two texts, and the engine serves the next request', async () => {
      const controller = new AbortController()
      const request = { file: vectors, inputs: Array.from({ length: 5_000 }, (_, index) => `house ${index}`) }
      const running = failure(engine.embed(request, controller.signal))
      await engine.countTokens(talker, 'hello', never)
      controller.abort()
      assert.equal((await running).code, 'cancelled')
      assert.equal((await engine.embed({ file: vectors, inputs: ['fine'] }, never)).embeddings.length, 1)
    })
  })

  describe('as rankers', () => {
    const documents = ['trains run on rails', 'water is wet', 'people live in a house']

    it('score each document from 0 to 1, wherever it stands', async () => {
      const ranked = await engine.rerank({ file: ranker, query: 'train', documents }, never)
      assert.equal(ranked.scores.length, 3)
      assert.ok(ranked.scores.every((score) => score > 0 && score < 1))
      assert.equal(new Set(ranked.scores).size, 3)
      assert.ok(ranked.inputTokens > 3 * documents.length)
      const turned = await engine.rerank(
        { file: ranker, query: 'train', documents: documents.toReversed() },
        never,
      )
      assert.deepEqual(turned.scores, ranked.scores.toReversed())
    })

    it('score by the query', async () => {
      const [train, water] = await Promise.all(
        ['train', 'water'].map((query) => engine.rerank({ file: ranker, query, documents }, never)),
      )
      assert.notDeepEqual(train?.scores, water?.scores)
    })

    it('say what they are in their facts, and refuse to chat', async () => {
      const { capabilities, maxOutputTokens } = await engine.inspect(ranker, never)
      assert.equal(capabilities?.reranking, true)
      assert.equal(capabilities?.embedding, false)
      assert.equal(maxOutputTokens, undefined)
      const error = await failure(collect(engine.chat(ask(ranker, 'Hello'), never)))
      assert.equal(error.code, 'capability-unsupported')
      assert.match(error.message, /reranking/)
    })

    it('refuse a document that is too long, with both numbers', async () => {
      const request = { file: ranker, query: 'train', documents: ['house '.repeat(600)] }
      const error = await failure(engine.rerank(request, never))
      assert.equal(error.code, 'context-length')
      assert.match(error.message, /takes 512/)
    })

    it('are not what a model for embeddings or for chats is', async () => {
      for (const file of [talker, vectors]) {
        const error = await failure(engine.rerank({ file, query: 'train', documents }, never))
        assert.equal(error.code, 'capability-unsupported')
      }
    })
  })

  it('leave a chat model beside them as it was', async () => {
    await engine.embed({ file: vectors, inputs: ['hello'] }, never)
    assert.equal(textOf(await collect(engine.chat(ask(talker, 'Hello'), never))), 'Good day.')
  })
})
