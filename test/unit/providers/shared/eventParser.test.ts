import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import {
  createEventParser,
  createLineParser,
  type EventParser,
} from '../../../../src/providers/shared/eventParser.js'

const options = { limit: 1_000, tooLarge: () => new Error('too large') }

/** What a parser makes of a text that comes in pieces of so many bytes. */
function readWith(parser: EventParser, text: string, size: number): readonly unknown[] {
  const taken: unknown[] = []
  const decoder = new TextDecoder()
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += size) {
    const piece = decoder.decode(bytes.subarray(at, at + size), { stream: true })
    parser.take(piece, (event) => void taken.push(event))
  }
  parser.end((event) => void taken.push(event))
  return taken
}

const read = (text: string, size = 10_000): readonly unknown[] =>
  readWith(createEventParser(options), text, size)

/** Events with their names. */
function errorsOf(text: string): readonly unknown[] {
  const taken: unknown[] = []
  const parser = createEventParser(options)
  parser.take(text, (event, name) => void taken.push([event, name]))
  parser.end((event, name) => void taken.push([event, name]))
  return taken
}

const jsonValue = fc.oneof(fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' })), fc.integer())

describe('reading server-sent events', () => {
  it('gives what was sent, whatever the pieces, the line ends and what stands between the events', () => {
    const noise = fc.constantFrom('', ': ping\n', 'event: delta\n', 'id: 7\nretry: 100\n', ':\n')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(jsonValue, noise)),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.integer({ min: 1, max: 40 }),
        (sent, lineEnd, size) => {
          const text = sent.map(([value, before]) => `${before}data: ${JSON.stringify(value)}\n\n`).join('')
          assert.deepEqual(
            read(`\uFEFF${text}`.replaceAll('\n', lineEnd), size),
            sent.map(([value]) => JSON.parse(JSON.stringify(value))),
          )
        },
      ),
      { seed: 20261120 },
    )
  })

  it('gives an event as soon as it is whole, whatever the line ends', () => {
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      const parser = createEventParser(options)
      const taken: unknown[] = []
      parser.take(`data: 1${lineEnd}${lineEnd}data: 2${lineEnd}`, (event) => void taken.push(event))
      assert.deepEqual(taken, [1])
    }
  })

  it('joins the lines of one event, with and without a space behind the colon', () => {
    assert.deepEqual(read('data: {"a":\ndata:1}\n\n'), [{ a: 1 }])
  })

  it('tells the name that stands before an event, and no other event’s', () => {
    const names: string[] = []
    const text = 'event: error\ndata: 1\n\ndata: 2\n\n'
    createEventParser(options).take(text, (_, name) => void names.push(name))
    assert.deepEqual(names, ['error', ''])
  })

  it('takes an end marker for no event, and reads nothing behind it', () => {
    assert.deepEqual(read('data: 1\n\ndata: [DONE]\n\n'), [1])
    assert.deepEqual(read('data: 1\n\ndata:[DONE] \n\ndata: 2\n\nnonsense\n\n'), [1])
    const parser = createEventParser(options)
    parser.take('data: "[DONE]"\n\n', () => undefined)
    assert.equal(parser.sawDone(), false)
    parser.take('data: [DONE]\n', () => undefined)
    assert.equal(parser.sawDone(), true)
  })

  it('reads an error in plain words only where its event is whole', () => {
    const words = 'The upstream is gone.'
    assert.deepEqual(errorsOf(`event: error\ndata: ${words}\n\n`), [[{ message: words }, 'error']])
    assert.deepEqual(errorsOf(`error: ${words}\n\n`), [[{ message: words }, 'error']])
    for (const cut of [
      'event: error\ndata: {"type":',
      'event: error\nda',
      'event: error\ndata: {"type":\n\n',
    ])
      assert.throws(() => errorsOf(cut), SyntaxError, cut)
  })

  it('takes an event without its empty line for one, at the end', () => {
    assert.deepEqual(read('data: 1\n\ndata: 2'), [1, 2])
  })

  it('takes a document in place of an event for one, on one line or on many, in any pieces', () => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }
    for (const indent of [0, 2])
      for (const size of [1, 3, 1000]) {
        const text = `data: {"a":1}\n\n${JSON.stringify([error], null, indent)}`
        assert.deepEqual(read(text, size), [{ a: 1 }, [error]])
      }
  })

  it('fails at what is not JSON, so at an event that is cut off, and gives what came before', () => {
    for (const text of ['data: {"a":', 'data: {"a":1}\n\nupstream connect error', 'data: {"a":1}\n\ndat'])
      assert.throws(() => read(text), SyntaxError)
    const taken: unknown[] = []
    const take = (event: unknown): void => void taken.push(event)
    assert.throws(() => createEventParser(options).take('data: 1\n\ndata: {\n\n', take), SyntaxError)
    assert.deepEqual(taken, [1])
  })

  it('refuses an event over the limit, on one line, on many, or outside of an event', () => {
    for (const line of [
      `data: ${'x'.repeat(2_000)}`,
      `data: ${'x'.repeat(600)}\n`.repeat(2),
      `${'x'.repeat(600)}\n`.repeat(2),
    ])
      for (const size of [7, 10_000]) assert.throws(() => read(line, size), /too large/)
    const fine = 'data: "xxxxxxxxx"\n\n'.repeat(1_000)
    assert.equal(read(fine).length, 1_000)
  })

  it('tells progress from pings and comments', () => {
    const parser = createEventParser(options)
    const progressed = (text: string): boolean => {
      parser.take(text, () => undefined)
      return parser.progressed()
    }
    assert.equal(progressed(': still here\n\n'), false)
    assert.equal(progressed('event: ping\ndata: {"type": "ping"}\n\n'), false)
    assert.equal(progressed('data: {"type":"keepalive","sequence_number":3}\n\n'), false)
    assert.equal(progressed('data: {"type":"delta"}\n\n'), true)
    assert.equal(progressed(''), false)
  })
})

describe('reading newline-delimited JSON', () => {
  it('gives the objects, whatever the pieces and the line ends', () => {
    for (const lineEnd of ['\n', '\r\n'])
      for (const size of [1, 5, 1_000]) {
        const text = `{"a":"é"}${lineEnd}${lineEnd}{"b":2}`
        assert.deepEqual(readWith(createLineParser(options), text, size), [{ a: 'é' }, { b: 2 }])
      }
  })

  it('fails at a line that is no object, and at one that is cut off', () => {
    for (const text of ['[1]\n', '7\n', '{"a":1}\n{"b"', 'upstream connect error\n'])
      assert.throws(() => readWith(createLineParser(options), text, 3), SyntaxError)
  })

  it('refuses a line over the limit', () => {
    assert.throws(() => readWith(createLineParser(options), `{"a":"${'x'.repeat(2_000)}`, 9), /too large/)
  })
})
