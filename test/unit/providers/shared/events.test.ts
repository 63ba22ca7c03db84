import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { readEvents } from '../../../../src/providers/shared/events.js'

function streamOf(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close()
      else controller.enqueue(bytes.subarray(at, (at += size)))
    },
  })
}

async function read(text: string, size = 10_000): Promise<readonly unknown[]> {
  const events: unknown[] = []
  for await (const event of readEvents(streamOf(new TextEncoder().encode(text), size))) events.push(event)
  return events
}

const jsonValue = fc.oneof(fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' })), fc.integer())

describe('reading server-sent events', () => {
  it('gives what was sent, whatever the pieces, the line ends and what stands between the events', async () => {
    const noise = fc.constantFrom('', ': ping\n', 'event: delta\n', 'id: 7\nretry: 100\n', ':\n')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(jsonValue, noise)),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.integer({ min: 1, max: 40 }),
        async (sent, lineEnd, size) => {
          const text = sent.map(([value, before]) => `${before}data: ${JSON.stringify(value)}\n\n`).join('')
          const got = await read(`\uFEFF${text}`.replaceAll('\n', lineEnd), size)
          assert.deepEqual(
            got,
            sent.map(([value]) => JSON.parse(JSON.stringify(value))),
          )
        },
      ),
      { seed: 20261120 },
    )
  })

  it('joins the lines of one event, with and without a space behind the colon', async () => {
    assert.deepEqual(await read('data: {"a":\ndata:1}\n\n'), [{ a: 1 }])
  })

  it('takes an end marker for no event, and an event without its empty line for one', async () => {
    assert.deepEqual(await read('data: 1\n\ndata: [DONE]\n\n'), [1])
    assert.deepEqual(await read('data: 1\n\ndata: 2'), [1, 2])
  })

  it('takes a document in place of an event for one, on one line or on many, in any pieces', async () => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }
    for (const indent of [0, 2])
      for (const size of [1, 3, 1000]) {
        const text = `data: {"a":1}\n\n${JSON.stringify([error], null, indent)}`
        assert.deepEqual(await read(text, size), [{ a: 1 }, [error]])
      }
  })

  it('fails at what is not JSON, so at an event that is cut off', async () => {
    for (const text of ['data: {"a":', 'data: {"a":1}\n\nupstream connect error', 'data: {"a":1}\n\ndat'])
      await assert.rejects(read(text), SyntaxError)
  })

  it('closes the source when its reader leaves', async () => {
    let cancelled = false
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\ndata: 2\n\n')),
      cancel: () => void (cancelled = true),
    })
    for await (const event of readEvents(source)) {
      assert.equal(event, 1)
      break
    }
    assert.ok(cancelled)
  })
})
