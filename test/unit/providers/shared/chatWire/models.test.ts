import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { readEntries, readModel } from '../../../../../src/providers/shared/chatWire/models.js'

describe('readEntries', () => {
  it('knows the three shapes of lists, and nothing else', () => {
    assert.deepEqual(
      [readEntries([1]), readEntries({ data: [2] }), readEntries({ models: [3] })],
      [[1], [2], [3]],
    )
    for (const body of [null, {}, 'x', { data: {} }]) assert.equal(readEntries(body), undefined)
  })
})

describe('readModel', () => {
  it('reads nothing but an id from an entry that has no more', () => {
    assert.deepEqual(readModel({ id: 'm', object: 'model' }), { id: 'm' })
  })
  it('shows an unknown price as unknown: two zeros say nothing, one free model does', () => {
    assert.deepEqual(readModel({ id: 'm', pricing: { input: 0, output: 0 } }), { id: 'm' })
    assert.deepEqual(readModel({ id: 'm:free', pricing: { input: 0, output: 0 } })?.pricing, {
      input: 0,
      output: 0,
    })
    assert.deepEqual(readModel({ id: 'auto', pricing: { prompt: '-1', completion: '-1' } }), { id: 'auto' })
  })
  it('turns prices per token into prices per million without rounding dust', () => {
    assert.deepEqual(
      readModel({ id: 'm', pricing: { prompt: '0.0000001', completion: '0.00000279' } })?.pricing,
      { input: 0.1, output: 2.79 },
    )
  })
  it('knows a model that embeds by its kind, or else by its name', () => {
    const embeds = (entry: object) => readModel(entry)?.capabilities?.embedding
    for (const type of ['embedding', 'embeddings']) assert.equal(embeds({ id: 'm', type }), true)
    for (const id of ['text-embedding-3-small', 'BAAI/bge-m3', 'nomic-embed-text', 'thenlper/gte-large']) {
      assert.equal(embeds({ id }), true, id)
    }
    assert.equal(embeds({ id: 'BAAI/bge-m3', type: 'chat' }), undefined)
    for (const id of ['gpt-5.4', 'e5', 'image-bge-ix', 'llama']) assert.equal(embeds({ id }), undefined, id)
  })
  it('leaves out what neither chats nor embeds, and what is not active', () => {
    for (const type of ['image', 'rerank', 'moderation', 'transcribe']) {
      assert.equal(readModel({ id: 'm', type }), undefined, type)
    }
    assert.equal(readModel({ id: 'm', active: false }), undefined)
  })
  it('names a GGUF file by its name', () => {
    assert.equal(readModel({ id: 'C:\\models\\Qwen3-4B.gguf' })?.name, 'Qwen3-4B')
  })
  it('never says "no" of a capability that the entry does not speak of', () => {
    assert.equal(
      readModel({ id: 'm', architecture: { input_modalities: ['text'] } })?.capabilities?.toolCalling,
      undefined,
    )
  })
  it('survives an entry of any shape', () => {
    fc.assert(fc.property(fc.jsonValue(), (entry) => void readModel(entry)))
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('id', 'pricing', 'architecture', 'meta', 'type', 'top_provider'),
          fc.jsonValue(),
        ),
        (entry) => {
          const model = readModel(entry)
          assert.ok(model === undefined || model.id.length > 0)
        },
      ),
    )
  })
})
