import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createRedactor } from '../../../src/core/redact.js'
import { measureProcessorMs } from '../../fakes/processorTime.js'

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

  it('removes the beginning of a registered secret at the end of a text that was cut', () => {
    const redactor = createRedactor()
    const secret = 'blue-team-token-77/x'
    redactor.register(secret)
    for (let length = 8; length < secret.length; length++)
      assert.equal(redactor.redact(`bad ${secret.slice(0, length)}`), 'bad [redacted]')
    assert.equal(redactor.redact('the blue-team-colour'), 'the blue-team-colour')
    assert.equal(redactor.redact('the blue-t'), 'the blue-t')
  })

  it('removes user and password of an address', () => {
    const redactor = createRedactor()
    for (const [address, clean] of [
      ['http://me:secret@host:11434/v1', 'http://[redacted]@host:11434/v1'],
      ['https://token@host/a@b', 'https://[redacted]@host/a@b'],
      ['see "http://a:p@ss@h"', 'see "http://[redacted]@h"'],
      ['http://host/path?mail=a@b', 'http://host/path?mail=a@b'],
    ] as const)
      assert.equal(redactor.redact(address), clean)
  })

  it('removes a JSON web token, and leaves other names with points', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-def_123'
    const redactor = createRedactor()
    assert.equal(redactor.redact(`x ${token}, y`), 'x [redacted], y')
    assert.equal(redactor.redact('src.providers-shared.redaction.ts'), 'src.providers-shared.redaction.ts')
  })

  for (const [what, piece] of [
    ['white space', ' '],
    ['beginnings of web tokens', 'eyJaaaaaaaaaaaaa-'],
    ['beginnings of web tokens with points', 'eyJaaaaaaaaaaaaa.'],
    ['names of schemes', 'bearer '],
    ['schemes behind much space', `bearer${' '.repeat(1_000)}`],
    ['names of headers', 'api-key'],
    ['headers with space', `api_key${' '.repeat(1_000)}`],
    ['beginnings of keys', 'sk-sk-'],
    ['addresses', '://a:'],
    ['beginnings of the secret', 'secret-12'],
  ] as const) {
    it(`reads a text once, of 4 MB in less than seconds: ${what}`, () => {
      const redactor = createRedactor()
      redactor.register('secret-1234567890')
      const ms = (size: number): number => {
        const text = piece.repeat(size / piece.length)
        return measureProcessorMs(() => redactor.redact(text))
      }
      ms(100_000)
      // By squares it would be minutes.
      assert.ok(ms(4_000_000) < 4_000)
    }).timeout(20_000)
  }
})
