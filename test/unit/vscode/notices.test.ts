import assert from 'node:assert/strict'
import { ModelError } from '../../../src/core/errors.js'
import type { Notice } from '../../../src/core/ports.js'
import { createNotices } from '../../../src/vscode/notices.js'
import { settle } from '../../fakes/manualClock.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'
import { createScriptedUi, type Move } from './commands/scriptedUi.js'

function setUp(...moves: Move[]) {
  const ui = createScriptedUi(...moves)
  const log = createMemoryLog()
  const loads = { count: 0 }
  const loadUi = () => {
    loads.count++
    return Promise.resolve(ui)
  }
  return { ui, log, loads, notices: createNotices({ loadUi, log }) }
}

const about = (id: string, action?: Notice['action']): Notice => ({
  code: 'context-too-small',
  message: `${id} is too small.`,
  model: { connection: 'work', id },
  ...(action === undefined ? {} : { action }),
})

describe('createNotices', () => {
  it('shows a warning once for each model, and loads nothing before the first', async () => {
    const { ui, notices, loads } = setUp({ do: 'close' }, { do: 'close' })
    assert.equal(loads.count, 0)
    for (const id of ['a', 'a', 'b', 'a']) notices.notice(about(id))
    await settle()
    assert.deepEqual(
      ui.notices.map(({ message }) => message),
      ['a is too small.', 'b is too small.'],
    )
    ui.assertDone()
  })

  it('runs the action when its button is pressed, and only then', async () => {
    let runs = 0
    const action = { label: 'Reload', run: async () => void runs++ }
    const { ui, notices } = setUp({ do: 'press', button: 'Reload' }, { do: 'close' })
    notices.notice(about('a', action))
    await settle()
    notices.notice(about('b', action))
    await settle()
    assert.equal(runs, 1)
    assert.deepEqual(ui.flashes, ['Reload: done.'])
  })

  it('tells why an action failed, and says nothing of one that was cancelled', async () => {
    const fails = (code: 'timeout' | 'cancelled') => ({
      label: 'Reload',
      run: () => Promise.reject(new ModelError({ code, message: `It was ${code}.` })),
    })
    const { ui, notices } = setUp(
      { do: 'press', button: 'Reload' },
      { do: 'close' },
      { do: 'press', button: 'Reload' },
    )
    notices.notice(about('a', fails('timeout')))
    await settle()
    notices.notice(about('b', fails('cancelled')))
    await settle()
    assert.deepEqual(
      ui.notices.map(({ level, message }) => `${level} ${message}`),
      ['warning a is too small.', 'error It was timeout.', 'warning b is too small.'],
    )
    ui.assertDone()
  })

  it('writes every warning to the log', async () => {
    const { log, notices } = setUp({ do: 'close' })
    notices.notice(about('a'))
    await settle()
    assert.deepEqual(log.lines, ['warn a is too small.'])
  })
})
