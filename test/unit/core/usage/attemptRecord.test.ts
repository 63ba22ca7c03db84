import assert from 'node:assert/strict'
import { outputSpeed } from '../../../../src/core/usage/attemptRecord.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'

describe('the record of an attempt', () => {
  it('tells the speed of all output from the first part on', () => {
    const record = createAttemptRecord({ tokens: { visibleOutput: 30, reasoningOutput: 10 } })
    assert.equal(outputSpeed(record), 50)
  })

  it('tells no speed of an answer that came in one piece, had no output or failed', () => {
    const tokens = { visibleOutput: 30 }
    const { firstPartMs: _, ...silent } = createAttemptRecord({ tokens })
    const speeds = [
      createAttemptRecord({ tokens, latencyMs: 200 }),
      createAttemptRecord(),
      createAttemptRecord({ tokens, outcome: { kind: 'failure', code: 'incomplete' } }),
      silent,
    ].map(outputSpeed)
    assert.deepEqual(speeds, [undefined, undefined, undefined, undefined])
  })
})
