import assert from 'node:assert/strict'
import type { ResponsePart } from '../../src/core/chat.js'
import { faultCounts } from '../fakes/faultCounts.js'
import { createManualClock } from '../fakes/manualClock.js'
import { type Step, useWireServer, type WireServer } from '../fakes/wireServer.js'
import { bodyOf } from './fixtures.js'
import {
  contextFor,
  folderOf,
  type Held,
  held,
  type Outcome,
  read,
  type Streamed,
  streamsOf,
} from './harness.js'
import { modelOf, requestFor } from './requests.js'

/** Where one socket is closing, the next request opens another. */
const spareSockets = 3

interface Cancelled {
  readonly outcome: Outcome
  /** What came after the cancellation. */
  readonly late: readonly ResponsePart[]
}

for (const candidate of held) {
  describe(`${candidate.name}: cancellation`, () => {
    const server = useWireServer()

    for (const streamed of streamsOf(candidate)) {
      const { name, fixture } = streamed
      const bytes = bodyOf(folderOf(candidate), fixture.reply)

      it(`${name}: cancelled behind any event, it ends at once as cancelled, and leaves neither socket nor timer`, async () => {
        const whole = await playWhole(candidate, server, streamed)
        for (const end of eventEnds(bytes))
          for (let count = 0; count < faultCounts.cancellations; count++) {
            const steps = [{ write: bytes.subarray(0, end) }, { stall: true }] as const
            const cancelled = await cancelStalled(candidate, server, { streamed, steps })
            assertCancelled(cancelled, whole, `behind byte ${end} of ${bytes.length}`)
            await server.idle()
          }
      }).timeout(60_000 * faultCounts.cancellations)

      it(`${name}: cancelled at any part, while the rest has come already, it yields no more of it`, async () => {
        const whole = await playWhole(candidate, server, streamed)
        for (let part = 0; part < whole.parts.length; part++) {
          const cancelled = await cancelAtPart(candidate, server, { streamed, part, bytes })
          assertCancelled(cancelled, whole, `at part ${part} of ${whole.parts.length}`)
          await server.idle()
        }
      }).timeout(60_000)
    }

    it('leaves no sockets behind but those few that can be used again', async () => {
      assert.equal(server.openExchanges(), 0)
      for (let turns = 0; turns < 1000 && server.openSockets() > spareSockets; turns++) await turn()
      assert.ok(server.openSockets() <= spareSockets, `${server.openSockets()} sockets`)
    })
  })
}

interface Stalled {
  readonly streamed: Streamed
  readonly steps: readonly Step[]
}

/** Behind each event, or each line of a wire that has lines, and before the first. */
function eventEnds(bytes: Uint8Array): readonly number[] {
  const text = new TextDecoder('latin1').decode(bytes)
  const separator = text.includes('\n\n') ? '\n\n' : '\n'
  const ends = [0]
  for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, at + 1))
    ends.push(at + separator.length)
  return ends
}

function answer(server: WireServer, { fixture }: Streamed, body: readonly Step[]): void {
  server.clear()
  server.answer({ headers: { 'content-type': String(fixture.reply.type) }, body })
}

function playWhole(candidate: Held, server: WireServer, streamed: Streamed): Promise<Outcome> {
  answer(server, streamed, [{ write: bodyOf(folderOf(candidate), streamed.fixture.reply) }])
  const request = requestFor(streamed.name, modelOf(candidate.fixtures, candidate.provider))
  return read(candidate.provider.chat(request, contextFor(candidate, server)))
}

async function cancelStalled(
  candidate: Held,
  server: WireServer,
  { streamed, steps }: Stalled,
): Promise<Cancelled> {
  const clock = createManualClock()
  const stop = new AbortController()
  const late: ResponsePart[] = []
  answer(server, streamed, steps)
  const request = requestFor(streamed.name, modelOf(candidate.fixtures, candidate.provider))
  const context = contextFor(candidate, server, { clock, signal: stop.signal })
  const asked = read(candidate.provider.chat(request, context), (part) => {
    if (stop.signal.aborted) late.push(part)
  })
  await server.received(() => true)
  // What has been sent is on its way; how much of it has arrived must not matter.
  for (let turns = 0; turns < 8; turns++) await turn()
  stop.abort()
  const outcome = await asked
  assert.equal(clock.sleeping(), 0, 'a timer is left behind')
  return { outcome, late }
}

async function cancelAtPart(
  candidate: Held,
  server: WireServer,
  {
    streamed,
    part,
    bytes,
  }: { readonly streamed: Streamed; readonly part: number; readonly bytes: Uint8Array },
): Promise<Cancelled> {
  const clock = createManualClock()
  const stop = new AbortController()
  const late: ResponsePart[] = []
  let seen = 0
  answer(server, streamed, [{ write: bytes }])
  const request = requestFor(streamed.name, modelOf(candidate.fixtures, candidate.provider))
  const context = contextFor(candidate, server, { clock, signal: stop.signal })
  const outcome = await read(candidate.provider.chat(request, context), (each) => {
    if (stop.signal.aborted) late.push(each)
    if (seen++ === part) stop.abort()
  })
  while (clock.sleeping() > 0 && server.openExchanges() > 0) await turn()
  return { outcome, late }
}

/** Either it had ended already, or it says that it was cancelled, and what came is a beginning of the whole. */
function assertCancelled({ outcome, late }: Cancelled, whole: Outcome, where: string): void {
  assert.ok(whole.text.startsWith(outcome.text), `${where}: text`)
  assert.ok(whole.reasoning.startsWith(outcome.reasoning), `${where}: reasoning`)
  const kinds = late.map(({ type }) => type).filter((type) => type !== 'usage' && type !== 'finish')
  assert.deepEqual(kinds, [], `${where}: parts behind the cancellation`)
  if (outcome.error === undefined) {
    assert.equal(outcome.finish, whole.finish, where)
    assert.deepEqual(outcome.toolCalls, whole.toolCalls, where)
    return
  }
  const expected = outcome.error.code === whole.error?.code ? whole.error.code : 'cancelled'
  assert.equal(outcome.error.code, expected, `${where}: ${outcome.error.message}`)
  assert.equal(outcome.finish, undefined, where)
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
