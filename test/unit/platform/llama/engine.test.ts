import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { EmbeddedEngine } from '../../../../src/core/ports.js'
import { defaultThreads } from '../../../../src/platform/llama/engine.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import {
  ask,
  childPids,
  collect,
  createTestEngine,
  failure,
  never,
  sourceProgram,
  textOf,
  useModelFolder,
} from './support.js'

/** No word comes twice, so each is one token of the script. */
const reply = 'Steam whistles twice, the turntable moves, and number nine rolls out into daylight.'

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('the embedded engine', () => {
  const folder = useModelFolder()
  let engine: EmbeddedEngine
  let log: ReturnType<typeof createMemoryLog>
  let said: string
  let endless: string

  before(async () => {
    said = await folder.write('said.gguf', { kind: 'script', reply })
    endless = await folder.write('endless.gguf', {
      kind: 'script',
      reply: 'Round and round it goes, ',
      loop: true,
    })
  })

  const startEngine = (): void => {
    log = createMemoryLog()
    engine = createTestEngine({ log })
  }
  const stopEngine = (): void => engine.dispose()

  describe('with a good model', () => {
    before(startEngine)
    after(stopEngine)

    it('gives the model’s reply word for word, its exact usage and how it ended', async () => {
      const parts = await collect(engine.chat(ask(said, 'Hello'), never))
      assert.equal(textOf(parts), reply)
      const [usage, finish] = parts.slice(-2)
      assert.ok(usage?.type === 'usage')
      assert.equal(usage.usage.accuracy, 'exact')
      assert.equal(usage.usage.outputTokens, reply.split(' ').length + 1)
      assert.ok(usage.usage.inputTokens > 5)
      assert.deepEqual(finish, { type: 'finish', reason: 'stop' })
    })

    it('streams the reply in several parts', async () => {
      const parts = await collect(engine.chat(ask(said, 'Hello'), never))
      assert.ok(parts.filter((part) => part.type === 'text').length > 1)
    })

    it('reports what it still had of the prompt as read from the cache', async () => {
      await collect(engine.chat(ask(said, 'Hello'), never))
      const parts = await collect(engine.chat(ask(said, 'Hello'), never))
      const usage = parts.find((part) => part.type === 'usage')
      assert.ok(usage !== undefined && usage.usage.cacheReadInputTokens >= usage.usage.inputTokens - 1)
    })

    it('ends with length after maxOutputTokens', async () => {
      const request = ask(endless, 'Hello', { parameters: { maxOutputTokens: 7 } })
      const parts = await collect(engine.chat(request, never))
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'length' })
      const usage = parts.find((part) => part.type === 'usage')
      assert.equal(usage?.usage.outputTokens, 7)
    })

    it('ends before a stop text', async () => {
      const request = ask(said, 'Hello', { parameters: { stop: ['turntable'] } })
      const parts = await collect(engine.chat(request, never))
      assert.equal(textOf(parts), 'Steam whistles twice, the ')
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' })
    })

    it('counts tokens with the model’s own tokenizer', async () => {
      // Two bytes each, and nothing that the tokenizer has learnt.
      assert.equal(await engine.countTokens(said, '§§§', never), 6)
    })

    it('reads the facts that the file states', async () => {
      const path = await folder.write('facts.gguf', {
        kind: 'script',
        reply: 'x',
        name: 'Tiny Facts',
        context: 12_345,
      })
      const facts = await engine.inspect(path, never)
      assert.deepEqual(facts, {
        name: 'Tiny Facts',
        family: 'tiny-script',
        contextWindow: 12_345,
        maxOutputTokens: Math.floor(12_345 / 4),
        capabilities: { toolCalling: true, imageInput: false, structuredOutput: true, embedding: false },
        sizeBytes: (await readFile(path)).length,
        quantization: 'Q8_0',
        parameterSize: facts.parameterSize,
        promptTemplate: 'ChatML',
      })
      assert.match(facts.parameterSize ?? '', /^\d+(\.\d)?K$/)
    })

    it('finds a model that comes with the extension', async () => {
      const builtin = createTestEngine({ builtinFolder: folder.path })
      try {
        const parts = await collect(builtin.chat(ask('${builtin}/said.gguf', 'Hello'), never))
        assert.equal(textOf(parts), reply)
      } finally {
        builtin.dispose()
      }
    })
  })

  describe('with several requests', () => {
    before(startEngine)
    after(stopEngine)

    it('serves two models at once', async () => {
      const other = await folder.write('other.gguf', { kind: 'script', reply: 'A second engine answers.' })
      const [first, second] = await Promise.all([
        collect(engine.chat(ask(said, 'Hello'), never)),
        collect(engine.chat(ask(other, 'Hello'), never)),
      ])
      assert.equal(textOf(first), reply)
      assert.equal(textOf(second), 'A second engine answers.')
    })

    it('answers requests for one model in the order in which they came', async () => {
      const order: number[] = []
      const requests = [1, 2, 3, 4].map(async (number) => {
        const parts = await collect(engine.chat(ask(said, `Question ${number}`), never))
        order.push(number)
        return textOf(parts)
      })
      assert.deepEqual(await Promise.all(requests), [reply, reply, reply, reply])
      assert.deepEqual(order, [1, 2, 3, 4])
    })

    it('lets a waiting request be cancelled without disturbing the one before it', async () => {
      const running = engine.chat(ask(endless, 'First', { parameters: { maxOutputTokens: 60 } }), never)
      const iterator = running[Symbol.asyncIterator]()
      await iterator.next()
      const controller = new AbortController()
      const waiting = collect(engine.chat(ask(endless, 'Second'), controller.signal))
      controller.abort()
      assert.equal((await failure(waiting)).code, 'cancelled')
      let last = await iterator.next()
      for (let next = last; next.done !== true; next = await iterator.next()) last = next
      assert.deepEqual(last.value, { type: 'finish', reason: 'length' })
    })
  })

  describe('when a request is cancelled', () => {
    before(startEngine)
    after(stopEngine)

    it('stops generating in mid-stream, so that the next request is served', async () => {
      const controller = new AbortController()
      let parts = 0
      const cancelledRequest = (async () => {
        for await (const _ of engine.chat(ask(endless, 'Hello'), controller.signal)) {
          parts++
          controller.abort()
        }
      })()
      assert.equal((await failure(cancelledRequest)).code, 'cancelled')
      assert.equal(parts, 1)
      const next = await collect(
        engine.chat(ask(endless, 'Hello', { parameters: { maxOutputTokens: 3 } }), never),
      )
      assert.deepEqual(next.at(-1), { type: 'finish', reason: 'length' })
    })

    it('stops generating when its reader leaves', async () => {
      for await (const _ of engine.chat(ask(endless, 'Hello'), never)) break
      const next = await collect(
        engine.chat(ask(endless, 'Hello', { parameters: { maxOutputTokens: 3 } }), never),
      )
      assert.deepEqual(next.at(-1), { type: 'finish', reason: 'length' })
    })
  })

  describe('with a bad file', () => {
    before(startEngine)
    after(stopEngine)

    it('survives a file that aborts the process, names it, and serves the next request', async () => {
      const path = await folder.write('aborts.gguf', { kind: 'random', drop: ['llama.feed_forward_length'] })
      const error = await failure(collect(engine.chat(ask(path, 'Hello'), never)))
      assert.equal(error.code, 'engine-failed')
      assert.ok(error.message.includes(path))
      assert.match(error.message, /SIGABRT.*download it again/)
      assert.equal(textOf(await collect(engine.chat(ask(said, 'Hello'), never))), reply)
    })

    it('does not load the file that ended the process again for 30 s, and serves others meanwhile', async () => {
      const clock = createManualClock()
      const resting = createTestEngine({ clock })
      const path = await folder.write('again.gguf', { kind: 'random', drop: ['llama.feed_forward_length'] })
      const load = () => failure(collect(resting.chat(ask(path, 'Hello'), never)))
      try {
        assert.match((await load()).message, /SIGABRT/)
        const running = resting.chat(ask(endless, 'Hello', { parameters: { maxOutputTokens: 50 } }), never)
        const iterator = running[Symbol.asyncIterator]()
        await iterator.next()
        await clock.advance(29_000)
        assert.match((await load()).message, /not tried again for 1 s/)
        assert.equal((await iterator.next()).done, false)
        await iterator.return?.()
        await clock.advance(1000)
        assert.match((await load()).message, /SIGABRT/)
        assert.match((await load()).message, /not tried again for 60 s/)
      } finally {
        resting.dispose()
      }
    })

    it('tells a request that was served beside it to try again', async () => {
      const path = await folder.write('beside.gguf', { kind: 'random', drop: ['llama.feed_forward_length'] })
      const running = collect(
        engine.chat(ask(endless, 'Hello', { parameters: { maxOutputTokens: 4000 } }), never),
      )
      const [innocent, guilty] = await Promise.all([
        failure(running),
        failure(collect(engine.chat(ask(path, 'Hello'), never))),
      ])
      assert.equal(guilty.retryable, false)
      assert.equal(innocent.retryable, true)
      assert.match(innocent.message, /beside\.gguf.*send the request again/)
    })

    it('names a file that is cut off', async () => {
      const whole = await readFile(said)
      const path = await folder.writeBytes('cut.gguf', whole.subarray(0, whole.length / 2))
      const error = await failure(collect(engine.chat(ask(path, 'Hello'), never)))
      assert.equal(error.code, 'engine-failed')
      assert.match(
        error.message,
        /cut\.gguf.*it is incomplete: .* bytes of tensors are there.*Download it again/,
      )
    })

    it('names a file whose header is damaged, without loading it', async () => {
      const bytes = await readFile(said)
      const path = await folder.writeBytes('header.gguf', Buffer.from(bytes).fill(0xff, 24, 60))
      const error = await failure(engine.inspect(path, never))
      assert.equal(error.code, 'engine-failed')
      assert.match(error.message, /header\.gguf/)
    })

    it('says both numbers when a prompt is longer than the context', async () => {
      const error = await failure(
        collect(engine.chat(ask(said, 'turn '.repeat(3000), { contextSize: 1024 }), never)),
      )
      assert.equal(error.code, 'context-length')
      assert.match(error.message, /has \d{4,} tokens .* takes 1024/)
    })

    it('refuses to chat with a model for embeddings', async () => {
      const path = await folder.write('vectors.gguf', { kind: 'embedding' })
      assert.equal((await engine.inspect(path, never)).capabilities?.embedding, true)
      assert.equal(
        (await failure(collect(engine.chat(ask(path, 'Hello'), never)))).code,
        'capability-unsupported',
      )
    })
  })

  describe('as a process', () => {
    beforeEach(startEngine)
    afterEach(stopEngine)

    it('leaves none behind when it is disposed in mid-stream', async () => {
      const iterator = engine.chat(ask(endless, 'Hello'), never)[Symbol.asyncIterator]()
      await iterator.next()
      const [pid] = childPids(log.lines)
      assert.ok(pid !== undefined && isRunning(pid))
      engine.dispose()
      await untilGone(pid)
      const rest = (async () => {
        while ((await iterator.next()).done !== true);
      })()
      assert.equal((await failure(rest)).code, 'cancelled')
    })

    it('ends when nothing has used it for a while, and starts again when it is needed', async () => {
      const clock = createManualClock()
      const idle = createTestEngine({ log, clock, idleMs: 60_000 })
      try {
        await collect(idle.chat(ask(said, 'Hello'), never))
        const [first] = childPids(log.lines)
        assert.ok(first !== undefined)
        await clock.advance(59_000)
        assert.ok(isRunning(first))
        await clock.advance(1_000)
        await untilGone(first)
        assert.equal(textOf(await collect(idle.chat(ask(said, 'Hello'), never))), reply)
        assert.equal(childPids(log.lines).length, 2)
      } finally {
        idle.dispose()
      }
    })

    it('does not outlive its parent', async () => {
      const parent = fork(new URL('orphanParent.ts', import.meta.url), [said], {
        execArgv: sourceProgram.runtimeArguments,
      })
      const [message] = await once(parent, 'message')
      const pid = Number(message)
      assert.ok(isRunning(pid))
      parent.kill('SIGKILL')
      await untilGone(pid)
    })

    it('is not started for a request that was cancelled before', async () => {
      const error = await failure(collect(engine.chat(ask(said, 'Hello'), AbortSignal.abort())))
      assert.equal(error.code, 'cancelled')
      assert.deepEqual(childPids(log.lines), [])
    })

    it('is not started for a file that is no GGUF file, or none at all', async () => {
      const path = await folder.writeBytes(
        'page.gguf',
        Buffer.from('<!doctype html><title>Not found</title>'),
      )
      assert.match((await failure(engine.inspect(path, never))).message, /page\.gguf is not a GGUF file/)
      const missing = await failure(collect(engine.chat(ask('/nowhere/gone.gguf', 'Hello'), never)))
      assert.equal(missing.code, 'not-found')
      assert.match(missing.message, /\/nowhere\/gone\.gguf/)
      assert.deepEqual(childPids(log.lines), [])
    })

    it('is not started where that is not allowed', async () => {
      const restricted = createTestEngine({ log, allowed: () => false })
      const error = await failure(collect(restricted.chat(ask(said, 'Hello'), never)))
      assert.equal(error.code, 'forbidden')
      assert.match(error.message, /trust this workspace/)
      assert.deepEqual(childPids(log.lines), [])
    })

    it('gets none of the environment’s keys', async () => {
      const secretive = createTestEngine({
        log,
        environment: { ...process.env, OPENAI_API_KEY: 'sk-not-for-you' },
      })
      try {
        await collect(secretive.chat(ask(said, 'Hello'), never))
        const [pid] = childPids(log.lines)
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
        assert.ok(!environment.includes('sk-not-for-you'))
      } finally {
        secretive.dispose()
      }
    })

    it('fails with a sentence when its program is missing', async () => {
      const broken = createTestEngine({ program: { ...sourceProgram, path: `${folder.path}/none.mjs` } })
      const error = await failure(collect(broken.chat(ask(said, 'Hello'), never)))
      assert.equal(error.code, 'engine-failed')
      broken.dispose()
    })
  })

  it('uses at least one thread, at most four, and half of the processor', () => {
    assert.deepEqual([1, 2, 4, 6, 16].map(defaultThreads), [1, 1, 2, 3, 4])
  })
})
