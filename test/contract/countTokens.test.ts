import assert from 'node:assert/strict'
import { isModelError } from '../../src/core/errors.js'
import type { ProviderContext } from '../../src/core/provider.js'
import { createManualClock } from '../fakes/manualClock.js'
import { useWireServer } from '../fakes/wireServer.js'
import { assertSecret, canaryKey, contextFor, type Held, held, toReply, valueAt } from './harness.js'
import { modelOf, requestFor } from './requests.js'

for (const candidate of held.filter(({ provider }) => provider.countTokens !== undefined)) {
  const fixture = candidate.fixtures.countTokens
  if (fixture === undefined) {
    it(`${candidate.name}: counts tokens, and needs fixtures for it`, () => assert.fail('There are none.'))
    continue
  }
  const paths = Object.keys(fixture.replies)

  describe(`${candidate.name}: token counts`, () => {
    const server = useWireServer()
    beforeEach(() => {
      server.clear()
      server.answer(({ path }) => {
        const reply = fixture.replies[path]
        return reply === undefined ? undefined : toReply(candidate, reply)
      })
    })

    it('are the provider’s own, of all that a chat would send, and of nothing else', async () => {
      assert.equal(await count(candidate, contextFor(candidate, server)), fixture.expect)
      assert.deepEqual(
        server.requests.map(({ method, path }) => [method, path]),
        paths.map((path) => ['POST', path]),
      )
      for (const { path, body, headers } of server.requests) {
        const sent: unknown = JSON.parse(body)
        for (const [pointer, value] of Object.entries(fixture.sent[path] ?? {}))
          assert.deepEqual(valueAt(sent, pointer), value, `${path} ${pointer}`)
        for (const pointer of fixture.absent ?? []) assert.equal(valueAt(sent, pointer), undefined, pointer)
        const { keyHeader } = candidate.fixtures
        if (keyHeader !== undefined) assert.ok(String(headers[keyHeader]).includes(canaryKey))
      }
    })

    for (const [what, reply, code] of [
      ['a wrong key', { status: 401, body: '{"error":{"message":"No."}}' }, 'unauthorized'],
      ['an answer without a count', { body: '{"hello":"world"}' }, undefined],
      ['a count that is none', { body: '{"input_tokens":"many","count":-1,"totalTokens":1.5}' }, undefined],
    ] as const) {
      it(`say of ${what} what it is`, async () => {
        server.answer({ headers: { 'content-type': 'application/json' }, ...reply })
        await assert.rejects(count(candidate, contextFor(candidate, server)), (error) => {
          assert.ok(isModelError(error))
          assertSecret(error)
          return code === undefined || error.code === code
        })
      })
    }

    it('end at once when they are cancelled, and leave no connection', async () => {
      server.answer({ silent: true })
      const stop = new AbortController()
      const clock = createManualClock()
      const asked = count(candidate, contextFor(candidate, server, { clock, signal: stop.signal }))
      const failed = assert.rejects(asked, { code: 'cancelled' })
      await server.received(() => true)
      stop.abort()
      await failed
      await server.idle()
      assert.equal(clock.sleeping(), 0, 'a timer is left behind')
    })
  })
}

async function count({ provider, fixtures }: Held, context: ProviderContext): Promise<number> {
  const counted = await provider.countTokens?.(
    requestFor('parallelTools', modelOf(fixtures, provider)),
    context,
  )
  assert.ok(counted !== undefined)
  return counted
}
