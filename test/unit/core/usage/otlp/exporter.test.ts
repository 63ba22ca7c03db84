import assert from 'node:assert/strict'
import { minuteMs } from '../../../../../src/core/durations.js'
import { createOtlpExporter, type OtlpExporterOptions } from '../../../../../src/core/usage/otlp/exporter.js'
import { createAttemptRecord } from '../../../../fakes/attemptRecords.js'
import { createManualClock, settle } from '../../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../../fakes/memoryStores.js'
import { measureProcessorMs } from '../../../../fakes/processorTime.js'
import { createWireServer, type RecordedRequest, type WireServer } from '../../../../fakes/wireServer.js'

const secret = 'collector-key-0123456789'

const spansOf = ({ body }: RecordedRequest): { readonly attributes: unknown }[] =>
  JSON.parse(body).resourceSpans[0].scopeSpans[0].spans
const countOf = ({ body }: RecordedRequest): number =>
  JSON.parse(body).resourceMetrics[0].scopeMetrics[0].metrics.find(
    ({ name }: { readonly name: string }) => name === 'gen_ai.client.operation.duration',
  ).histogram.dataPoints[0].count

describe('export over OTLP', () => {
  let server: WireServer
  beforeEach(async () => {
    server = await createWireServer()
    server.answer({ body: '{}' })
  })
  afterEach(() => server.close())

  function setUp(options: Partial<OtlpExporterOptions['settings']> = {}, fetching: typeof fetch = fetch) {
    const clock = createManualClock()
    const log = createMemoryLog()
    const exporter = createOtlpExporter({
      settings: {
        endpoint: `${server.origin}/otlp/`,
        headers: { 'x-collector-key': secret },
        traces: true,
        metrics: true,
        ...options,
      },
      source: { version: '1.2.3', instanceId: 'window-1' },
      fetch: fetching,
      clock,
      log,
    })
    return { clock, log, exporter }
  }

  const to = (path: string): readonly RecordedRequest[] =>
    server.requests.filter((request) => request.path === path)
  const traces = () => to('/otlp/v1/traces')
  const metrics = () => to('/otlp/v1/metrics')

  it('posts traces and metrics below the endpoint, with the headers of the settings', async () => {
    const { exporter } = setUp()
    exporter.record(createAttemptRecord())
    await exporter.flush()
    assert.deepEqual([traces().length, metrics().length], [1, 1])
    for (const { method, headers } of server.requests) {
      assert.deepEqual(
        [method, headers['content-type'], headers['x-collector-key']],
        ['POST', 'application/json', secret],
      )
    }
    exporter.dispose()
  })

  it('sends by itself every half minute, and nothing when nothing has happened', async () => {
    const { clock, exporter } = setUp()
    exporter.start()
    exporter.record(createAttemptRecord())
    await clock.advance(29_000)
    assert.equal(server.requests.length, 0)
    await clock.advance(1_000)
    await server.received(({ path }) => path === '/otlp/v1/metrics')
    await exporter.flush()
    await clock.advance(10 * minuteMs)
    await exporter.flush()
    assert.equal(server.requests.length, 2)
    exporter.dispose()
  })

  it('sends neither signal that is off', async () => {
    const { exporter } = setUp({ traces: false })
    exporter.record(createAttemptRecord())
    await exporter.flush()
    assert.deepEqual([traces().length, metrics().length], [0, 1])
    exporter.dispose()
  })

  it('sends nothing that a user wrote or is: no workspace, branch, terminal or conversation', async () => {
    const { exporter } = setUp()
    const canary = 'canary-7f3a'
    exporter.record(
      createAttemptRecord({
        caller: {
          door: 'gateway',
          terminal: canary,
          workspace: canary,
          branch: canary,
          conversation: canary,
        },
        requestId: canary,
      }),
    )
    await exporter.flush()
    assert.equal(server.requests.length, 2)
    for (const { body } of server.requests) assert.ok(!body.includes(canary), body)
    exporter.dispose()
  })

  it('loses nothing when the collector fails for a while, and tells the log once', async () => {
    const { log, exporter } = setUp()
    server.answer({ status: 503 })
    exporter.record(createAttemptRecord({ requestId: 'a' }))
    await exporter.flush()
    exporter.record(createAttemptRecord({ requestId: 'b' }))
    await exporter.flush()
    server.answer({ body: '{}' })
    await exporter.flush()
    const [told] = traces().slice(-1)
    const [sums] = metrics().slice(-1)
    assert.ok(told !== undefined && sums !== undefined)
    assert.deepEqual([spansOf(told).length, countOf(sums)], [2, 2])
    assert.equal(log.lines.length, 1)
    assert.ok(!log.lines.join().includes(secret))
    exporter.dispose()
  })

  it('asks a collector that fails less and less often, and not before it says', async () => {
    const { clock, exporter } = setUp({ metrics: false })
    server.answer({ status: 429, headers: { 'retry-after': '600' } })
    exporter.start()
    exporter.record(createAttemptRecord())
    await clock.advance(30_000)
    await server.received(({ path }) => path === '/otlp/v1/traces')
    await settle()
    await server.idle()
    await settle()
    await clock.advance(9 * minuteMs)
    assert.equal(traces().length, 1)
    exporter.dispose()
  })

  it('does not send again what the collector refuses for good', async () => {
    const { exporter } = setUp({ metrics: false })
    server.answer({ status: 400 })
    exporter.record(createAttemptRecord())
    await exporter.flush()
    await exporter.flush()
    assert.equal(traces().length, 1)
    exporter.dispose()
  })

  it('keeps the newest two thousand spans while nobody takes them, and sends them in batches', async () => {
    const { log, exporter } = setUp({ metrics: false })
    for (let index = 0; index < 3_000; index++)
      exporter.record(createAttemptRecord({ requestId: `${index}` }))
    await exporter.flush()
    assert.deepEqual(
      traces().map((request) => spansOf(request).length),
      [512, 512, 512, 512],
    )
    assert.match(log.lines.join(), /^warn 952 spans were dropped/)
    exporter.dispose()
  })

  it('holds up nobody when the collector accepts a request and never answers', async () => {
    const { clock, log, exporter } = setUp()
    server.answer({ silent: true })
    exporter.record(createAttemptRecord())
    const flushed = exporter.flush()
    await server.received(({ path }) => path === '/otlp/v1/traces')
    const took = measureProcessorMs(() => {
      for (let index = 0; index < 1_000; index++) exporter.record(createAttemptRecord())
    })
    assert.ok(took < 200, `${took} ms`)
    await clock.advance(10_000)
    await flushed
    assert.match(log.lines.join(), /did not answer within ten seconds/)
    exporter.dispose()
  })

  it('follows no redirection, wherever it leads', async () => {
    const elsewhere = await createWireServer()
    elsewhere.answer({ body: '{}' })
    const { log, exporter } = setUp()
    server.answer({ status: 307, headers: { location: `${elsewhere.origin}/v1/traces` } })
    exporter.record(createAttemptRecord())
    await exporter.flush()
    assert.deepEqual([traces().length, elsewhere.requests.length], [1, 0])
    assert.match(log.lines.join(), /cannot be reached/)
    exporter.dispose()
    await elsewhere.close()
  })

  it('ends without a trace: nothing is under way, nothing sleeps', async () => {
    const { clock, log, exporter } = setUp()
    server.answer({ silent: true })
    exporter.start()
    exporter.record(createAttemptRecord())
    const flushed = exporter.flush()
    await server.received(({ path }) => path === '/otlp/v1/traces')
    exporter.dispose()
    await flushed
    await server.idle()
    assert.deepEqual([clock.sleeping(), log.lines], [0, []])
  })
})
