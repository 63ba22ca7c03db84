import assert from 'node:assert/strict'
import type { ModelError } from '../../src/core/errors.js'
import { errorMeanings, errorShapes } from '../fakes/errorShapes.js'
import { type Reply, useWireServer, type WireServer } from '../fakes/wireServer.js'
import { assertSecret, canaryKey, contextFor, type Held, held, read } from './harness.js'
import { modelOf, requestFor } from './requests.js'

for (const candidate of held) {
  describe(`${candidate.name}: what errors mean`, () => {
    const server = useWireServer()

    for (const [name, { statuses, messages, code }] of Object.entries(errorMeanings)) {
      // Every shape with every message would be thousands of requests: the unit tests have them.
      it(`${name} is ${code} and final, whatever the shape and the status`, async () => {
        const builders = Object.values(errorShapes)
        for (const [index, message] of messages.entries())
          for (const status of statuses) {
            const build = builders[(index * statuses.length + status) % builders.length]
            const error = await fail(candidate, server, replyOf(status, build?.(message, status)))
            const told = `${status}: ${message} → ${error.code} ${error.message}`
            assert.deepEqual([error.code, error.retryable, error.status], [code, false, status], told)
          }
      })
    }

    it('shows the words of the server behind a gateway, without the key', async () => {
      const raw = JSON.stringify({ error: { message: `The flux is low for ${canaryKey}.` } })
      const body = { error: { message: 'Provider returned error', code: 400, metadata: { raw } } }
      const { message } = await fail(candidate, server, replyOf(400, body))
      assert.match(message, /The flux is low for/)
    })

    it('does not wait for what no waiting makes smaller', async () => {
      const message =
        'Request too large for gpt-4 in organization org-1 on tokens per min (TPM): Limit 1, Requested 30. Visit the limits page.'
      const headers = { 'retry-after': '20', 'x-should-retry': 'true' }
      const body = { error: { message, type: 'tokens', code: 'rate_limit_exceeded' } }
      const error = await fail(candidate, server, { ...replyOf(429, body), headers })
      assert.deepEqual(
        [error.code, error.retryable, error.retryAfterMs],
        ['context-length', false, undefined],
        error.message,
      )
    })

    it('waits for what waiting makes smaller', async () => {
      const message = 'Rate limit reached for gpt-4 on tokens per min (TPM): Limit 30, Used 20, Requested 15.'
      const body = { error: { message, type: 'tokens', code: 'rate_limit_exceeded' } }
      const error = await fail(candidate, server, { ...replyOf(429, body), headers: { 'retry-after': '20' } })
      assert.deepEqual([error.code, error.retryable, error.retryAfterMs], ['rate-limited', true, 20_000])
    })
  })
}

function replyOf(status: number, body: unknown): Reply {
  const isText = typeof body === 'string'
  return {
    status,
    headers: { 'content-type': isText ? 'text/plain' : 'application/json' },
    body: isText ? body : JSON.stringify(body),
  }
}

async function fail(candidate: Held, server: WireServer, reply: Reply): Promise<ModelError> {
  server.answer(reply)
  const request = requestFor('text', modelOf(candidate.fixtures, candidate.provider))
  const { error } = await read(candidate.provider.chat(request, contextFor(candidate, server)))
  assert.ok(error !== undefined, 'it did not fail')
  assertSecret(error)
  return error
}
