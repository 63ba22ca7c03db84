import assert from 'node:assert/strict'
import { isModelError } from '../../src/core/errors.js'
import { createManualClock } from '../fakes/manualClock.js'
import { createWireServer, type Reply, type WireServer } from '../fakes/wireServer.js'
import { bodyOf, isExempt } from './fixtures.js'
import {
  type ContextOptions,
  contextFor,
  folderOf,
  type Held,
  held,
  type Outcome,
  read,
  toReply,
} from './harness.js'
import { modelOf, requestFor } from './requests.js'

for (const candidate of held) {
  describe(`${candidate.name}: connections`, () => {
    let server: WireServer
    let elsewhere: WireServer
    before(async () => {
      server = await createWireServer()
      elsewhere = await createWireServer()
    })
    after(async () => {
      await server.close()
      await elsewhere.close()
    })
    afterEach(() => {
      server.clear()
      elsewhere.clear()
    })

    it('a signal that is aborted already sends nothing', async () => {
      server.answer({ silent: true })
      const outcome = await chat(candidate, server, { signal: AbortSignal.abort() })
      assert.equal(outcome.error?.code, 'cancelled')
      assert.equal(server.requests.length, 0)
    })

    if (candidate.provider.location === 'cloud') {
      it('nothing of any kind is sent while only local models are allowed', async () => {
        const { provider, fixtures } = candidate
        const context = contextFor(candidate, server, { isLocalOnly: () => true })
        const model = modelOf(fixtures, provider)
        const outcomes = await Promise.allSettled([
          provider.listModels(context),
          provider.countTokens?.(requestFor('text', model), context),
          provider.embed?.({ model, inputs: ['a'] }, context),
          provider.rerank?.({ model, query: 'a', documents: ['b'] }, context),
        ])
        const chatted = await chat(candidate, server, { isLocalOnly: () => true })
        const errors = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
        for (const error of [...errors, chatted.error])
          assert.ok(isModelError(error) && error.code === 'forbidden', String(error))
        // What a provider has no method for is no failure.
        assert.deepEqual(
          outcomes.map((one) => one.status === 'rejected' || one.value === undefined),
          outcomes.map(() => true),
        )
        assert.equal(server.requests.length, 0)
      })
    }

    it('cancelling before the first byte closes the connection', async () => {
      server.answer({ silent: true })
      const stop = new AbortController()
      const asked = chat(candidate, server, { signal: stop.signal })
      await until(() => server.requests.length === 1)
      stop.abort()
      assert.equal((await asked).error?.code, 'cancelled')
      await server.idle()
    })

    it('cancelling in the middle of an answer closes the connection and keeps what came', async () => {
      server.answer(begun(candidate))
      const stop = new AbortController()
      const outcome = await chat(candidate, server, { signal: stop.signal }, () => stop.abort())
      assert.equal(outcome.error?.code, 'cancelled')
      assert.ok(outcome.text.length > 0)
      assert.equal(outcome.usage?.accuracy, 'estimated')
      await server.idle()
    })

    it('a reader that leaves in the middle closes the connection', async () => {
      server.answer(begun(candidate))
      const request = requestFor('text', modelOf(candidate.fixtures, candidate.provider))
      for await (const part of candidate.provider.chat(request, contextFor(candidate, server))) {
        assert.equal(part.type, 'text')
        break
      }
      await server.idle()
    })

    it('a server that accepts and never answers is a timeout, and is let go', async () => {
      server.answer({ silent: true })
      const clock = createManualClock()
      const asked = chat(candidate, server, { clock })
      await until(() => server.requests.length === 1)
      await clock.advance(600_000)
      const { error } = await asked
      assert.equal(error?.code, 'timeout')
      assert.equal(error?.retryable, true)
      assert.equal(clock.sleeping(), 0, 'a timer is left behind')
      await server.idle()
    })

    it('a stream that falls silent is a timeout, and what came is kept', async () => {
      server.answer(begun(candidate))
      const clock = createManualClock()
      let seen = 0
      const asked = chat(candidate, server, { clock }, () => void seen++)
      await until(() => seen > 0)
      await clock.advance(600_000)
      const outcome = await asked
      assert.equal(outcome.error?.code, 'timeout')
      assert.ok(outcome.text.length > 0)
      await server.idle()
    })

    it('a list waits 10 seconds at most', async () => {
      server.answer({ silent: true })
      const clock = createManualClock()
      const asked = candidate.provider.listModels(contextFor(candidate, server, { clock }))
      const failed = assert.rejects(asked, { code: 'timeout' })
      await until(() => server.requests.length === 1)
      await clock.advance(10_000)
      await failed
      await server.idle()
    })

    it('an address where nothing listens is unreachable, and the host is named', async () => {
      const gone = await createWireServer()
      await gone.close()
      const { error } = await chat(candidate, server, { baseUrl: gone.origin + candidate.fixtures.basePath })
      assert.equal(error?.code, 'unreachable')
      assert.ok(error.message.includes(gone.origin.replace('http://', '')), error.message)
    })

    for (const status of [301, 302, 303, 307, 308]) {
      it(`a redirect (${status}) to another origin is refused, and neither key nor prompt goes there`, async () => {
        server.answer(({ path }) => ({ status, headers: { location: elsewhere.origin + path } }))
        const { error } = await chat(candidate, server)
        await assert.rejects(candidate.provider.listModels(contextFor(candidate, server)), {
          code: 'invalid-request',
        })
        assert.equal(error?.code, 'invalid-request')
        assert.ok(error.message.includes(elsewhere.origin), error.message)
        assert.equal(elsewhere.requests.length, 0)
      })
    }

    it('a redirect within the origin is followed, with key and body', async () => {
      const { chatPath } = candidate.fixtures
      server.answer(({ path }) =>
        path === chatPath
          ? { status: 307, headers: { location: '/moved' } }
          : path === '/moved'
            ? wholeText(candidate)
            : undefined,
      )
      const outcome = await chat(candidate, server)
      assert.equal(outcome.error, undefined, outcome.error?.message)
      const [first, second] = server.requests
      assert.deepEqual(second?.body, first?.body)
      assert.equal(second?.method, 'POST')
    })

    it('many answers at once stay apart, and no connection is left behind', async () => {
      server.answer(wholeText(candidate))
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => chat(candidate, server)))
      assert.equal(new Set(outcomes.map(({ text }) => text)).size, 1)
      assert.deepEqual(
        outcomes.map(({ error }) => error),
        Array.from({ length: 20 }),
      )
      await server.idle()
    })
  })
}

function wholeText(candidate: Held): Reply {
  const fixture = candidate.fixtures.chats.text
  if (isExempt(fixture)) throw new Error('Every provider answers with text.')
  return toReply(candidate, fixture.reply)
}

/** Enough of the text's stream for a first part, then silence. */
function begun(candidate: Held): Reply {
  const fixture = candidate.fixtures.chats.text
  if (isExempt(fixture)) throw new Error('Every provider answers with text.')
  const bytes = bodyOf(folderOf(candidate), fixture.reply)
  const middle = firstTextEnd(bytes)
  return { ...wholeText(candidate), body: [{ write: bytes.subarray(0, middle) }, { stall: true }] }
}

/** Behind the event that the answer's first word is in. */
function firstTextEnd(bytes: Uint8Array): number {
  const text = new TextDecoder('latin1').decode(bytes)
  const word = text.search(/It is/)
  if (word === -1) throw new Error('The text fixtures begin with "It is".')
  const event = text.indexOf('\n\n', word)
  return event === -1 ? text.indexOf('\n', word) + 1 : event + 2
}

function chat(
  candidate: Held,
  server: WireServer,
  options: ContextOptions = {},
  onPart: () => void = () => undefined,
): Promise<Outcome> {
  const request = requestFor('text', modelOf(candidate.fixtures, candidate.provider))
  return read(candidate.provider.chat(request, contextFor(candidate, server, options)), (part) => {
    if (part.type === 'text') onPart()
  })
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => void setImmediate(resolve))
}
