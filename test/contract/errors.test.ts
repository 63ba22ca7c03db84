import assert from 'node:assert/strict'
import type { ModelError } from '../../src/core/errors.js'
import { type Reply, useWireServer, type WireServer } from '../fakes/wireServer.js'
import { errorNames, isExempt } from './fixtures.js'
import { assertSecret, contextFor, type Held, held, read, toReply } from './harness.js'
import { modelOf, requestFor } from './requests.js'

const page = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Welcome</body></html>'

for (const candidate of held) {
  describe(`${candidate.name}: errors`, () => {
    const server = useWireServer()

    for (const name of errorNames) {
      const fixture = candidate.fixtures.errors[name]
      if (isExempt(fixture)) {
        it(`${name}: is exempt, and says why`, () => assert.ok(fixture.exempt.length > 10))
        continue
      }
      it(`${name}: becomes ${fixture.expect.code}, asked once, with a sentence that names the connection`, async () => {
        const error = await fail(candidate, server, toReply(candidate, fixture.reply))
        const { code, status, retryable, retryAfterMs } = error
        const expected = {
          status: fixture.reply.status,
          retryable: false,
          retryAfterMs: undefined,
          ...fixture.expect,
        }
        assert.deepEqual({ code, status, retryable, retryAfterMs }, expected, error.message)
        assert.equal(server.requests.length, 1)
        assertReadable(error)
      })
    }

    it('a key that the server quotes does not show in the error', async () => {
      const quote: Reply = {
        status: 401,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          error: { message: 'Incorrect API key provided: sk-canary-3f9c1b7e5d2a4860.', type: 'x' },
        }),
      }
      const error = await fail(candidate, server, quote)
      assert.equal(error.code, 'unauthorized')
      assert.doesNotMatch(error.message, /3f9c1b7e5d2a4860/)
    })

    it('a prompt that the server quotes does not show in the error', async () => {
      const message = 'Invalid: How warm is it in Zürich and Oslo? is not allowed'
      const quote: Reply = {
        status: 400,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ error: { message, type: 'invalid_request_error' } }),
      }
      const error = await fail(candidate, server, quote)
      assert.equal(error.code, 'invalid-request')
      assert.doesNotMatch(error.message, /warm|Oslo/)
    })

    for (const status of [200, 404, 502]) {
      it(`a web page with status ${status} is named as one, or by its status, and not quoted`, async () => {
        const error = await fail(candidate, server, {
          status,
          headers: { 'content-type': 'text/html' },
          body: page,
        })
        assert.doesNotMatch(error.message, /<|Welcome/)
        if (status === 502) assert.equal(error.retryable, true)
        else assert.match(error.message, /web page .*Is the base URL right\?/)
      })
    }

    it('a list that is a web page, no list or no JSON is a clear error', async () => {
      const bodies: readonly Reply[] = [
        { headers: { 'content-type': 'text/html' }, body: page },
        { headers: { 'content-type': 'application/json' }, body: '{"hello":"world"}' },
        { headers: { 'content-type': 'application/json' }, body: '{"data": [' },
      ]
      for (const reply of bodies) {
        server.answer(reply)
        await assert.rejects(candidate.provider.listModels(contextFor(candidate, server)), /base URL/)
      }
    })

    it('an error object with status 200 is an error', async () => {
      const body = JSON.stringify({ error: { message: 'no', type: 'overloaded_error' } })
      const error = await fail(candidate, server, { headers: { 'content-type': 'application/json' }, body })
      assert.notEqual(error.code, 'incomplete')
    })
  })
}

async function fail(candidate: Held, server: WireServer, reply: Reply): Promise<ModelError> {
  server.answer(reply)
  const request = requestFor('text', modelOf(candidate.fixtures, candidate.provider))
  const outcome = await read(candidate.provider.chat(request, contextFor(candidate, server)))
  assert.ok(outcome.error !== undefined, 'it did not fail')
  assert.deepEqual(outcome.parts, [], 'nothing comes before such an error')
  assertSecret(outcome.error)
  return outcome.error
}

/** One clear sentence or two, with a next step. */
function assertReadable({ message, provider }: ModelError): void {
  assert.ok(message.length < 600, message)
  assert.match(message, /\.\s.+[.?]$/s, message)
  assert.ok(provider !== undefined)
}
