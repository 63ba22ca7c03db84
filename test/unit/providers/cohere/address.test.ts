import assert from 'node:assert/strict'
import { addressOf } from '../../../../src/providers/cohere/address.js'

describe('the address of Cohere’s endpoints', () => {
  for (const base of [
    'https://api.cohere.com',
    'https://api.cohere.com/',
    'https://api.cohere.com/v1',
    'https://api.cohere.com/v2/',
    'https://api.cohere.com/compatibility/v1',
  ]) {
    it(`is the same below ${base}`, () => {
      const paths = ['chat/completions', 'models', 'embed', 'rerank']
      assert.deepEqual(
        paths.map((path) => addressOf(path, base)),
        [
          'https://api.cohere.com/compatibility/v1/chat/completions',
          'https://api.cohere.com/v1/models?page_size=1000',
          'https://api.cohere.com/v2/embed',
          'https://api.cohere.com/v2/rerank',
        ],
      )
    })
  }
  it('keeps the path of a proxy', () => {
    assert.equal(
      addressOf('embed', 'http://localhost:8080/cohere/v2'),
      'http://localhost:8080/cohere/v2/embed',
    )
  })
})
