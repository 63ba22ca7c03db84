import assert from 'node:assert/strict'
import { minuteMs } from '../../src/core/durations.js'
import { createLocalFetch, type LocalFetch } from '../../src/platform/localFetch.js'
import { createManualClock, type ManualClock } from '../fakes/manualClock.js'
import { createWireServer, type WireServer } from '../fakes/wireServer.js'
import { isExempt } from './fixtures.js'
import { contextFor, held, read, toReply } from './harness.js'
import { modelOf, requestFor } from './requests.js'

/** What the platform's own fetch waits for the headers. */
const platformLimit = 5 * minuteMs

const refuse = (): Promise<Response> => Promise.reject(new Error('This way has a limit of its own.'))

for (const candidate of held.filter(({ provider }) => provider.location === 'local')) {
  describe(`${candidate.name}: patience`, () => {
    let server: WireServer
    let local: LocalFetch
    let clock: ManualClock
    before(async () => {
      server = await createWireServer()
      local = createLocalFetch()
    })
    beforeEach(() => void (clock = createManualClock()))
    after(async () => {
      local.dispose()
      await server.close()
    })

    const ask = () => {
      const context = { clock, fetch: refuse, localFetch: local.fetch }
      const request = requestFor('text', modelOf(candidate.fixtures, candidate.provider))
      return read(candidate.provider.chat(request, contextFor(candidate, server, context)))
    }

    it('waits for headers that come later than the platform’s own fetch waits', async () => {
      const loaded = Promise.withResolvers<void>()
      const fixture = candidate.fixtures.chats.text
      assert.ok(!isExempt(fixture))
      server.answer({ ...toReply(candidate, fixture.reply), after: loaded.promise })
      const asked = ask()
      await server.received(({ path }) => path === candidate.fixtures.chatPath)
      await clock.advance(platformLimit + minuteMs)
      loaded.resolve()
      const outcome = await asked
      assert.equal(outcome.error, undefined)
      assert.equal(outcome.text, fixture.expect.text)
      server.clear()
    })

    it('gives up after ten minutes without headers, and closes the connection', async () => {
      server.answer({ silent: true })
      const asked = ask()
      await server.received(({ path }) => path === candidate.fixtures.chatPath)
      await clock.advance(10 * minuteMs)
      const { error } = await asked
      assert.equal(error?.code, 'timeout')
      assert.match(error.message, /600 seconds/)
      await server.idle()
      server.clear()
    })

    it('answers every chat of its fixtures by this way, too', async () => {
      for (const fixture of Object.values(candidate.fixtures.chats)) {
        if (isExempt(fixture) || fixture.expect.error !== undefined) continue
        server.answer(toReply(candidate, fixture.reply))
        const outcome = await ask()
        assert.equal(outcome.text, fixture.expect.text ?? outcome.text)
        assert.equal(outcome.error, undefined)
        assert.equal(outcome.finish, fixture.expect.finish ?? outcome.finish)
      }
    })
  })
}
