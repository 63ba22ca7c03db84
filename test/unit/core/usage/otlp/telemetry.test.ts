import assert from 'node:assert/strict'
import type { OtlpSettings } from '../../../../../src/core/usage/otlp/endpoint.js'
import { createTelemetry } from '../../../../../src/core/usage/otlp/telemetry.js'
import { createAttemptRecord } from '../../../../fakes/attemptRecords.js'
import { createManualClock, settle } from '../../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../../fakes/memoryStores.js'
import { createWireServer, type WireServer } from '../../../../fakes/wireServer.js'

describe('telemetry', () => {
  let server: WireServer
  beforeEach(async () => {
    server = await createWireServer()
    server.answer({ body: '{}' })
  })
  afterEach(() => server.close())

  function setUp(first?: OtlpSettings) {
    const clock = createManualClock()
    const log = createMemoryLog()
    let settings = first
    const telemetry = createTelemetry({
      settings: () => settings,
      source: { version: '1.2.3', instanceId: 'window-1' },
      fetch,
      clock,
      log,
    })
    return { clock, log, telemetry, set: (next: OtlpSettings | undefined) => void (settings = next) }
  }

  const to = (path: string): OtlpSettings => ({
    endpoint: `${server.origin}${path}`,
    headers: {},
    traces: true,
    metrics: false,
  })
  const paths = (): string[] => server.requests.map(({ path }) => path)

  it('does nothing at all until the user names a collector', async () => {
    const { clock, telemetry } = setUp()
    telemetry.record(createAttemptRecord())
    await telemetry.flush()
    await clock.advance(3_600_000)
    assert.deepEqual([paths(), clock.sleeping()], [[], 0])
    telemetry.dispose()
  })

  it('begins with the first attempt after that, and sends it too', async () => {
    const { telemetry, set } = setUp()
    set(to(''))
    telemetry.record(createAttemptRecord())
    await telemetry.flush()
    assert.deepEqual(paths(), ['/v1/traces'])
    telemetry.dispose()
  })

  it('follows a change of the collector, and ends when it is taken away', async () => {
    const { clock, telemetry, set } = setUp(to('/a'))
    telemetry.record(createAttemptRecord())
    await telemetry.flush()
    set(to('/b'))
    telemetry.record(createAttemptRecord())
    await telemetry.flush()
    set(undefined)
    telemetry.record(createAttemptRecord())
    await telemetry.flush()
    await settle()
    assert.deepEqual([paths(), clock.sleeping()], [['/a/v1/traces', '/b/v1/traces'], 0])
    telemetry.dispose()
  })

  it('says once what is wrong with an address, and sends nothing', async () => {
    const { log, telemetry } = setUp({ ...to(''), endpoint: 'file:///etc/passwd' })
    telemetry.record(createAttemptRecord())
    telemetry.record(createAttemptRecord())
    await telemetry.flush()
    assert.deepEqual([paths(), log.lines.length], [[], 1])
    assert.match(log.lines[0] ?? '', /^warn Nothing is exported\. The address to export to does not start/)
    telemetry.dispose()
  })

  it('leaves nothing behind, also where it is disposed of while it opens', async () => {
    const { clock, telemetry } = setUp(to(''))
    telemetry.record(createAttemptRecord())
    telemetry.dispose()
    telemetry.record(createAttemptRecord())
    await settle()
    assert.deepEqual([paths(), clock.sleeping()], [[], 0])
  })
})
