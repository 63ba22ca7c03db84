import assert from 'node:assert/strict'
import { createLine } from '../../../../src/platform/llama/line.js'
import { never } from './support.js'

describe('a line', () => {
  it('lets its users in one at a time, in the order in which they came', async () => {
    const line = createLine()
    const events: string[] = []
    const visit = async (name: string): Promise<void> => {
      const leave = await line.enter(never)
      events.push(`${name} in`)
      await Promise.resolve()
      events.push(`${name} out`)
      leave()
    }
    await Promise.all(['a', 'b', 'c'].map(visit))
    assert.deepEqual(events, ['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
  })

  it('forgets whoever gives up while waiting', async () => {
    const line = createLine()
    const leave = await line.enter(never)
    const controller = new AbortController()
    const impatient = line.enter(controller.signal)
    const patient = line.enter(never)
    controller.abort(new Error('too slow'))
    await assert.rejects(impatient, /too slow/)
    leave()
    const leaveAgain = await patient
    leaveAgain()
    assert.equal(typeof (await line.enter(never)), 'function')
  })

  it('turns away whoever gave up before', async () => {
    await assert.rejects(createLine().enter(AbortSignal.abort(new Error('gone'))), /gone/)
  })

  it('is not opened twice by leaving twice', async () => {
    const line = createLine()
    const leave = await line.enter(never)
    leave()
    const second = await line.enter(never)
    leave()
    let entered = false
    const third = line.enter(never).then(() => (entered = true))
    await Promise.resolve()
    assert.equal(entered, false)
    second()
    assert.equal(await third, true)
  })
})
