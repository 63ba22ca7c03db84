import assert from 'node:assert/strict'
import { isModelError } from '../../../../../src/core/errors.js'
import { resolveEndpoint } from '../../../../../src/core/usage/otlp/endpoint.js'

function resolve(endpoint: string, headers: Readonly<Record<string, string>> = {}): string {
  return resolveEndpoint({ endpoint, headers, traces: true, metrics: true })('traces').href
}

describe('the address to export to', () => {
  it('has the path of each signal below its own', () => {
    assert.equal(resolve('http://127.0.0.1:4318'), 'http://127.0.0.1:4318/v1/traces')
    assert.equal(resolve('https://otel.test/team/a/'), 'https://otel.test/team/a/v1/traces')
    const endpoint = { endpoint: 'http://[::1]:4318', headers: {}, traces: true, metrics: true }
    assert.equal(resolveEndpoint(endpoint)('metrics').href, 'http://[::1]:4318/v1/metrics')
  })

  it('is refused where it is no web address, holds a password or says more than a path', () => {
    const hostile = [
      'collector',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'https://user:hunter2@otel.test',
      'https://otel.test/?a=b',
      'https://otel.test/#a',
      '',
    ]
    for (const endpoint of hostile) {
      assert.throws(
        () => resolve(endpoint),
        (error) =>
          isModelError(error) && error.code === 'invalid-request' && !error.message.includes('hunter2'),
        endpoint,
      )
    }
  })

  it('takes headers over https or within this machine only', () => {
    const headers = { authorization: 'Bearer of-the-collector' }
    assert.throws(() => resolve('http://otel.test:4318', headers), /in the clear/)
    assert.throws(() => resolve('http://127.0.0.1.evil.test', headers), /in the clear/)
    assert.equal(resolve('http://otel.test:4318'), 'http://otel.test:4318/v1/traces')
    assert.equal(resolve('http://localhost:4318', headers), 'http://localhost:4318/v1/traces')
    assert.equal(resolve('https://otel.test', headers), 'https://otel.test/v1/traces')
  })
})
