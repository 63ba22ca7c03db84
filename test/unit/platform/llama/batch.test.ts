import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { ResponsePart } from '../../../../src/core/chat.js'
import { createPartBatch } from '../../../../src/platform/llama/batch.js'

/** Longer than any test runs: only a flush sends what is held. */
const untilFlush = 1_000_000

const text = (value: string): ResponsePart => ({ type: 'text', text: value })

describe('a batch of parts', () => {
  it('sends the first part at once and holds what follows closely', () => {
    const sent: (readonly ResponsePart[])[] = []
    const batch = createPartBatch((parts) => sent.push(parts), untilFlush)
    batch.add(text('one'))
    batch.add(text(' two'))
    assert.deepEqual(sent, [[text('one')]])
    batch.flush()
    assert.deepEqual(sent, [[text('one')], [text(' two')]])
  })

  it('sends what is held when the interval is over', async () => {
    const arrived = Promise.withResolvers<readonly ResponsePart[]>()
    let count = 0
    const batch = createPartBatch((parts) => {
      if (++count === 2) arrived.resolve(parts)
    }, 1)
    batch.add(text('a'))
    batch.add(text('b'))
    batch.add(text('c'))
    assert.deepEqual(await arrived.promise, [text('bc')])
  })

  it('sends nothing when nothing is held', () => {
    let sent = 0
    const batch = createPartBatch(() => sent++, untilFlush)
    batch.flush()
    batch.flush()
    assert.equal(sent, 0)
  })

  it('keeps every character and the order of the kinds', () => {
    const part = fc.oneof(
      fc.string({ minLength: 1 }).map(text),
      fc.string({ minLength: 1 }).map((value): ResponsePart => ({ type: 'reasoning', text: value })),
      fc.constant<ResponsePart>({ type: 'toolCall', callId: 'c', name: 'n', input: {} }),
    )
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const sent: ResponsePart[] = []
        const batch = createPartBatch((group) => sent.push(...group), untilFlush)
        for (const item of parts) batch.add(item)
        batch.flush()
        assert.deepEqual(characters(sent), characters(parts))
      }),
    )
  })
})

/** Parts with each text cut into single characters: how texts were joined makes no difference to it. */
function characters(parts: readonly ResponsePart[]): string[] {
  return parts.flatMap((part) => {
    if (part.type !== 'text' && part.type !== 'reasoning') return [part.type]
    return part.text.split('').map((character) => `${part.type} ${character}`)
  })
}
