import assert from 'node:assert/strict'
import { isModelError, type ModelError } from '../../src/core/errors.js'
import { useWireServer, type WireServer } from '../fakes/wireServer.js'
import { contextFor, type Held, held } from './harness.js'
import { modelOf, requestFor } from './requests.js'

const message = 'mind the gap'

/** Each says that requests are limited. */
const bodies: readonly object[] = [
  { error: { message, type: 'rate_limit_error' } },
  { error: message, status: 429 },
  { object: 'error', message, type: 'rate_limit_exceeded' },
  { detail: message, status: 429 },
  { code: 429, message },
  { type: 'error', code: 'rate_limit_exceeded', message },
  { base_resp: { status_code: 1002, status_msg: message } },
  { success: false, errors: [{ code: 429, message }], result: null },
]

for (const candidate of held) {
  describe(`${candidate.name}: errors with status 200`, () => {
    const server = useWireServer()

    for (const [what, ask] of Object.entries(questions(candidate, server))) {
      it(`are errors in place of ${what}, with the server’s words and its pause, whatever their shape`, async () => {
        for (const body of bodies) {
          const headers = { 'content-type': 'application/json', 'retry-after': '7' }
          server.answer({ headers, body: JSON.stringify(body) })
          const error = await ask().then(() => assert.fail(`no error: ${JSON.stringify(body)}`), asModelError)
          assert.match(error.message, /mind the gap/, JSON.stringify(body))
          assert.deepEqual([error.code, error.retryAfterMs], ['rate-limited', 7000], JSON.stringify(body))
        }
      })
    }
  })
}

function questions(candidate: Held, server: WireServer): Readonly<Record<string, () => Promise<unknown>>> {
  const { provider, fixtures } = candidate
  const model = modelOf(fixtures, provider)
  const context = () => contextFor(candidate, server)
  return {
    'a chat': async () => {
      for await (const _ of provider.chat(requestFor('text', model), context()));
    },
    'a list': () => provider.listModels(context()),
    ...(provider.embed === undefined || fixtures.embeddings === undefined
      ? {}
      : { vectors: async () => await provider.embed?.({ model, inputs: ['a'] }, context()) }),
    ...(provider.countTokens === undefined || fixtures.countTokens === undefined
      ? {}
      : { 'a count': async () => await provider.countTokens?.(requestFor('text', model), context()) }),
    ...(provider.rerank === undefined
      ? {}
      : {
          'a ranking': async () =>
            await provider.rerank?.({ model, query: 'a', documents: ['b'] }, context()),
        }),
  }
}

function asModelError(thrown: unknown): ModelError {
  if (!isModelError(thrown)) throw thrown
  return thrown
}
