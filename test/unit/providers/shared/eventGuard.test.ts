import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { type BodyFormat, createEventGuard, formatOf } from '../../../../src/providers/shared/eventGuard.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const guardOf = (format: BodyFormat, limit = 1000) =>
  createEventGuard({ format, limit, tooLarge: () => new Error('large') })

describe('createEventGuard', () => {
  const streams: readonly (readonly [string, boolean])[] = [
    ['data: {"a":1}\n\ndata: [DONE]\n\n', true],
    ['data:[DONE]\r\n\r\n', true],
    ['data: [DONE]', true],
    ['data: [DONE', false],
    ['data: {"text":"data: [DONE]"}\n\n', false],
    ['data: {"text":"x\\ndata: [DONE]"}\n\n', false],
    [': [DONE]\n\n', false],
  ]
  for (const [text, sees] of streams) {
    it(`${sees ? 'sees' : 'does not see'} the end in ${JSON.stringify(text)}, however it is cut`, () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
          const guard = guardOf('events')
          const all = bytes(text)
          for (let from = 0, turn = 0; from < all.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1
            guard.take(all.subarray(from, from + size))
            from += size
          }
          guard.end()
          assert.equal(guard.sawDone(), sees)
        }),
      )
    })
  }
  it('counts pings and comments as no progress', () => {
    const guard = guardOf('events')
    assert.equal(guard.take(bytes(': keep-alive\n\nevent: ping\ndata: {"type": "ping"}\n\n')), false)
    assert.equal(guard.take(bytes('data: {"type":"keepalive","sequence_number":3}\n\n')), false)
    assert.equal(guard.take(bytes('data: {"type":"message"}\n\n')), true)
  })
  it('limits one event, not the stream', () => {
    const guard = guardOf('events', 20)
    for (let count = 0; count < 50; count++) guard.take(bytes('data: 1234\n\n'))
    assert.throws(() => guard.take(bytes(`data: ${'x'.repeat(30)}`)), /large/)
  })
  it('limits one event though it has many lines', () => {
    const guard = guardOf('events', 100)
    assert.throws(() => guard.take(bytes('data: 1234567890\n'.repeat(10))), /large/)
  })
  it('limits one line of a format of lines, and a document as a whole', () => {
    const lines = guardOf('lines', 20)
    for (let count = 0; count < 50; count++) assert.equal(lines.take(bytes('{"a":1}\n')), true)
    assert.throws(() => lines.take(bytes('x'.repeat(21))), /large/)
    const document = guardOf('document', 20)
    document.take(bytes('[1,\n2,\n'))
    assert.throws(() => document.take(bytes('x'.repeat(14))), /large/)
  })
})

describe('formatOf', () => {
  it('knows the three kinds of bodies', () => {
    assert.equal(formatOf('text/event-stream; charset=utf-8'), 'events')
    assert.equal(formatOf('application/x-ndjson'), 'lines')
    assert.equal(formatOf('application/json'), 'document')
    assert.equal(formatOf('text/plain'), 'events')
  })
})
