import assert from 'node:assert/strict'
import type { EmbeddedEngine } from '../../../../src/core/ports.js'
import { createBatchedCounts } from '../../../../src/core/tokens/batchedCounts.js'
import { createManualClock, type ManualClock, settle } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { ask, childPids, collect, createTestEngine, never, useModelFolder } from './support.js'

const idleMs = 60_000

describe('counting with a model that is in memory', () => {
  const folder = useModelFolder()
  let engine: EmbeddedEngine
  let clock: ManualClock
  let log: ReturnType<typeof createMemoryLog>
  let said: string
  let endless: string

  before(async () => {
    said = await folder.write('said.gguf', { kind: 'script', reply: 'Steam whistles twice.' })
    endless = await folder.write('endless.gguf', { kind: 'script', reply: 'on and on ', loop: true })
  })
  beforeEach(() => {
    log = createMemoryLog()
    clock = createManualClock()
    engine = createTestEngine({ log, clock, idleMs })
  })
  afterEach(() => engine.dispose())

  it('starts no process and loads no model for it', async () => {
    assert.equal(await engine.countLoaded(said, ['Steam']), undefined)
    assert.deepEqual(childPids(log.lines), [])
    await collect(engine.chat(ask(endless, 'Hello', { parameters: { maxOutputTokens: 2 } }), never))
    assert.equal(await engine.countLoaded(said, ['Steam']), undefined)
  })

  it('counts each text as the model’s own tokenizer does', async () => {
    await collect(engine.chat(ask(said, 'Hello'), never))
    const texts = ['', 'Steam whistles twice.', '§§§', 'Straße 日本語 🚂', 'a\n\n  b']
    const counts = await engine.countLoaded(said, texts)
    const single: number[] = []
    for (const text of texts) single.push(await engine.countTokens(said, text, never))
    assert.deepEqual(counts, single)
  })

  it('loses none of many texts', async () => {
    await collect(engine.chat(ask(said, 'Hello'), never))
    const texts = Array.from({ length: 800 }, (_, index) => 'Steam whistles twice. '.repeat(index % 40))
    const counts = await engine.countLoaded(said, texts)
    assert.equal(counts?.length, texts.length)
    assert.ok(counts.every((tokens, index) => tokens === counts[index % 40]))
  })

  it('leaves a model alone that answers somebody', async () => {
    const stop = new AbortController()
    const answer = engine.chat(ask(endless, 'Hello'), stop.signal)[Symbol.asyncIterator]()
    await answer.next()
    assert.equal(await engine.countLoaded(endless, ['on']), undefined)
    stop.abort()
    await answer.return?.()
  })

  it('does not keep a model in memory', async () => {
    await collect(engine.chat(ask(said, 'Hello'), never))
    await clock.advance(idleMs - 1)
    assert.ok((await engine.countLoaded(said, ['Steam'])) !== undefined)
    await clock.advance(1)
    assert.equal(await engine.countLoaded(said, ['Steam']), undefined)
  })

  it('waits a fifth of a second for a process that hangs, and then for no further text', async () => {
    await collect(engine.chat(ask(said, 'Hello'), never))
    const [pid] = childPids(log.lines)
    assert.ok(pid !== undefined)
    process.kill(pid, 'SIGSTOP')
    const count = createBatchedCounts({
      ask: (texts) => engine.countLoaded(said, texts),
      estimate: () => -1,
      clock,
    })
    const asked = count('Steam')
    await settle()
    await clock.advance(200)
    assert.deepEqual([await asked, count('whistles')], [-1, -1])
    process.kill(pid, 'SIGCONT')
  })

  it('ends with the process', async () => {
    await collect(engine.chat(ask(said, 'Hello'), never))
    const [pid] = childPids(log.lines)
    assert.ok(pid !== undefined)
    process.kill(pid, 'SIGSTOP')
    const asked = engine.countLoaded(said, ['Steam'])
    process.kill(pid, 'SIGKILL')
    assert.equal(await asked, undefined)
  })
})
