import assert from 'node:assert/strict'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { createUpkeepStart } from '../../../src/services/upkeepStart.js'
import { closeExtensions, type OpenExtension, openExtension, until } from '../../fakes/extension.js'
import { createManualClock } from '../../fakes/manualClock.js'
import { createSkippingClock } from '../../fakes/skippingClock.js'

function createBench() {
  const clock = createManualClock()
  let starts = 0
  const upkeep = createUpkeepStart(clock, () => void starts++)
  return { clock, upkeep, starts: () => starts }
}

describe('createUpkeepStart', () => {
  it('starts once, three seconds after the window has started', async () => {
    const { clock, upkeep, starts } = createBench()
    upkeep.soon()
    await clock.advance(2_999)
    assert.equal(starts(), 0)
    await clock.advance(1)
    upkeep.now()
    await clock.advance(10_000)
    assert.equal(starts(), 1)
  })

  it('starts at once where it is asked for, and not again', async () => {
    const { clock, upkeep, starts } = createBench()
    upkeep.now()
    assert.equal(starts(), 1)
    upkeep.soon()
    await clock.advance(10_000)
    assert.equal(starts(), 1)
  })

  it('starts nothing in a window that is closed', async () => {
    const { clock, upkeep, starts } = createBench()
    upkeep.soon()
    upkeep.dispose()
    upkeep.soon()
    upkeep.now()
    await clock.advance(10_000)
    assert.equal(starts(), 0)
  })
})

describe('upkeep', () => {
  closeExtensions()

  const hasLedger = async ({ folder }: OpenExtension) =>
    await access(join(folder, 'roundhouse.db')).then(
      () => true,
      () => false,
    )

  /** Nothing rings before the test says so, however long a busy machine takes. */
  function createStandingClock() {
    const clock = createSkippingClock()
    const alarms: (() => void)[] = []
    const alarm = (_: number, ring: () => void) => {
      alarms.push(ring)
      return () => {}
    }
    return {
      clock: { ...clock, alarm },
      pass: async (ms: number) => {
        await clock.skip(ms)
        for (const ring of alarms.splice(0)) ring()
      },
    }
  }

  it('upkeep: opens the ledger by itself a while after the start', async () => {
    const { clock, pass } = createStandingClock()
    const window = await openExtension({ clock })
    await window.models()
    assert.equal(await hasLedger(window), false)
    await until('the ledger is open', async () => {
      await pass(3_000)
      return await hasLedger(window)
    })
    assert.equal(await hasLedger(window), true)
  })

  it('upkeep: opens the ledger with the first command', async () => {
    const window = await openExtension({ clock: createStandingClock().clock })
    await window.run('roundhouse.showLog')
    await until('the ledger is open', () => hasLedger(window))
    assert.equal(await hasLedger(window), true)
  })
})
