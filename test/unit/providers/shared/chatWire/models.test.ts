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
  it('takes tokens without a price for unknown where each request, picture or thought costs', () => {
    for (const other of ['request', 'image', 'internal_reasoning']) {
      const free = { prompt: '0', completion: '0', [other]: '0.005' }
      assert.equal(readModel({ id: 'm', pricing: free })?.pricing, undefined, other)
      const priced = { prompt: '0.000001', completion: '0.000002', [other]: '0.005' }
      assert.deepEqual(readModel({ id: 'm', pricing: priced })?.pricing, { input: 1, output: 2 })
    }
    const none = { prompt: '0', completion: '0', request: '0', image: '0' }
    assert.deepEqual(readModel({ id: 'm', pricing: none })?.pricing, { input: 0, output: 0 })
  })
  it('takes no price of one token for that of a million', () => {
    for (const [input, output] of [
      ['0.0000006', '0.0000012'],
      [6e-7, 1.2e-6],
    ])
      assert.equal(
        readModel({ id: 'm', pricing: { input, output, cached_input: input } })?.pricing,
        undefined,
      )
    assert.deepEqual(readModel({ id: 'm', pricing: { input: '0.6', output: 0.002 } })?.pricing, {
      input: 0.6,
      output: 0.002,
    })
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
