import assert from 'node:assert/strict'
import { createEmitter } from '../../../../../src/core/event.js'
import type { OtlpSettings } from '../../../../../src/core/usage/otlp/endpoint.js'
import { createSettledExporter } from '../../../../../src/core/usage/otlp/settledExporter.js'
import { createAttemptRecord } from '../../../../fakes/attemptRecords.js'
import { createManualClock } from '../../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../../fakes/memoryStores.js'
import { createWireServer, type WireServer } from '../../../../fakes/wireServer.js'

const off: OtlpSettings = { endpoint: '', headers: {}, traces: true, metrics: true }

describe('createSettledExporter', () => {
  let server: WireServer
  beforeEach(async () => {
    server = await createWireServer()
    server.answer({ body: '{}' })
  })
  afterEach(() => server.close())

  function setUp(initial: OtlpSettings) {
    let settings = initial
    const changed = createEmitter<void>()
    const clock = createManualClock()
    const log = createMemoryLog()
    const posts: Promise<unknown>[] = []
    const exporter = createSettledExporter({
      settings: () => settings,
      onDidChange: changed.event,
      source: { version: '1.2.3', instanceId: 'window-1' },
      fetch: (input, init) => {
        const post = fetch(input, init)
        posts.push(post)
        return post
      },
      clock,
      log,
    })
    const set = (next: OtlpSettings): void => {
      settings = next
      changed.fire()
    }
    /** Lets the exporter's time come, and what it has sent arrive. */
    const pass = async () => {
      await import('../../../../../src/core/usage/otlp/exporter.js')
      await clock.advance(30_000)
      await Promise.all(posts)
      return server.requests.map(({ path }) => path)
    }
    return { exporter, set, pass, clock, log }
  }

  it('sends nothing and waits for nothing while there is no endpoint', async () => {
    const { exporter, pass, clock } = setUp(off)
    exporter.record(createAttemptRecord())
    assert.deepEqual(await pass(), [])
    assert.equal(clock.sleeping(), 0)
  })

  it('begins when an endpoint is set, goes to another one after a change, and ends at once', async () => {
    const { exporter, set, pass, clock } = setUp(off)
    set({ ...off, endpoint: `${server.origin}/one`, metrics: false })
    exporter.record(createAttemptRecord())
    assert.deepEqual(await pass(), ['/one/v1/traces'])
    set({ ...off, endpoint: `${server.origin}/two`, metrics: false })
    exporter.record(createAttemptRecord())
    assert.deepEqual(await pass(), ['/one/v1/traces', '/two/v1/traces'])
    exporter.record(createAttemptRecord())
    set(off)
    assert.equal((await pass()).length, 2)
    assert.equal(clock.sleeping(), 0)
  })

  it('says once that an address cannot be sent to, and goes on', async () => {
    const { exporter, pass, log } = setUp({ ...off, endpoint: 'ftp://collector' })
    exporter.record(createAttemptRecord())
    exporter.record(createAttemptRecord())
    assert.deepEqual(await pass(), [])
    assert.equal(log.lines.length, 1)
    assert.match(log.lines[0] ?? '', /^warn Usage is not exported\. The address/)
  })

  it('sends nothing more once it is disposed of', async () => {
    const { exporter, pass, clock } = setUp({ ...off, endpoint: server.origin })
    exporter.record(createAttemptRecord())
    exporter.dispose()
    assert.deepEqual(await pass(), [])
    assert.equal(clock.sleeping(), 0)
  })

  it('sends what it has before it closes, though it is disposed of meanwhile, and nothing after', async () => {
    const { exporter, pass, clock } = setUp({ ...off, endpoint: server.origin })
    exporter.record(createAttemptRecord())
    const closed = exporter.close()
    exporter.record(createAttemptRecord())
    exporter.dispose()
    await closed
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      ['/v1/traces', '/v1/metrics'],
    )
    assert.equal(clock.sleeping(), 0)
    assert.equal((await pass()).length, 2)
  })

  it('waits three seconds at most for a collector that does not answer, and lets go of it', async () => {
    server.answer({ silent: true })
    const { exporter, clock } = setUp({ ...off, endpoint: server.origin })
    exporter.record(createAttemptRecord())
    const closed = exporter.close()
    await server.received(() => true)
    await clock.advance(3_000)
    await closed
    await server.idle()
    assert.equal(clock.sleeping(), 0)
  })

  it('closes at once where nothing is exported', async () => {
    const { exporter, clock } = setUp(off)
    await exporter.close()
    assert.equal(clock.sleeping(), 0)
  })
})
