import type { Clock } from '../ports.js'
import type { Connection } from '../provider.js'
import { wrapError } from '../wrapError.js'
import type { ConnectionTestRecord } from './connectionTests.js'
import { paceTests, type RunTest } from './recentTests.js'
import { type TestStep, testConnection } from './testConnection.js'

export interface TestRunsOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  readonly began: (connection: Connection) => void
  /** Told how a test went that was not cancelled. */
  readonly ended: (connection: Connection, outcome: ConnectionTestRecord['outcome']) => void
  /** Told of a key, stored or only entered, that the server has refused. */
  readonly refused: (connection: Connection) => void
}

/** Runs tests, each at most once in a while, and tells how they went. It is loaded with the first. */
export function createTestRuns({ clock, began, ended, refused }: TestRunsOptions): RunTest {
  return paceTests(async (test) => {
    const { connection, provider, signal } = test
    let step: TestStep = 'list'
    began(connection)
    try {
      const result = await testConnection({ ...test, onStep: (next) => void (step = next) })
      ended(connection, result)
      return result
    } catch (thrown) {
      const { code, message } = wrapError(thrown, { provider, signal })
      if (code === 'unauthorized' && test.key !== undefined) refused(connection)
      if (code !== 'cancelled') ended(connection, { step, code, message })
      throw thrown
    }
  }, clock)
}
