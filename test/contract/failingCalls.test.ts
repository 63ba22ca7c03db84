import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { closeExtensions, until } from '../fakes/extension.js'
import { createFailingCalls, type FailingCalls, storeCalls } from '../fakes/failingCalls.js'
import { checkError, checkFolder, checkTexts, secretPrompt } from '../fakes/faultChecks.js'
import { faultCounts } from '../fakes/faultCounts.js'
import { type FaultScenario, faultScenarios, type Stage } from '../fakes/faultScenarios.js'
import { hello, openWork } from '../fakes/work.js'

/** Milliseconds after which what is written behind an answer is written. */
const behindMs = 100
/** After which whatever pauses after a failure goes on, and what was put aside is taken in. */
const pauseMs = 3 * 60_000

/** What nothing caught until `end`. In place of mocha’s own listeners, so that a failure names the call. */
function watchUncaught() {
  const uncaught: unknown[] = []
  const note = (error: unknown) => void uncaught.push(error)
  const [rejections, exceptions] = [
    process.listeners('unhandledRejection'),
    process.listeners('uncaughtException'),
  ]
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', note)
  process.removeAllListeners('uncaughtException').on('uncaughtException', note)
  const end = (): void => {
    process.off('unhandledRejection', note).off('uncaughtException', note)
    for (const listener of rejections) process.on('unhandledRejection', listener)
    for (const listener of exceptions) process.on('uncaughtException', listener)
  }
  return { uncaught, end }
}

async function errorOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work()
    return undefined
  } catch (error) {
    return error
  }
}

const failures = ({ window }: Stage) =>
  window.editor.user.told.filter(({ level }) => level === 'error').length

/** Does it again, with no fault. */
async function checkAgain(scenario: FaultScenario, stage: Stage): Promise<void> {
  await stage.window.clock.skip(pauseMs)
  if (scenario.isDone?.(stage) !== true) {
    const before = failures(stage)
    const error = await errorOf(() => scenario.act(stage))
    assert.equal(error, undefined, `the next attempt fails: ${String(error)}`)
    const told = stage.window.editor.user.told.slice(-1).map(({ message }) => message)
    assert.equal(failures(stage), before, `the next attempt fails: ${told.join()}`)
    assert.ok(scenario.isDone?.(stage) ?? true, 'the next attempt does nothing')
  }
}

/** What a window could not write before is written with the next request. */
async function askOnce({ window, work }: Stage): Promise<void> {
  if (!(await window.models()).includes('work/small')) return
  work.answerChats(hello)
  assert.equal(await window.ask('work/small', secretPrompt), 'Hello')
  await until('what was put aside is taken in', async () => {
    await window.clock.skip(pauseMs)
    return !(await readdir(work.folder)).some((name) => name.startsWith('roundhouse-attempts-'))
  })
}

async function open(scenario: FaultScenario): Promise<{ stage: Stage; calls: FailingCalls }> {
  const work = await openWork(scenario.options)
  const stage: Stage = { work, window: work }
  await scenario.prepare?.(stage)
  await work.clock.skip(behindMs)
  const calls = await createFailingCalls(storeCalls(work.secrets, work.editor.settings.user))
  return { stage, calls }
}

/** One run in which the Nth call fails; how many there were, and which one it was. */
async function run(scenario: FaultScenario, n: number) {
  const { stage, calls } = await open(scenario)
  const { uncaught, end } = watchUncaught()
  let name = 'nothing'
  try {
    calls.arm(n)
    const error = await errorOf(async () => {
      await scenario.act(stage)
      await stage.window.clock.skip(behindMs)
    })
    calls.disarm()
    name = calls.failed() ?? name
    checkError(error)
    checkTexts(stage.window, error)
    await checkAgain(scenario, stage)
    await askOnce(stage)
    checkTexts(stage.window, undefined)
    await stage.window.close()
    const answered = stage.work.chats().length
    await checkFolder(stage.work.folder, { answered, keepsTexts: scenario.keepsTexts ?? false })
    assert.deepEqual(uncaught, [], 'is caught by nothing')
    return { count: calls.count(), name }
  } catch (error) {
    throw new Error(`where call ${n} fails (${name})`, { cause: error })
  } finally {
    calls.disarm()
    end()
    await stage.window.close()
    await stage.work.server.close()
  }
}

/** All calls, or as many of them, spread. */
function spread(count: number, most: number): readonly number[] {
  const all = Array.from({ length: count }, (_, at) => at + 1)
  return count <= most
    ? all
    : all.filter((n) => Math.floor((n * most) / count) > Math.floor(((n - 1) * most) / count))
}

describe('Where one call of the platform fails', () => {
  closeExtensions()

  for (const scenario of faultScenarios)
    it(`while ${scenario.name}, it is told or mended, and nothing is lost`, async () => {
      const { count } = await run(scenario, 0)
      assert.ok(count > 0, 'there is nothing that could fail')
      const problems: string[] = []
      for (const n of spread(count, faultCounts.failingCalls))
        await run(scenario, n).catch((error: unknown) => {
          problems.push(`${String(error)}: ${error instanceof Error ? String(error.cause) : ''}`)
        })
      assert.deepEqual(problems, [])
    })
})
