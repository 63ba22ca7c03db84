import assert from 'node:assert/strict'
import { createEmitter } from '../../../src/core/event.js'
import { createKeptTextsOffer } from '../../../src/vscode/keptTextsOffer.js'
import { settle } from '../../fakes/manualClock.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'

function setUp({ kept = 3, inUse = true, fails = false } = {}) {
  const changed = createEmitter<void>()
  const offered: number[] = []
  const log = createMemoryLog()
  let [isOn, texts] = [true, kept]
  const offer = createKeptTextsOffer({
    policies: { keepsTexts: () => isOn, onDidChangeKeepsTexts: changed.event },
    loadTexts: async () => {
      if (fails) throw new Error('no database')
      return { count: () => texts, delete: () => (texts = 0) }
    },
    notices: {
      keptTexts(calls, remove) {
        offered.push(calls)
        remove()
      },
    },
    inUse: () => inUse,
    log,
  })
  const turn = async (on: boolean) => {
    isOn = on
    changed.fire()
    await settle()
  }
  return { turn, offered, log, offer, texts: () => texts }
}

describe('turning off the keeping of prompts and answers', () => {
  it('offers to delete those that are there, and deletes them', async () => {
    const { turn, offered, texts } = setUp()
    await turn(false)
    assert.deepEqual([offered, texts()], [[3], 0])
  })

  it('offers nothing where nothing was kept, where it is turned on, and in a window that is not in use', async () => {
    const [empty, on, idle] = [setUp({ kept: 0 }), setUp(), setUp({ inUse: false })]
    await empty.turn(false)
    await on.turn(true)
    await idle.turn(false)
    assert.deepEqual([...empty.offered, ...on.offered, ...idle.offered], [])
  })

  it('says in the log what could not be looked at, and ends with its owner', async () => {
    const { turn, log, offer } = setUp({ fails: true })
    await turn(false)
    offer.dispose()
    await turn(false)
    assert.deepEqual(log.lines, ['error Kept prompts and answers could not be looked at: no database'])
  })
})
