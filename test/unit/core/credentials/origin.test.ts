import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { originOf } from '../../../../src/core/credentials/origin.js'

describe('origin', () => {
  it('is scheme, host and port, without path, user and capitals', () => {
    assert.equal(originOf('https://user:pw@API.Example.com:443/v1?x=1#y'), 'https://api.example.com')
    assert.equal(originOf('http://127.0.0.1:11434/'), 'http://127.0.0.1:11434')
    assert.equal(originOf('http://[::1]:8000/v1'), 'http://[::1]:8000')
  })

  it('tells scheme, host and port apart', () => {
    const urls = [
      'https://a.test',
      'http://a.test',
      'https://a.test:8443',
      'https://b.a.test',
      'https://a.test.evil',
    ]
    assert.equal(new Set(urls.map(originOf)).size, urls.length)
  })

  it('is undefined for whatever is no web address', () => {
    for (const text of [
      '',
      'localhost:8000',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'data:text/html,x',
      '//a.test',
    ]) {
      assert.equal(originOf(text), undefined, text)
    }
    assert.equal(originOf(undefined), undefined)
    fc.assert(fc.property(fc.string(), (text) => assert.match(originOf(text) ?? 'https://', /^https?:\/\//)))
  })
})
