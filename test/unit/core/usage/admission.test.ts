import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isModelError } from '../../../../src/core/errors.js'
import { migrations } from '../../../../src/core/storage/migrations.js'
import type { Budget } from '../../../../src/core/usage/budget.js'
import { type ChatServer, chatReply, createChatServer } from '../../../fakes/chatServer.js'
import { openingLines, useDatabaseFolder } from '../../../fakes/databases.js'
import { readOutput, startElsewhere } from '../../../fakes/elsewhere.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { answerWith, createBudget, createUsagePipeline } from '../../../fakes/usagePipeline.js'
import { openWindow } from '../../../fakes/windows.js'

const always = { from: 0, to: 9e15 }

/** The longest time, in milliseconds, for which the event loop did nothing else. */
function watchEventLoop(): () => number {
  let last = performance.now()
  let longest = 0
  const look = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(look, 5)
  return () => {
    clearInterval(timer)
    look()
    return longest
  }
}

describe('a window whose database another program keeps locked', () => {
  let folder: string
  let server: ChatServer
  const closers: (() => Promise<void> | void)[] = []
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'roundhouse-locked-'))
    server = await createChatServer(['small'], () => chatReply({ text: 'Hello', outputTokens: 1_000 }))
  })
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function open(budget: Budget) {
    const connection = createConnection({
      id: 'work',
      provider: 'openai-compatible',
      baseUrl: `${server.origin}/v1`,
      models: { small: { pricing: { input: 1, output: 10 }, maxOutputTokens: 1_000 } },
    })
    const window = await openWindow({
      folder,
      connections: [connection],
      wishes: { budgets: () => [budget] },
    })
    closers.push(() => window.dispose())
    return window
  }

  /** Until the function that it resolves with is called. */
  async function lock(): Promise<() => Promise<void>> {
    const child = startElsewhere(`import { readSync } from 'node:fs'
${openingLines(join(folder, 'roundhouse.db'))}
database.exec('BEGIN IMMEDIATE')
process.stdout.write('locked')
readSync(0, Buffer.alloc(1))
database.exec('ROLLBACK')
database.dispose()`)
    const ended = readOutput(child)
    if (child.stdout !== null) await once(child.stdout, 'data')
    let isHeld = true
    const unlock = async () => {
      if (!isHeld) return
      isHeld = false
      child.stdin?.write('.')
      assert.equal(await ended, 'locked')
    }
    closers.push(unlock)
    return unlock
  }

  /** Looks until something is so; the test's own time limit ends it otherwise. */
  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => void setTimeout(resolve, 20))
  }

  it('answers under soft budgets, stays responsive, and records every attempt once the lock has gone', async () => {
    const window = await open(createBudget({ kind: 'soft', limit: 1 }))
    const unlock = await lock()
    const longest = watchEventLoop()
    for (let turn = 0; turn < 10; turn++) assert.equal((await window.ask('work/small')).text, 'Hello')
    // Each of its statements would block for seconds if it waited for the lock.
    assert.ok(longest() < 2_000)
    assert.equal([...window.pipeline.attempts(always)].length, 0)
    await unlock()
    await until(() => [...window.pipeline.attempts(always)].length === 10)
    const [status] = window.pipeline.budgets.status()
    assert.deepEqual([status?.spent.toFixed(2), status?.reserved], ['0.10', 0])
  })

  it('refuses under a hard budget with the reason, and asks again once the lock has gone', async () => {
    const window = await open(createBudget({ limit: 1 }))
    const unlock = await lock()
    const longest = watchEventLoop()
    const { error } = await window.ask('work/small')
    assert.ok(longest() < 2_000)
    assert.match(
      error?.message ?? '',
      /^The hard budget “Month” cannot be kept, so nothing is asked\. .*Another program keeps it locked\./,
    )
    assert.equal(server.calls(), 0)
    const waiting = window.ask('work/small')
    await unlock()
    assert.equal((await waiting).text, 'Hello')
    assert.equal(server.calls(), 1)
  })

  it('puts its attempts aside when it closes before the lock has gone, for the next window to take in', async () => {
    const window = await open(createBudget({ kind: 'soft', limit: 1 }))
    const unlock = await lock()
    await window.ask('work/small')
    await window.pipeline.close()
    assert.equal(readdirSync(folder).filter((name) => name.endsWith('.jsonl')).length, 1)
    await unlock()
    const next = await open(createBudget({ kind: 'soft', limit: 1 }))
    await until(() => [...next.pipeline.attempts(always)].length === 1)
    assert.equal(next.pipeline.budgets.status()[0]?.spent.toFixed(2), '0.01')
    await until(() => !readdirSync(folder).some((name) => name.startsWith('roundhouse-attempts')))
  })

  it('opens without blocking the event loop', async () => {
    await open(createBudget({ kind: 'soft' }))
    const unlock = await lock()
    const longest = watchEventLoop()
    const opening = open(createBudget({ kind: 'soft' }))
    await unlock()
    await opening
    assert.ok(longest() < 2_000)
  })
})

describe('a window whose database a newer version has brought up to date', () => {
  const folder = useDatabaseFolder()

  it('refuses under a hard budget with the reason, and answers without one', async () => {
    const database = await folder.open({ migrations: migrations.slice(0, -1) })
    await folder.open()
    const clock = createManualClock()
    const open = (budgets: readonly Budget[]) =>
      createUsagePipeline({ database, clock, budgets, answer: answerWith({ outputTokens: 1 }) })
    await assert.rejects(
      open([createBudget()]).ask(),
      (error) =>
        isModelError(error) &&
        /^The hard budget “Month” cannot be kept, .*newer Roundhouse in another window/.test(error.message),
    )
    assert.equal((await open([]).ask()).at(-1)?.type, 'finish')
  })
})
