import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createRedactor } from '../../../src/core/redact.js'

const shapedKeys = [
  'sk-proj-abcdefghijklmnop1234',
  'sk-ant-api03-AbCdEfGhIjKlMnOpQrSt',
  'gsk_abcdefghijklmnop1234567890',
  'hf_abcdefghijklmnopqrstuvwxyz',
  'AIzaSyA1234567890abcdefghijklmnopqrstuv',
]

describe('createRedactor', () => {
  it('removes a registered secret in every spelling it may take', () => {
    const secret = 'pass"word\\with+odd/chars=='
    const redactor = createRedactor()
    redactor.register(secret)
    const spellings = [
      secret,
      JSON.stringify({ key: secret }),
      `https://host/?key=${encodeURIComponent(secret)}`,
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
    ]
    for (const spelling of spellings) {
      const clean = redactor.redact(`before ${spelling} after`)
      assert.ok(!clean.includes(spelling), clean)
      assert.match(clean, /^before .*\[redacted\].* after$/)
    }
  })

  it('removes whatever has the shape of a key, registered or not', () => {
    const redactor = createRedactor()
    for (const key of shapedKeys) assert.ok(!redactor.redact(`the key ${key} was used`).includes(key), key)
    assert.equal(
      redactor.redact('Authorization: Bearer abcdef1234567890'),
      'Authorization: Bearer [redacted]',
    )
    assert.equal(redactor.redact('{"x-api-key":"qwertyuiop"}'), '{"x-api-key":"[redacted]"}')
  })

  it('leaves ordinary text as it is', () => {
    const text = 'GET /v1/models answered 200 in 12 ms; 14 models, key stored, task-force-alpha'
    assert.equal(createRedactor().redact(text), text)
  })

  it('does not register what is too short to be a secret', () => {
    const redactor = createRedactor()
    redactor.register('a')
    assert.equal(redactor.redact('a banana'), 'a banana')
  })

  it('removes any registered secret wherever it stands', () => {
    const secret = fc.string({ minLength: 6, maxLength: 60 }).filter((text) => text.trim().length >= 6)
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (key, before, after) => {
        fc.pre(!'[redacted]'.includes(key))
        const redactor = createRedactor()
        redactor.register(key)
        assert.ok(!redactor.redact(`${before} ${key} ${after}`).replaceAll('[redacted]', '').includes(key))
      }),
    )
  })
})
