import assert from 'node:assert/strict'
import { ModelError } from '../../../src/core/errors.js'
import { createFailureNotices } from '../../../src/vscode/failureNotices.js'
import { createManualClock, settle } from '../../fakes/manualClock.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'

const model = { connection: 'work', id: 'gpt' }

function open(pressed?: string) {
  const clock = createManualClock()
  const told: { readonly message: string; readonly buttons?: readonly string[] }[] = []
  const flashed: [string, number | undefined][] = []
  const executed: [string, unknown[]][] = []
  const ui = {
    async tell(notice: (typeof told)[number]) {
      told.push(notice)
      return pressed
    },
    flash: (message: string, ms?: number) => void flashed.push([message, ms]),
  }
  const host = {
    async execute(command: string, ...args: unknown[]) {
      executed.push([command, args])
      return undefined
    },
  }
  const notices = createFailureNotices({ loadUi: async () => ui, host, clock, log: createMemoryLog() })
  return { clock, told, flashed, executed, notices }
}

describe('what stands beside Chat when a request fails or waits', () => {
  it('offers the button that mends the failure, and runs its command for the connection', async () => {
    const { notices, told, executed } = open('Enter Key')
    notices.show(new ModelError({ code: 'unauthorized', message: 'No key.', model }))
    await settle()
    assert.deepEqual(told, [{ level: 'warning', message: 'No key.', buttons: ['Enter Key'] }])
    assert.deepEqual(executed, [['roundhouse.enterKey', ['connection:work']]])
  })

  it('shows the same failure of the same model once a minute', async () => {
    const { notices, told, clock } = open()
    const fail = async (code: 'overloaded' | 'timeout') => {
      notices.show(new ModelError({ code, message: code, model }))
      await settle()
    }
    for (const code of ['overloaded', 'overloaded', 'timeout'] as const) await fail(code)
    assert.deepEqual(
      told.map(({ message }) => message),
      ['overloaded', 'timeout'],
    )
    await clock.advance(60_000)
    await fail('overloaded')
    assert.equal(told.length, 3)
  })

  it('shows nothing that no click can mend, and no cancelled request', async () => {
    const { notices, told } = open()
    notices.show(new ModelError({ code: 'incomplete', message: 'It broke off.', model }))
    notices.show(new ModelError({ code: 'cancelled', message: 'Cancelled.', model }))
    notices.show(new Error('unexpected'))
    await settle()
    assert.deepEqual(told, [])
  })

  it('shows a wait for as long as it lasts, and none that is over before it is read', async () => {
    const { notices, flashed } = open()
    notices.wait(model, 20_000)
    notices.wait(model, 400)
    await settle()
    assert.deepEqual(flashed, [['work/gpt has to wait: again in 20 s', 20_000]])
  })
})
