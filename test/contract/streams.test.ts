import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { ProviderChatRequest } from '../../src/core/provider.js'
import { faultCounts } from '../fakes/faultCounts.js'
import { createManualClock, settle } from '../fakes/manualClock.js'
import { type Step, split, useWireServer, type WireServer } from '../fakes/wireServer.js'
import { bodyOf, type ChatFixture, isExempt } from './fixtures.js'
import { contextFor, folderOf, type Held, held, type Outcome, read, streamsOf } from './harness.js'
import { modelOf, requestFor } from './requests.js'

for (const candidate of held) {
  describe(`${candidate.name}: streams`, () => {
    const server = useWireServer()

    it('a connection that is never closed behind the answer’s end is let go within seconds', async () => {
      const fixture = candidate.fixtures.chats.text
      if (isExempt(fixture)) return
      const request = requestFor('text', modelOf(candidate.fixtures, candidate.provider))
      const bytes = bodyOf(folderOf(candidate), fixture.reply)
      const whole = await stream(candidate, server, { fixture, request, steps: [{ write: bytes }] })
      const clock = createManualClock()
      const seen = { text: '', isOver: false }
      server.answer({
        headers: { 'content-type': String(fixture.reply.type) },
        body: [{ write: bytes }, { stall: true }],
      })
      const asked = read(
        candidate.provider.chat(request, contextFor(candidate, server, { clock })),
        (part) => {
          if (part.type === 'text') seen.text += part.text
        },
      ).finally(() => (seen.isOver = true))
      while (seen.text !== whole.text) await settle()
      for (let second = 0; second < 50 && (!seen.isOver || server.openExchanges() > 0); second++)
        await clock.advance(1000)
      assert.deepEqual(comparable(await asked), comparable(whole))
      await server.idle()
    })

    for (const { name, fixture, isTriedInFull } of streamsOf(candidate)) {
      const request = requestFor(name, modelOf(candidate.fixtures, candidate.provider))
      const bytes = bodyOf(folderOf(candidate), fixture.reply)
      const play = (steps: readonly Step[]): Promise<Outcome> =>
        stream(candidate, server, { fixture, request, steps })

      it(`${name}: an answer that ends too early, after any of its bytes, is incomplete and keeps what came`, async () => {
        const whole = await play([{ write: bytes }])
        for (let length = 0; length < bytes.length; length += isTriedInFull ? 1 : faultCounts.borrowedBytes) {
          const outcome = await play([{ write: bytes.subarray(0, length) }])
          assertCut(outcome, whole, `after ${length} of ${bytes.length} bytes`)
        }
      }).timeout(120_000)

      it(`${name}: a connection that is reset too early is incomplete and keeps what came`, async () => {
        const whole = await play([{ write: bytes }])
        for (let length = 0; length < bytes.length; length += 41) {
          const outcome = await play([{ write: bytes.subarray(0, length) }, { reset: true }])
          assertCut(outcome, whole, `reset after ${length} bytes`)
        }
      }).timeout(60_000)

      // An error inside a stream may end with the stream alone.
      if (name !== 'inBandError')
        it(`${name}: a connection that is reset behind the answer’s end takes nothing with it`, async () => {
          const whole = await play([{ write: bytes }])
          assert.deepEqual(comparable(await play([{ write: bytes }, { reset: true }])), comparable(whole))
          await server.idle()
        })

      it(`${name}: pieces of 1 to 64 bytes, and other line ends, make the same answer`, async () => {
        const whole = await play([{ write: bytes }])
        const text = new TextDecoder().decode(bytes)
        const variants = [
          ...pieces(bytes),
          ...pieces(new TextEncoder().encode(text.replaceAll('\n', '\r\n'))),
          ...pieces(new TextEncoder().encode(`\uFEFF${text}`)).slice(0, 4),
        ]
        for (const steps of variants) {
          const outcome = await play(steps)
          assert.deepEqual(comparable(outcome), comparable(whole), `${steps.length} pieces`)
        }
      }).timeout(60_000)
    }
  })
}

/** In pieces of 1 byte, of 2, and so on up to 64. */
function pieces(bytes: Uint8Array): readonly (readonly Step[])[] {
  return Array.from({ length: 64 }, (_, index) => split(bytes, index + 1))
}

interface Played {
  readonly fixture: ChatFixture
  readonly request: ProviderChatRequest
  readonly steps: readonly Step[]
}

function stream(candidate: Held, server: WireServer, { fixture, request, steps }: Played): Promise<Outcome> {
  server.answer({ headers: { 'content-type': fixture.reply.type ?? 'text/event-stream' }, body: steps })
  server.clear()
  return read(candidate.provider.chat(request, contextFor(candidate, server)))
}

function comparable({ text, reasoning, toolCalls, usage, finish, error }: Outcome): unknown {
  return { text, reasoning, toolCalls, usage, finish, error: error?.code }
}

/** Either nothing was lost, or it is said. */
function assertCut(outcome: Outcome, whole: Outcome, where: string): void {
  assert.ok(whole.text.startsWith(outcome.text), `${where}: text`)
  assert.ok(whole.reasoning.startsWith(outcome.reasoning), `${where}: reasoning`)
  if (outcome.error === undefined) {
    const { usage: _, ...rest } = outcome
    assert.deepEqual(
      { ...rest, parts: [] },
      {
        text: whole.text,
        reasoning: whole.reasoning,
        toolCalls: whole.toolCalls,
        finish: whole.finish,
        error: undefined,
        parts: [],
      },
      where,
    )
    assert.ok(outcome.usage !== undefined, `${where}: usage`)
    return
  }
  const isWhole = outcome.error.code === whole.error?.code
  assert.ok(isWhole || outcome.error.code === 'incomplete', `${where}: ${outcome.error.message}`)
  assert.equal(outcome.finish, undefined, `${where}: finish`)
  if (outcome.text === '') return
  const isTold = outcome.usage?.accuracy === 'estimated' || isDeepStrictEqual(outcome.usage, whole.usage)
  assert.ok(isTold, `${where}: usage`)
}
