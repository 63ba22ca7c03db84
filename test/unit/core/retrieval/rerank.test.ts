import assert from 'node:assert/strict'
import { isModelError } from '../../../../src/core/errors.js'
import { live } from '../../../fakes/cachedChat.js'
import { embedder, openRetrievals, ranker, talker } from '../../../fakes/retrieval.js'

const caller = { door: 'api', extension: 'acme.search' } as const
const question = { query: 'loc', documents: ['a locomotive', 'a cat'], caller }
const isCode = (code: string) => (error: unknown) => isModelError(error) && error.code === code

describe('ranking documents', () => {
  const open = openRetrievals()
  const work = { models: [embedder, talker, ranker] }

  it('gives a score for each document in their order, and a row of the ledger', async () => {
    const { pipeline, rows } = await open({ connections: { work } })
    const { scores, model, usage } = await pipeline.rerank(question, live())
    assert.deepEqual([scores, model.id, usage.inputTokens], [[1, 0], 'ranker', 20])
    assert.deepEqual(
      rows().map((row) => [row.operation, row.model.id, row.caller]),
      [['reranking', 'ranker', caller]],
    )
  })

  it('refuses a model that ranks nothing, and an empty text, without asking anybody', async () => {
    const { pipeline, of } = await open({ connections: { work } })
    const model = { connection: 'work', id: 'embedder' }
    await assert.rejects(pipeline.rerank({ ...question, model }, live()), isCode('capability-unsupported'))
    await assert.rejects(pipeline.rerank({ ...question, query: '' }, live()), isCode('invalid-request'))
    await assert.rejects(pipeline.rerank({ ...question, documents: [''] }, live()), isCode('invalid-request'))
    const none = await pipeline.rerank({ ...question, documents: [] }, live())
    assert.deepEqual([none.scores, of('work').asked], [[], []])
  })

  it('says so where no connection has such a model', async () => {
    const { pipeline } = await open({ connections: { work: { models: [talker] } } })
    await assert.rejects(pipeline.rerank(question, live()), isCode('not-found'))
  })
})
