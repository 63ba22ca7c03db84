import assert from 'node:assert/strict'
import { parseOtlpHeaders } from '../../../../../src/core/usage/otlp/headers.js'

describe('parseOtlpHeaders', () => {
  it('reads names and percent-encoded values, with equals signs in them', () => {
    assert.deepEqual(parseOtlpHeaders('x-key=a%20b, authorization=Basic%20YQ=='), {
      'x-key': 'a b',
      authorization: 'Basic YQ==',
    })
  })

  it('leaves out what is no header', () => {
    assert.deepEqual(parseOtlpHeaders('alone,=value,bad name=1,broken=%zz,line=a%0Ab,good=1'), { good: '1' })
    assert.deepEqual(parseOtlpHeaders(undefined), {})
  })
})
