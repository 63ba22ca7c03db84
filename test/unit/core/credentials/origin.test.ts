import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { originOf, withoutCredentials } from '../../../../src/core/credentials/origin.js'

describe('withoutCredentials', () => {
  for (const [address, clean] of [
    ['https://user:pw@host:8000/v1?a=b@c', 'https://host:8000/v1?a=b@c'],
    ['https://host/v1@2', 'https://host/v1@2'],
    ['user:pw@host:11434', 'host:11434'],
    ['http://user:p/w@host', 'http://host'],
    ['not an address', 'not an address'],
    ['', ''],
  ] as const) {
    it(`makes “${clean}” of “${address}”`, () => assert.equal(withoutCredentials(address), clean))
  }
})

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
