import assert from 'node:assert/strict'
import { closeExtensions, closeLater } from '../../fakes/extension.js'
import { createWireServer, type WireServer } from '../../fakes/wireServer.js'
import { openWork } from '../../fakes/work.js'

describe('The settings of the export, in the extension as a whole', () => {
  closeExtensions()

  const paths = ['/v1/traces', '/v1/metrics'] as const

  let collector: WireServer
  beforeEach(async () => {
    collector = await createWireServer()
    closeLater(() => collector.close())
    collector.answer({ body: '{}' })
  })

  async function exported(settings: Readonly<Record<string, unknown>>) {
    const work = await openWork({ settings: { 'roundhouse.otlp.endpoint': collector.origin, ...settings } })
    await work.ask('work/small', 'A secret plan')
    await work.close()
    const bodies = collector.requests.map(({ body }) => body).join('')
    assert.doesNotMatch(bodies, /secret plan/)
    return paths.filter((path) => collector.requests.some((request) => request.path === path))
  }

  it('roundhouse.otlp.endpoint: usage is sent there, at the latest when the window closes', async () => {
    assert.deepEqual(await exported({}), ['/v1/traces', '/v1/metrics'])
  })

  it('roundhouse.otlp.endpoint: gets the headers of the environment’s variable', async () => {
    const name = 'OTEL_EXPORTER_OTLP_HEADERS'
    const before = process.env[name]
    process.env[name] = 'x-collector=yes'
    try {
      assert.deepEqual(await exported({}), paths)
      assert.ok(collector.requests.every(({ headers }) => headers['x-collector'] === 'yes'))
    } finally {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    }
  })

  it('roundhouse.otlp.traces: off, no spans are sent', async () => {
    assert.deepEqual(await exported({ 'roundhouse.otlp.traces': false }), ['/v1/metrics'])
  })

  it('roundhouse.otlp.metrics: off, no metrics are sent', async () => {
    assert.deepEqual(await exported({ 'roundhouse.otlp.metrics': false }), ['/v1/traces'])
  })
})
