import assert from 'node:assert/strict'
import { createPricedModel, createRequest } from '../../fakes/usagePipeline.js'
import { createWireServer, type WireServer } from '../../fakes/wireServer.js'
import { closePipelines, openPipelineBench } from '../vscode/commands/pipelineBench.js'

const always = { from: 0, to: 9e15 }

describe('createPipeline', () => {
  closePipelines()

  let collector: WireServer
  beforeEach(async () => {
    collector = await createWireServer()
    collector.answer({ body: '{}' })
  })
  afterEach(() => collector.close())

  it('tells the collector before it closes what it has not been told yet, how far budgets are used included', async () => {
    const { ask, exportTo, pipeline } = await openPipelineBench()
    exportTo(collector.origin)
    await ask('A secret plan')
    assert.equal(collector.requests.length, 0)
    await pipeline.close()
    const [traces, metrics] = collector.requests
    assert.deepEqual([traces?.path, metrics?.path], ['/v1/traces', '/v1/metrics'])
    assert.match(metrics?.body ?? '', /roundhouse\.client\.budget\.use.*"asDouble":0\.0004/)
    assert.doesNotMatch(`${traces?.body}${metrics?.body}`, /secret plan|project|good-key/)
  })

  it('closes though nothing was asked and nothing is exported', async () => {
    const { pipeline } = await openPipelineBench()
    await pipeline.close()
    assert.deepEqual(collector.requests, [])
  })

  it('keeps texts beside the attempt that they are of, and neither in the ledger nor in a decision', async () => {
    const { ask, kept, pipeline } = await openPipelineBench()
    kept.isOn = true
    await ask('Where is good-key-1?')
    const [attempt] = pipeline.attempts(always)
    assert.ok(attempt)
    const { prompt, answer } = pipeline.texts.find(attempt) ?? {}
    assert.deepEqual([prompt, answer], ['user:\nWhere is [redacted]?', 'Hello.'])
    assert.doesNotMatch(JSON.stringify([attempt, pipeline.decisions.list()]), /Where is|Hello/)
  })

  it('estimates an hour-long cache write where the connection’s provider may make one', async () => {
    const { pipeline } = await openPipelineBench()
    const usdOf = (id: string): number => {
      const model = createPricedModel({
        connection: 'cloud',
        id,
        pricing: { input: 4, output: 0, cacheWrite: 5 },
      })
      return pipeline.estimate(createRequest(), model).usd ?? 0
    }
    assert.ok(usdOf('small') > 0)
    assert.equal((usdOf('hourly') / usdOf('small')).toFixed(6), (8 / 5).toFixed(6))
  })
})
