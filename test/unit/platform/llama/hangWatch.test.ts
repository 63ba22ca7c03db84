import assert from 'node:assert/strict'
import type { EmbeddedEngine } from '../../../../src/core/ports.js'
import { watchForHang } from '../../../../src/platform/llama/hangWatch.js'
import { createManualClock, type ManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import {
  ask,
  childPids,
  collect,
  createTestEngine,
  failure,
  never,
  textOf,
  useModelFolder,
} from './support.js'

const graceMs = 20_000

describe('an engine whose native code hangs', () => {
  const folder = useModelFolder()
  let engine: EmbeddedEngine
  let clock: ManualClock
  let log: ReturnType<typeof createMemoryLog>
  let endless: string
  let other: string
  let said: string

  before(async () => {
    other = await folder.write('other.gguf', { kind: 'script', reply: 'round and round ', loop: true })
    endless = await folder.write('endless.gguf', { kind: 'script', reply: 'on and on ', loop: true })
    said = await folder.write('said.gguf', { kind: 'script', reply: 'Back again.' })
  })
  beforeEach(() => {
    log = createMemoryLog()
    clock = createManualClock()
    engine = createTestEngine({ log, clock, graceMs, idleMs: 600_000 })
  })
  afterEach(() => engine.dispose())

  /** A request in mid-stream, in a process that is then stopped as it is. */
  const hang = async (signal: AbortSignal) => {
    const iterator = engine.chat(ask(endless, 'Hello'), signal)[Symbol.asyncIterator]()
    await iterator.next()
    const [pid] = childPids(log.lines)
    assert.ok(pid !== undefined)
    process.kill(pid, 'SIGSTOP')
    return { pid, iterator }
  }

  const exhaust = async (iterator: AsyncIterator<unknown>): Promise<void> => {
    while ((await iterator.next()).done !== true);
  }

  const untilGone = async (pid: number): Promise<void> => {
    for (;;) {
      try {
        process.kill(pid, 0)
      } catch {
        return
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  it('cancels at once, is ended after the grace, and starts anew for the next request', async () => {
    const controller = new AbortController()
    const { pid, iterator } = await hang(controller.signal)
    controller.abort()
    assert.equal((await failure(exhaust(iterator))).code, 'cancelled')
    await clock.advance(graceMs - 1)
    assert.doesNotThrow(() => process.kill(pid, 0))
    await clock.advance(1)
    await untilGone(pid)
    assert.match(log.lines.join('\n'), /does not answer any more while it uses .*endless\.gguf/)
    assert.equal(textOf(await collect(engine.chat(ask(said, 'Hello'), never))), 'Back again.')
    assert.equal(childPids(log.lines).length, 2)
  })

  it('tells a request that was served beside it to try again, without blame for its file', async () => {
    const controller = new AbortController()
    const beside = engine.chat(ask(other, 'Hello'), never)[Symbol.asyncIterator]()
    await beside.next()
    const { iterator } = await hang(controller.signal)
    const waiting = failure(exhaust(beside))
    controller.abort()
    await failure(exhaust(iterator))
    await clock.advance(graceMs)
    const error = await waiting
    assert.equal(error.code, 'engine-failed')
    assert.equal(error.retryable, true)
    assert.match(error.message, /hung over .*endless\.gguf.*send the request again/)
    assert.equal(textOf(await collect(engine.chat(ask(said, 'Hello'), never))), 'Back again.')
  })

  it('is left alone where it ends what was cancelled', async () => {
    const controller = new AbortController()
    const iterator = engine.chat(ask(endless, 'Hello'), controller.signal)[Symbol.asyncIterator]()
    await iterator.next()
    controller.abort()
    await failure(exhaust(iterator))
    // Answered behind the one that was cancelled, so that one is over.
    await collect(engine.chat(ask(endless, 'Hello', { parameters: { maxOutputTokens: 2 } }), never))
    await clock.advance(graceMs)
    assert.equal(textOf(await collect(engine.chat(ask(said, 'Hello'), never))), 'Back again.')
    assert.equal(childPids(log.lines).length, 1)
  })

  it('leaves no timer behind when it is disposed, nor a process', async () => {
    const controller = new AbortController()
    const { pid, iterator } = await hang(controller.signal)
    controller.abort()
    await failure(exhaust(iterator))
    engine.dispose()
    await untilGone(pid)
    await clock.advance(0)
    assert.equal(clock.sleeping(), 0)
  })
})

describe('the stay of an embedded model', () => {
  const folder = useModelFolder()
  let said: string

  before(async () => {
    said = await folder.write('said.gguf', { kind: 'script', reply: 'Here.' })
  })

  it('is as long as the request says, and a count does not change it; no timer is left', async () => {
    const clock = createManualClock()
    const log = createMemoryLog()
    const engine = createTestEngine({ log, clock, idleMs: 600_000 })
    try {
      await collect(engine.chat(ask(said, 'Hello', { idleMs: 5_000 }), never))
      await engine.countTokens(said, 'Hello', never)
      const [pid] = childPids(log.lines)
      assert.ok(pid !== undefined)
      await clock.advance(4_999)
      assert.doesNotThrow(() => process.kill(pid, 0))
      await clock.advance(1)
      assert.equal(clock.sleeping(), 0)
      await collect(engine.chat(ask(said, 'Hello', { idleMs: 5_000 }), never))
      assert.equal(childPids(log.lines).length, 2)
    } finally {
      engine.dispose()
    }
    await clock.advance(0)
    assert.equal(clock.sleeping(), 0)
  })
})

describe('the watch over a job that was given up', () => {
  const watch = (isLoading: () => boolean) => {
    const clock = createManualClock()
    const over = new AbortController()
    let hangs = 0
    const done = watchForHang({ clock, graceMs: 1_000, isLoading, onHang: () => void hangs++ }, over.signal)
    return { clock, over, done, hangs: () => hangs }
  }

  it('gives a model that is being loaded its time, and the job its grace behind that', async () => {
    let loading = true
    const { clock, hangs } = watch(() => loading)
    await clock.advance(5_500)
    loading = false
    await clock.advance(1_400)
    assert.equal(hangs(), 0)
    await clock.advance(100)
    assert.equal(hangs(), 1)
  })

  it('does not wait for ever for a model that never finishes loading', async () => {
    const { clock, hangs } = watch(() => true)
    await clock.advance(29_999)
    assert.equal(hangs(), 0)
    await clock.advance(1)
    assert.equal(hangs(), 1)
    assert.equal(clock.sleeping(), 0)
  })

  it('is silent where the job ends', async () => {
    const { clock, over, done, hangs } = watch(() => false)
    await clock.advance(999)
    over.abort()
    await done
    await clock.advance(10_000)
    assert.equal(hangs(), 0)
  })
})
