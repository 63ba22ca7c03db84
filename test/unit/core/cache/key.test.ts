import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { canonicalForm, completionKey, embeddingKey, fingerprint } from '../../../../src/core/cache/key.js'
import type { ChatRequest, ContentPart } from '../../../../src/core/chat.js'
import { sha256 } from '../../../../src/platform/cache/sha256.js'
import { faultSeed } from '../../../fakes/faultCounts.js'

const base: ChatRequest = {
  model: { connection: 'work', id: 'm' },
  messages: [
    { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'data', mimeType: 'image/png', data: new Uint8Array([1, 2, 3]) },
      ],
    },
  ],
  tools: [{ name: 'look', description: 'Looks', inputSchema: { type: 'object', properties: { at: {} } } }],
  toolMode: 'auto',
  parameters: { temperature: 0, stop: ['a', 'b'] },
  caller: { door: 'api' },
}
const keyOf = (request: ChatRequest, configuration: unknown = {}) =>
  completionKey(request, fingerprint(configuration, sha256), sha256)

const user = (...content: ContentPart[]): ChatRequest => ({ ...base, messages: [{ role: 'user', content }] })

const changes: Readonly<Record<string, ChatRequest>> = {
  'another connection': { ...base, model: { connection: 'home', id: 'm' } },
  'another model': { ...base, model: { connection: 'work', id: 'n' } },
  'a message less': { ...base, messages: base.messages.slice(1) },
  'messages in another order': { ...base, messages: base.messages.toReversed() },
  'no tools': { model: base.model, messages: base.messages, caller: base.caller },
  'a tool that says something else of itself': {
    ...base,
    tools: [{ name: 'look', description: 'Looks closely' }],
  },
  'another way to choose tools': { ...base, toolMode: 'required' },
  'another temperature': { ...base, parameters: { ...base.parameters, temperature: 0.1 } },
  'stops in another order': { ...base, parameters: { ...base.parameters, stop: ['b', 'a'] } },
  'another seed': { ...base, parameters: { ...base.parameters, seed: 1 } },
  'a response format': { ...base, parameters: { ...base.parameters, responseFormat: { type: 'json' } } },
  'another byte of an image': user({ type: 'data', mimeType: 'image/png', data: new Uint8Array([1, 2, 4]) }),
  'an image of another type': user({ type: 'data', mimeType: 'image/gif', data: new Uint8Array([1, 2, 4]) }),
  'an image’s hash as text': user({ type: 'text', text: `#${sha256(new Uint8Array([1, 2, 4]))}` }),
  'one text': user({ type: 'text', text: 'ab' }),
  'the same text in two parts': user({ type: 'text', text: 'a' }, { type: 'text', text: 'b' }),
  'half a character': user({ type: 'text', text: '\ud800' }),
  'half of another character': user({ type: 'text', text: '\ud801' }),
}

/** What JSON can say, and bytes. */
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

/** The same value with members in the opposite order, minus zero plain, and an undefined member more. */
function turnAround(value: unknown): unknown {
  if (value === 0) return 0
  if (Array.isArray(value)) return value.map(turnAround)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const members = Object.entries(value).toReversed()
  return Object.fromEntries([
    ...members.map(([name, member]) => [name, turnAround(member)]),
    ['gone', undefined],
  ])
}

function withoutUndefined(value: unknown): unknown {
  if (value === 0) return 0
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([name, member]) => [name, withoutUndefined(member)]))
}

const options = { seed: faultSeed, numRuns: 1_000 }

describe('cache key', () => {
  for (const [what, request] of Object.entries(changes)) {
    it(`is another one for ${what}`, () => {
      const others = Object.entries(changes).filter(([name]) => name !== what)
      assert.notEqual(keyOf(request), keyOf(base))
      for (const [name, other] of others) assert.notEqual(keyOf(request), keyOf(other), name)
    })
  }

  it('is another one for each long text, whole or broken, and for its hash', () => {
    const long = 'long '.repeat(20_000)
    const texts = [
      long,
      `${long}x`,
      long.replace('long', 'lung'),
      `${long}\ud800`,
      `${long}\ud801`,
      `${long}\u{1f600}`,
    ]
    const form = canonicalForm(long, sha256)
    assert.ok(form.length < 100, form)
    const keys = [...texts, form].map((text) => keyOf(user({ type: 'text', text })))
    assert.equal(new Set(keys).size, keys.length)
    const longKey = (at: number) => keyOf(user({ type: 'text', text: `${'a'.repeat(at)}\u{1f600}${long}` }))
    const cuts = [65_534, 65_535, 65_536].map(longKey)
    assert.equal(new Set(cuts).size, 3)
  })

  it('is another one where the connection or the route is set up differently', () => {
    const address = (baseUrl: string) => ({ baseUrl, fields: {} })
    assert.notEqual(keyOf(base, address('http://a')), keyOf(base, address('http://b')))
  })

  it('is the same whoever asks, through whichever door, and however the cache is to treat it', () => {
    const caller = { door: 'gateway', extension: 'x.y', terminal: '1', conversation: 'c' } as const
    assert.equal(keyOf({ ...base, caller, cache: 'refresh' }), keyOf(base))
    const attempt = { attempt: { requestId: 'r', number: 1 } }
    assert.equal(keyOf({ ...base, ...attempt }), keyOf(base))
  })

  it('takes a field that it does not know for one that changes the answer', () => {
    const surprise = { surprise: 1 }
    assert.notEqual(keyOf({ ...base, ...surprise }), keyOf(base))
  })

  it('is the same whatever the order of an object’s members, and without undefined ones', () => {
    fc.assert(
      fc.property(values, (value) => {
        assert.equal(canonicalForm(turnAround(value), sha256), canonicalForm(value, sha256))
      }),
      options,
    )
  })

  it('differs for any two values that differ', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const isSame = isDeepStrictEqual(withoutUndefined(a), withoutUndefined(b))
        assert.equal(canonicalForm(a, sha256) === canonicalForm(b, sha256), isSame)
      }),
      options,
    )
  })

  it('differs once any one member, wherever it is, has changed', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), values, { minKeys: 1 }),
        fc.nat(),
        values,
        (value, at, other) => {
          const names = Object.keys(value)
          const name = names[at % names.length] ?? ''
          fc.pre(!isDeepStrictEqual(withoutUndefined(value[name]), withoutUndefined(other)))
          const changed = { messages: [{ deep: { ...value, [name]: other } }] }
          const before = canonicalForm({ messages: [{ deep: value }] }, sha256)
          assert.notEqual(canonicalForm(changed, sha256), before)
        },
      ),
      options,
    )
  })

  it('is a SHA-256 in hexadecimal, and never that of an embedding', () => {
    assert.match(keyOf(base), /^[0-9a-f]{64}$/)
    const question = { model: base.model, input: 'a' }
    assert.match(embeddingKey(question, '', sha256), /^[0-9a-f]{64}$/)
    assert.notEqual(
      embeddingKey(question, '', sha256),
      embeddingKey({ ...question, dimensions: 8 }, '', sha256),
    )
    assert.equal(
      embeddingKey(question, '', sha256),
      embeddingKey({ ...question, dimensions: undefined }, '', sha256),
    )
  })

  it('refuses what JSON cannot say', () => {
    const circle: Record<string, unknown> = {}
    circle['again'] = circle
    for (const value of [circle, { run: () => 1 }, { big: 1n }]) {
      assert.throws(() => canonicalForm(value, sha256))
    }
  })
})
