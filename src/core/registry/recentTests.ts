import { createAbortRace } from '../abortRace.js'
import { cancelled, isModelError, ModelError } from '../errors.js'
import type { Clock } from '../ports.js'
import { createPace, type Pace, type Pause } from './pace.js'
import type { ConnectionTest, ConnectionTestResult } from './testConnection.js'

/** A test that is running, or that ended last. */
interface Recent {
  readonly asked: ConnectionTest
  readonly pace: Pace
  readonly outcome: Promise<ConnectionTestResult>
  /** Aborted when every caller has cancelled. */
  readonly stop: AbortController
  waiting: number
  isOver: boolean
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

function begin(run: RunTest, test: ConnectionTest, pace: Pace): Recent {
  const stop = new AbortController()
  const runToEnd = async (): Promise<ConnectionTestResult> => {
    try {
      return await run({ ...test, signal: stop.signal })
    } finally {
      entry.isOver = true
      pace.note()
    }
  }
  const entry: Recent = { asked: test, pace, outcome: runToEnd(), stop, waiting: 0, isOver: false }
  return entry
}

/**
 * The same test of a connection runs at most once in a while. While it runs, others join it; a moment later, the outcome
 * of the last one is returned, with `pause` in its result or words about it in its error. A test of something else, such
 * as another key, runs at once. A test is cancelled when every caller has cancelled.
 */
export function paceTests(run: RunTest, clock: Pick<Clock, 'monotonic'>): RunTest {
  /** By connection id. */
  const recent = new Map<string, Recent>()

  async function join(entry: Recent, { connection, signal }: ConnectionTest): Promise<ConnectionTestResult> {
    const race = createAbortRace(signal)
    entry.waiting++
    try {
      return await race.run(entry.outcome)
    } catch (error) {
      throw signal.aborted ? cancelled(error) : error
    } finally {
      race.dispose()
      entry.waiting--
      if (signal.aborted && entry.waiting === 0) {
        entry.stop.abort(signal.reason)
        // A test that was cancelled has no outcome.
        if (recent.get(connection.id) === entry) recent.delete(connection.id)
      }
    }
  }

  async function runNow(test: ConnectionTest): Promise<ConnectionTestResult> {
    const entry = begin(run, test, createPace(clock))
    recent.set(test.connection.id, entry)
    return await join(entry, test)
  }

  async function reuse(test: ConnectionTest, known: Recent, pause: Pause): Promise<ConnectionTestResult> {
    try {
      return { ...(await known.outcome), pause }
    } catch (error) {
      throw isModelError(error) ? withPause(error, test, pause) : error
    }
  }

  return async (test) => {
    if (test.signal.aborted) throw cancelled(test.signal.reason)
    const known = recent.get(test.connection.id)
    if (known === undefined || !isSame(known.asked, test)) return await runNow(test)
    if (!known.isOver) return await join(known, test)
    const pause = known.pace.pause()
    return pause === undefined ? await runNow(test) : await reuse(test, known, pause)
  }
}
