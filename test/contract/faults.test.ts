import assert from 'node:assert/strict'
import type { ErrorCode } from '../../src/core/errors.js'
import { createManualClock, settle } from '../fakes/manualClock.js'
import { type Step, useWireServer, type WireServer } from '../fakes/wireServer.js'
import { bodyOf, type ChatFixture, isExempt } from './fixtures.js'
import { contextFor, folderOf, type Held, held, type Outcome, read, toReply } from './harness.js'
import { modelOf, requestFor } from './requests.js'

const second = 1000
const longestDelay = 2 ** 31 - 1

/** Every form of Retry-After, at 2026-01-01T00:00:00Z, and its milliseconds. */
const delays: readonly (readonly [string, number | undefined])[] = [
  ['7', 7 * second],
  ['0.5', 500],
  ['0', 0],
  ['130ms', 130],
  ['34.4s', 34_400],
  ['1m30s', 90 * second],
  ['-3', 0],
  ['1e12', longestDelay],
  ['99999999999999999999', longestDelay],
  ['Thu, 01 Jan 2026 00:00:09 GMT', 9 * second],
  ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
  ['2026-01-01T00:01:00Z', 60 * second],
  ['NaN', undefined],
  ['soon', undefined],
]

/** Error objects that may come where the next event should, in every shape that is in use. */
const inBand: readonly { readonly what: string; readonly text: string; readonly code?: ErrorCode }[] = [
  {
    what: 'OpenAI’s',
    text: 'data: {"error":{"message":"Try later.","type":"overloaded_error","code":null}}\n\n',
    code: 'overloaded',
  },
  {
    what: 'Anthropic’s',
    text: 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Try later."}}\n\n',
    code: 'overloaded',
  },
  {
    what: 'Responses’ flat',
    text: 'event: error\ndata: {"type":"error","code":"insufficient_quota","message":"No credit.","param":null}\n\n',
    code: 'quota-exhausted',
  },
  {
    what: 'a status as its code',
    text: 'data: {"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}\n\n',
    code: 'overloaded',
  },
  { what: 'a bare sentence', text: 'data: {"error":"The model has crashed."}\n\n' },
  {
    what: 'a bare document',
    text: '{"error":{"code":503,"message":"Overloaded.","status":"UNAVAILABLE"}}\n',
  },
  {
    what: 'the choice’s own',
    text: 'data: {"choices":[{"index":0,"delta":{},"error":{"code":429,"message":"Slow down."},"finish_reason":"error"}]}\n\n',
    code: 'rate-limited',
  },
  {
    what: 'an object by its name',
    text: 'data: {"object":"error","message":"Slow down.","type":"RateLimitError","code":429}\n\n',
    code: 'rate-limited',
  },
  { what: 'a detail', text: 'data: {"detail":"Not authenticated","status":401}\n\n', code: 'unauthorized' },
  { what: 'a code and a message', text: 'data: {"code":503,"message":"Busy."}\n\n', code: 'overloaded' },
  {
    what: 'a type and a message',
    text: 'data: {"type":"error","code":"overloaded_error","message":"Try later."}\n\n',
    code: 'overloaded',
  },
  {
    what: 'MiniMax’s',
    text: 'data: {"choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}\n\n',
    code: 'quota-exhausted',
  },
  {
    what: 'a field of its own',
    text: 'error: {"code":503,"message":"Loading model","type":"unavailable_error"}\n\n',
    code: 'overloaded',
  },
  { what: 'plain words under its name', text: 'event: error\ndata: The upstream is gone.\n\n' },
  {
    what: 'a list',
    text: 'data: [{"error":{"code":503,"message":"Overloaded.","status":"UNAVAILABLE"}}]\n\n',
  },
]

const lineErrors: typeof inBand = [
  { what: 'a bare sentence', text: '{"error":"The model has crashed."}\n' },
  { what: 'an object', text: '{"error":{"message":"Try later.","type":"overloaded_error"}}\n' },
  { what: 'a detail', text: '{"detail":"Not authenticated","status":401}\n', code: 'unauthorized' },
  { what: 'a code and a message', text: '{"code":503,"message":"Busy."}\n', code: 'overloaded' },
  {
    what: 'an object by its name',
    text: '{"object":"error","message":"Busy.","code":503}\n',
    code: 'overloaded',
  },
]

/** Seconds, by provider, of one whose server is asked for a sign of life; here it gives none. */
const quietLimits: Readonly<Record<string, number>> = { 'llama-server': 30 }

for (const candidate of held) {
  describe(`${candidate.name}: faults`, () => {
    const server = useWireServer()
    const isLines = /ndjson/.test(textOf(candidate).reply.type ?? '')

    it('waits as long as Retry-After says, in any of its forms, and never longer than a timer can', async () => {
      const fixture = candidate.fixtures.errors.rateLimited
      if (isExempt(fixture)) return
      const { status, headers } = toReply(candidate, fixture.reply)
      const type = headers?.['content-type'] ?? 'application/json'
      for (const [header, ms] of delays) {
        const body = JSON.stringify({ error: { message: 'Slow down.' } })
        server.answer({
          ...(status === undefined ? {} : { status }),
          headers: { 'content-type': type, 'retry-after': header },
          body,
        })
        const { error } = await ask(candidate, server)
        assert.deepEqual([error?.retryAfterMs, error?.retryable], [ms, true], `Retry-After: ${header}`)
      }
    })

    for (const { what, text, code } of isLines ? lineErrors : inBand) {
      it(`takes an error in the middle of an answer for one, where it is ${what}, and keeps what came`, async () => {
        answerWith(candidate, server, [{ write: firstEvents(candidate) }, { write: text }])
        const outcome = await ask(candidate, server)
        assert.ok(outcome.error !== undefined, 'it ended well')
        if (code !== undefined) assert.equal(outcome.error.code, code)
        assert.equal(outcome.finish, undefined)
        assert.match(outcome.text, /^It is/)
        await server.idle()
      })
    }

    const limit = quietLimits[candidate.provider.id] ?? 600
    const isAtLimit = (passed: number) => passed >= (limit - 1) * second && passed <= (limit + 60) * second

    it(`gives up a server that sends nothing but pings, after ${limit} seconds and no sooner`, async () => {
      const ping = isLines ? '\n' : ': ping\n\nevent: ping\ndata: {"type":"ping"}\n\n'
      const passed = await patience(candidate, server, () => ping)
      assert.ok(isAtLimit(passed), `${passed} ms`)
    })

    it(`gives up a server that sends an event byte by byte, after ${limit} seconds and no sooner`, async () => {
      const passed = await patience(candidate, server, () => (isLines ? ' ' : 'x'))
      assert.ok(isAtLimit(passed), `${passed} ms`)
    })
  })
}

/** Milliseconds until a chat is given up whose server says something every half a minute. */
async function patience(candidate: Held, server: WireServer, next: () => string): Promise<number> {
  const clock = createManualClock()
  const gates = Array.from({ length: 60 }, () => Promise.withResolvers<void>())
  const drops = gates.flatMap(({ promise }): Step[] => [{ until: promise }, { write: next() }])
  answerWith(candidate, server, [{ write: firstEvents(candidate) }, ...drops, { stall: true }])
  const seen = { text: '', isOver: false }
  const request = requestFor('text', modelOf(candidate.fixtures, candidate.provider))
  const asked = read(candidate.provider.chat(request, contextFor(candidate, server, { clock })), (part) => {
    if (part.type === 'text') seen.text += part.text
  }).finally(() => (seen.isOver = true))
  while (seen.text === '') await settle()
  let passed = 0
  for (const { resolve } of gates) {
    if (seen.isOver) break
    resolve()
    // The drop crosses a real socket, however busy the machine is.
    for (let turns = 0; turns < 10; turns++) await settle()
    await clock.advance(30 * second)
    passed += 30 * second
  }
  for (const { resolve } of gates) resolve()
  const { error, text } = await asked
  assert.equal(error?.code, 'timeout', error?.message)
  assert.match(text, /^It is/)
  assert.equal(clock.sleeping(), 0, 'a timer is left behind')
  await server.idle()
  return passed
}

function textOf({ fixtures }: Held): ChatFixture {
  const fixture = fixtures.chats.text
  if (isExempt(fixture)) throw new Error('Every provider answers with text.')
  return fixture
}

/** As far as the event that the answer's first word is in. */
function firstEvents(candidate: Held): Uint8Array {
  const bytes = bodyOf(folderOf(candidate), textOf(candidate).reply)
  const text = new TextDecoder('latin1').decode(bytes)
  const word = text.search(/It is/)
  const event = text.indexOf('\n\n', word)
  return bytes.subarray(0, event === -1 ? text.indexOf('\n', word) + 1 : event + 2)
}

function answerWith(candidate: Held, server: WireServer, body: readonly Step[]): void {
  server.answer({ headers: { 'content-type': String(textOf(candidate).reply.type) }, body })
}

function ask(candidate: Held, server: WireServer): Promise<Outcome> {
  const request = requestFor('text', modelOf(candidate.fixtures, candidate.provider))
  const clock = createManualClock()
  return read(candidate.provider.chat(request, contextFor(candidate, server, { clock })))
}
