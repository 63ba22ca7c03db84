import assert from 'node:assert/strict'
import type { RateLimits } from '../../src/core/rateLimits.js'
import { createManualClock } from '../fakes/manualClock.js'
import { type Reply, useWireServer, type WireServer } from '../fakes/wireServer.js'
import { isExempt } from './fixtures.js'
import { contextFor, type Held, held, type Outcome, read, toReply } from './harness.js'
import { modelOf, requestFor } from './requests.js'

for (const candidate of held) {
  describe(`${candidate.name}: rate limits`, () => {
    const server = useWireServer()

    const fixture = candidate.fixtures.rateLimits
    if (isExempt(fixture)) {
      it('rateLimits: is exempt, and says why', () => assert.ok(fixture.exempt.length > 10))
    } else {
      it('rateLimits: are told as the headers of an answer state them', async () => {
        const { told, outcome, at } = await ask(candidate, server, withHeaders(candidate, fixture.headers))
        assert.equal(outcome.error, undefined)
        assert.deepEqual(told, [{ at, limits: byUnit(fixture.expect) }])
      })
    }

    it('a refusal tells its pause, and an answer without such headers tells nothing', async () => {
      const refused = await ask(candidate, server, {
        status: 429,
        headers: { 'retry-after': '7' },
        body: '{}',
      })
      assert.equal(refused.outcome.error?.retryAfterMs, 7000)
      assert.deepEqual(refused.told, [{ at: refused.at, limits: [], retryAfterMs: 7000 }])
      const plain = await ask(candidate, server, withHeaders(candidate, {}))
      assert.deepEqual([plain.outcome.error, plain.told], [undefined, []])
    })
  })
}

function withHeaders(candidate: Held, headers: Readonly<Record<string, string>>): Reply {
  const { text } = candidate.fixtures.chats
  if (isExempt(text)) throw new Error('Every provider answers with text.')
  const reply = toReply(candidate, text.reply)
  return { ...reply, headers: { ...reply.headers, ...headers } }
}

interface Asked {
  readonly told: readonly RateLimits[]
  readonly outcome: Outcome
  /** Milliseconds since the epoch. */
  readonly at: number
}

async function ask(candidate: Held, server: WireServer, reply: Reply): Promise<Asked> {
  const { chatPath, list } = candidate.fixtures
  server.answer(({ method, path }) => {
    const listed = list.replies[path]
    if (method === 'POST' && path === chatPath) return reply
    return listed === undefined ? undefined : toReply(candidate, listed)
  })
  const clock = createManualClock()
  const told: RateLimits[] = []
  const onRateLimits = (limits: RateLimits): void => void told.push(limits)
  const request = requestFor('text', modelOf(candidate.fixtures, candidate.provider))
  const outcome = await read(
    candidate.provider.chat(request, contextFor(candidate, server, { clock, onRateLimits })),
  )
  const ordered = told.map((each) => ({ ...each, limits: byUnit(each.limits) }))
  return { told: ordered, outcome, at: clock.now() }
}

/** Headers have no order of their own. */
function byUnit(limits: RateLimits['limits']): RateLimits['limits'] {
  const name = ({ unit, window = '' }: RateLimits['limits'][number]): string => `${unit} ${window}`
  return limits.toSorted((a, b) => (name(a) < name(b) ? -1 : 1))
}
