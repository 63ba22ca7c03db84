import assert from 'node:assert/strict'
import { createSingleFlight } from '../../../src/core/singleFlight.js'
import { settle } from '../../fakes/manualClock.js'

function setUp() {
  const runs: { readonly signal: AbortSignal; finish(): void }[] = []
  const flight = createSingleFlight(
    (signal) => new Promise<void>((resolve) => void runs.push({ signal, finish: resolve })),
  )
  return { runs, flight }
}

describe('single flight', () => {
  it('runs a burst of calls once', async () => {
    const { runs, flight } = setUp()
    const calls = Array.from({ length: 20 }, () => flight.join())
    assert.equal(runs.length, 1)
    runs[0]?.finish()
    await Promise.all(calls)
  })

  it('runs again for a call after the end', async () => {
    const { runs, flight } = setUp()
    const first = flight.join()
    runs[0]?.finish()
    await first
    void flight.join()
    assert.equal(runs.length, 2)
  })

  it('aborts the run that a restart replaces, and lets its callers wait for the new one', async () => {
    const { runs, flight } = setUp()
    let isDone = false
    const early = flight.join().then(() => (isDone = true))
    void flight.restart()
    assert.equal(runs[0]?.signal.aborted, true)
    runs[0]?.finish()
    await settle()
    assert.equal(isDone, false)
    runs[1]?.finish()
    await early
    assert.equal(runs[1]?.signal.aborted, false)
  })

  it('runs again for a call after a run that has failed', async () => {
    let runs = 0
    const flight = createSingleFlight(async () => {
      runs++
      if (runs === 1) throw new Error('once')
    })
    await assert.rejects(Promise.all([flight.join(), flight.join()]), /once/)
    await flight.join()
    assert.equal(runs, 2)
  })

  it('aborts the run when it is disposed of', () => {
    const { runs, flight } = setUp()
    void flight.join()
    flight.dispose()
    assert.equal(runs[0]?.signal.aborted, true)
  })
})
