import assert from 'node:assert/strict'
import type { Chat } from '../../../../src/core/chat.js'
import { type ErrorCode, ModelError } from '../../../../src/core/errors.js'
import { formatModelRef } from '../../../../src/core/model.js'
import { createBreaker } from '../../../../src/core/routing/breaker.js'
import { createSharedCircuitStore } from '../../../../src/core/routing/circuitStore.js'
import { type DatabaseFolder, useDatabaseFolder } from '../../../fakes/databases.js'
import { faultSeed } from '../../../fakes/faultCounts.js'
import { createManualClock, type ManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { createRouting, type RoutedAnswer } from '../../../fakes/routing.js'
import { createRandom } from '../../../fakes/seededRandom.js'

interface Call {
  readonly window: number
  readonly model: string
  readonly at: number
  readonly requestId: string
  /** Milliseconds of the clock at which the answer came, and until which nothing may be asked. */
  endedAt?: number
  askedUntil?: number
  failed?: boolean
}

const responseMs = 40
const sick = 'one/m'

function stormError(random: () => number, hopeless: boolean): ModelError {
  if (hopeless) return new ModelError({ code: 'quota-exhausted', message: 'No credit is left.', status: 429 })
  const isLimit = random() < 0.5
  const retryAfterMs = random() < 0.7 ? Math.round(random() * 8_000) : undefined
  return new ModelError({
    code: isLimit ? 'rate-limited' : 'overloaded',
    message: isLimit ? 'Too many requests.' : 'The service is overloaded.',
    status: isLimit ? 429 : 529,
    retryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

interface StormOptions {
  readonly clock: ManualClock
  readonly random: () => number
  readonly calls: Call[]
  readonly window: number
  readonly hopeless: boolean
}

/** `one/m` fails nine times out of ten, everything else answers. */
function stormyAttempt({ clock, random, calls, window, hopeless }: StormOptions): Chat {
  return async function* attempt(request) {
    const requestId = `${window} ${request.attempt?.requestId ?? ''}`
    const call: Call = { window, model: formatModelRef(request.model), at: clock.monotonic(), requestId }
    calls.push(call)
    await clock.sleep(responseMs)
    call.endedAt = clock.monotonic()
    call.failed = call.model === sick && random() < 0.9
    if (call.failed) {
      const error = stormError(random, hopeless)
      if (error.retryAfterMs !== undefined) call.askedUntil = call.endedAt + error.retryAfterMs
      throw error
    }
    yield { type: 'text', text: 'Hello' }
    yield { type: 'finish', reason: 'stop' }
  }
}

interface Storm {
  readonly windows?: number
  readonly model: string
  readonly hopeless?: boolean
  readonly folder: DatabaseFolder
}

const stormMs = 60_000
const everyMs = 100

/** A minute in which every window asks ten times a second. */
async function runStorm({ windows = 1, model, hopeless = false, folder }: Storm) {
  const clock = createManualClock()
  const random = createRandom(faultSeed)
  const calls: Call[] = []
  const asked = await Promise.all(
    Array.from({ length: windows }, async (_, window) => {
      const store = createSharedCircuitStore(await folder.open())
      const breaker = createBreaker({ store, clock, log: createMemoryLog() })
      const attempt = stormyAttempt({ clock, random, calls, window, hopeless })
      const models = [{ id: 'm', contextWindow: 100_000 }]
      const options = { breaker, random }
      return createRouting({
        connections: { one: { models }, two: { models: [{ id: 'other', contextWindow: 100_000 }] } },
        routes: [{ name: 'mine', models: ['one/*', 'two/*'], order: 'listed' }],
        clock,
        planner: options,
        router: { ...options, attempt },
      })
    }),
  )
  const answers: Promise<RoutedAnswer & { readonly ms: number }>[] = []
  for (let passed = 0; passed < stormMs; passed += everyMs) {
    for (const { ask } of asked) {
      const start = clock.monotonic()
      const timed = async () => ({ ...(await ask(model)), ms: clock.monotonic() - start })
      answers.push(timed())
    }
    await clock.advance(everyMs)
  }
  await clock.advance(300_000)
  return {
    calls,
    answers: await Promise.all(answers),
    sickCalls: calls.filter((call) => call.model === sick),
  }
}

/** Calls of a model that were made although a Retry-After was known and not over. */
function tooEarly(calls: readonly Call[], lagMs: number): Call[] {
  return calls.filter((call) =>
    calls.some(({ model, endedAt = Infinity, askedUntil = 0, window }) => {
      const knownAt = window === call.window ? endedAt : endedAt + lagMs
      return model === call.model && knownAt < call.at && call.at < askedUntil
    }),
  )
}

function mostPerRequest(calls: readonly Call[]): number {
  const counts = new Map<string, number>()
  for (const { requestId } of calls) counts.set(requestId, (counts.get(requestId) ?? 0) + 1)
  return Math.max(0, ...counts.values())
}

/** The longest row of failures, of calls that were made after the one before had failed. */
function longestRow(calls: readonly Call[], withinMs: number): number {
  let row = 0
  let longest = 0
  let last: Call | undefined
  for (const call of calls) {
    const follows =
      last?.endedAt !== undefined && call.at >= last.endedAt && call.at - last.endedAt < withinMs
    row = call.failed === true ? (follows ? row + 1 : 1) : 0
    longest = Math.max(longest, row)
    last = call
  }
  return longest
}

describe(`a minute in which nine of ten answers are 429 or 529 (seed ${faultSeed})`, () => {
  const folder = useDatabaseFolder()

  it('answers every request of a route by another model, within two seconds', async () => {
    const { answers, calls, sickCalls } = await runStorm({ model: 'mine', folder })
    assert.equal(answers.length, 600)
    assert.deepEqual(
      answers.filter(({ error }) => error !== undefined),
      [],
    )
    assert.ok(Math.max(...answers.map(({ ms }) => ms)) <= 2_000)
    assert.deepEqual(tooEarly(calls, 0), [])
    assert.ok(mostPerRequest(calls) <= 3)
    assert.ok(sickCalls.length <= answers.length * 0.2, `${sickCalls.length} calls of the sick model`)
  })

  it('never calls a model that was asked for by its name more than 1.2 times for a request', async () => {
    const { answers, calls } = await runStorm({ model: sick, folder })
    assert.deepEqual(tooEarly(calls, 0), [])
    assert.ok(mostPerRequest(calls) <= 3)
    assert.ok(calls.length <= answers.length * 1.2, `${calls.length} calls for ${answers.length} requests`)
    assert.ok(longestRow(calls, 15_000) <= 5)
    const codes = new Set<ErrorCode | undefined>(answers.map(({ error }) => error?.code))
    codes.delete(undefined)
    assert.deepEqual(
      [...codes].filter((code) => code !== 'overloaded' && code !== 'rate-limited'),
      [],
    )
  })

  it('lets four windows know of each other within half a second', async () => {
    const { answers, calls, sickCalls } = await runStorm({ model: 'mine', windows: 4, folder })
    assert.equal(answers.filter(({ error }) => error !== undefined).length, 0)
    assert.deepEqual(tooEarly(calls, 500 + everyMs), [])
    assert.ok(sickCalls.length <= answers.length * 0.1, `${sickCalls.length} of ${answers.length}`)
  })

  it('never tries again where the quota is used up', async () => {
    const direct = await runStorm({ model: sick, hopeless: true, folder })
    assert.ok(mostPerRequest(direct.calls) <= 1)
    assert.ok(direct.answers.some(({ error }) => error?.code === 'quota-exhausted'))
  })

  it('tries another model at once where the quota is used up', async () => {
    const routed = await runStorm({ model: 'mine', hopeless: true, folder })
    assert.equal(mostPerRequest(routed.sickCalls), 1)
    assert.ok(routed.answers.every(({ error }) => error === undefined))
  })
})
