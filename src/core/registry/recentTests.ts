import { isModelError, ModelError } from '../errors.js'
import type { Clock } from '../ports.js'
import { createPace, type Pace, type Pause } from './pace.js'
import type { ConnectionTest, ConnectionTestResult } from './testConnection.js'

interface Recent {
  readonly asked: ConnectionTest
  readonly pace: Pace
  readonly outcome: Promise<ConnectionTestResult>
}

/** A test of the same connection with the same key, which asks for no more. */
function isSame(a: ConnectionTest, b: ConnectionTest): boolean {
  const written = ({ connection: { baseUrl, fields, provider, location }, chat }: ConnectionTest): string =>
    JSON.stringify([provider, baseUrl, fields, location, chat])
  return a.key === b.key && written(a) === written(b)
}

const inSeconds = (ms: number): number => Math.max(1, Math.round(ms / 1000))

function withPause(error: ModelError, { connection }: ConnectionTest, pause: Pause): ModelError {
  const { code, provider, model, status, retryAfterMs } = error
  return new ModelError({
    code,
    message: `${connection.name} was tested ${inSeconds(pause.agoMs)} s ago: ${error.message} Test again in ${inSeconds(pause.againInMs)} s.`,
    cause: error,
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

export type RunTest = (test: ConnectionTest) => Promise<ConnectionTestResult>

/**
 * The same test of a connection runs at most once in a while: sooner, the outcome of the last one is given, with `pause`
 * in its result or words about it in its error. A test of something else, such as another key, runs at once.
 */
export function paceTests(run: RunTest, clock: Pick<Clock, 'monotonic'>): RunTest {
  /** By connection id. */
  const recent = new Map<string, Recent>()

  async function runNow(test: ConnectionTest): Promise<ConnectionTestResult> {
    const pace = createPace(clock)
    const outcome = run(test)
    const entry: Recent = { asked: test, pace, outcome }
    recent.set(test.connection.id, entry)
    try {
      return await outcome
    } finally {
      // A test that was cancelled has no outcome.
      if (test.signal.aborted && recent.get(test.connection.id) === entry) recent.delete(test.connection.id)
      pace.note()
    }
  }

  async function giveAgain(test: ConnectionTest, known: Recent, pause: Pause): Promise<ConnectionTestResult> {
    try {
      return { ...(await known.outcome), pause }
    } catch (error) {
      throw isModelError(error) ? withPause(error, test, pause) : error
    }
  }

  return async (test) => {
    const known = recent.get(test.connection.id)
    if (known === undefined || !isSame(known.asked, test)) return await runNow(test)
    const pause = known.pace.pause()
    return pause === undefined ? await runNow(test) : await giveAgain(test, known, pause)
  }
}
