import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { faultCounts, faultSeed } from '../fakes/faultCounts.js'
import { createManualClock, type ManualClock } from '../fakes/manualClock.js'
import { residentBytes } from '../fakes/memory.js'
import { createRandom } from '../fakes/seededRandom.js'
import { mutateStream } from '../fakes/streamMutants.js'
import { useWireServer, type WireServer } from '../fakes/wireServer.js'
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

/** Between the end of a stream and that of its answer, by the provider's own clock. */
const longestMs = 1_000
const mebibyte = 1024 * 1024
const mostGrowth = 20 * mebibyte

describe('malformed streams', () => {
  const server = useWireServer()

  before('uses the memory that any work of this kind takes', async () => {
    const random = createRandom(faultSeed)
    let last = 0
    for (let round = 0; round < 12; round++) {
      for (const candidate of held) await playSome(candidate, server, random, 25)
      const bytes = await residentBytes()
      if (bytes < last + mebibyte) return
      last = bytes
    }
  }).timeout(120_000)

  for (const candidate of held)
    it(`${candidate.name}: all different, each ends in an answer or a ModelError within a second of its end, and leaves nothing behind`, async () => {
      const before = await residentBytes()
      const different = await playSome(
        candidate,
        server,
        createRandom(faultSeed),
        faultCounts.malformedStreams,
      )
      const growth = (await residentBytes(before + mostGrowth)) - before
      assert.equal(different, faultCounts.malformedStreams)
      assert.ok(growth <= mostGrowth, `${Math.round(growth / 1024)} kB more than before`)
    }).timeout(60_000 + 60 * faultCounts.malformedStreams)
})

/** How many mutants were tried, no two the same: `wanted`, unless chance makes the same ones again and again. */
async function playSome(
  candidate: Held,
  server: WireServer,
  random: () => number,
  wanted: number,
): Promise<number> {
  const streams = streamsOf(candidate)
  const tried = new Set<string>()
  for (let count = 0; tried.size < wanted && count < wanted * 1.1; count++) {
    const streamed = streams[count % streams.length]
    assert.ok(streamed !== undefined)
    const mutant = mutateStream(bodyOf(folderOf(candidate), streamed.fixture.reply), random)
    const digest = createHash('sha1').update(mutant).digest('base64')
    if (tried.has(digest)) continue
    tried.add(digest)
    await play(candidate, server, streamed, mutant).catch((thrown: unknown) => {
      assert.fail(
        `seed ${faultSeed}, mutant ${count} of ${streamed.name}: ${String(thrown instanceof Error ? thrown.stack : thrown)}`,
      )
    })
  }
  return tried.size
}

async function play(
  candidate: Held,
  server: WireServer,
  streamed: Streamed,
  mutant: Uint8Array,
): Promise<void> {
  const { fixture, name } = streamed
  const clock = createManualClock()
  server.clear()
  server.answer({ headers: { 'content-type': String(fixture.reply.type) }, body: mutant })
  const request = requestFor(name, modelOf(candidate.fixtures, candidate.provider))
  const asked = read(candidate.provider.chat(request, contextFor(candidate, server, { clock })))
  assertSound(await settled(asked, server, clock))
  assert.equal(clock.sleeping(), 0, 'a timer is left behind')
}

/** The answer once the server has sent everything and the clock has passed a second, no more. */
async function settled(asked: Promise<Outcome>, server: WireServer, clock: ManualClock): Promise<Outcome> {
  const stuck = Promise.withResolvers<never>()
  // Real time, and long: the clock stands, so that what waits for it would wait without a word of which mutant it is.
  const watchdog = setTimeout(() => stuck.reject(new Error('not over a second after its end')), 60_000)
  try {
    const sent = server.received(() => true).then(() => server.idle())
    await Promise.race([sent, asked, stuck.promise])
    await clock.advance(longestMs)
    const outcome = await Promise.race([asked, stuck.promise])
    await Promise.race([server.idle(), stuck.promise])
    return outcome
  } finally {
    clearTimeout(watchdog)
  }
}

/** Whatever a server sends, what goes on can be acted on. */
function assertSound({ parts, toolCalls, finish, error }: Outcome): void {
  for (const part of parts)
    if (part.type === 'text' || part.type === 'reasoning') assert.equal(typeof part.text, 'string')
  assert.ok(error === undefined || finish === undefined, 'it ends both well and badly')
  const ids = toolCalls.map(({ callId }) => callId)
  assert.equal(new Set(ids).size, ids.length, 'two calls share an id')
  for (const { name, input } of toolCalls) {
    assert.equal(typeof name, 'string')
    assert.ok(typeof input === 'object' && input !== null && !Array.isArray(input), 'the input is no object')
  }
}
