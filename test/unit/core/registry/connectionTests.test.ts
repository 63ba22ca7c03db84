import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { ModelError } from '../../../../src/core/errors.js'
import { createConnectionTests } from '../../../../src/core/registry/connectionTests.js'
import { leastPauseMs } from '../../../../src/core/registry/pace.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemoryFiles, createMemoryLog } from '../../../fakes/memoryStores.js'
import {
  createConnection,
  createProviderPorts,
  createScriptedProvider,
} from '../../../fakes/scriptedProvider.js'

const connection = createConnection()

function setUp(files = createMemoryFiles()) {
  const clock = createManualClock()
  const log = createMemoryLog()
  const tests = createConnectionTests({ files, clock, log })
  const provider = createScriptedProvider()
  provider.answerLists([{ id: 'a' }])
  const caller = new AbortController()
  const changed: string[] = []
  tests.onDidChange((id) => void changed.push(id))
  const run = (tested = connection) =>
    tests.run({
      connection: tested,
      provider,
      key: undefined,
      ports: createProviderPorts(clock),
      signal: caller.signal,
    })
  return { clock, log, tests, provider, caller, changed, run, files }
}

const passed = { latencyMs: 0, modelCount: 1, key: 'none' }

describe('remembered connection tests', () => {
  it('are kept with their time, and are there in the next window', async () => {
    const { clock, tests, run, files, changed } = setUp()
    await run()
    await tests.remember(connection)
    const record = { at: clock.now(), outcome: passed }
    assert.deepEqual([tests.last(connection), changed], [record, ['work']])
    const next = setUp(files)
    assert.equal(next.tests.last(connection), undefined)
    await next.tests.load()
    assert.deepEqual(next.tests.last(connection), record)
  })

  it('tell of a failure where it happened and what it was', async () => {
    const { tests, provider, run } = setUp()
    provider.answerLists({
      type: 'fail',
      error: new ModelError({ code: 'unreachable', message: 'Nobody is there.' }),
    })
    await assert.rejects(run(), /Nobody is there/)
    await tests.remember(connection)
    assert.deepEqual(tests.last(connection)?.outcome, {
      step: 'list',
      code: 'unreachable',
      message: 'Nobody is there.',
    })
  })

  it('are not those that nobody asked to remember, nor cancelled ones', async () => {
    const { tests, provider, caller, clock, run, changed } = setUp()
    await run()
    assert.equal(tests.last(connection), undefined)
    provider.answerLists({ type: 'hang' })
    await clock.advance(leastPauseMs)
    const cancelled = assert.rejects(run(), { code: 'cancelled' })
    await clock.advance(1)
    caller.abort()
    await cancelled
    await tests.remember(connection)
    assert.deepEqual([tests.last(connection), changed], [undefined, []])
  })

  it('count only for the server that was tested', async () => {
    const { tests, run } = setUp()
    const elsewhere = createConnection({ baseUrl: 'https://elsewhere.test' })
    await run(elsewhere)
    await tests.remember(connection)
    assert.equal(tests.last(connection), undefined, 'it was saved with another address')
    await run()
    await tests.remember(connection)
    assert.equal(tests.last(elsewhere), undefined)
    assert.notEqual(tests.last(connection), undefined)
  })

  it('of other connections, tested in other windows, stay', async () => {
    const files = createMemoryFiles()
    const [first, second] = [setUp(files), setUp(files)]
    const home = createConnection({ id: 'home' })
    await first.tests.load()
    await second.run(home)
    await second.tests.remember(home)
    await first.run()
    await first.tests.remember(connection)
    const third = setUp(files)
    await third.tests.load()
    for (const each of [home, connection]) assert.deepEqual(third.tests.last(each)?.outcome, passed)
  })

  it('go with their connection', async () => {
    const { tests, run, files } = setUp()
    await run()
    await tests.remember(connection)
    await tests.forget('work')
    assert.equal(tests.last(connection), undefined)
    assert.doesNotMatch([...files.texts.values()].join(), /work/)
    const writes = files.written.length
    await tests.forget('unknown')
    assert.equal(files.written.length, writes)
  })

  it('survive a disk that fails, with a line in the log', async () => {
    const { tests, run, files, log } = setUp()
    files.breakWith(new Error('full'))
    await tests.load()
    await run()
    await tests.remember(connection)
    assert.deepEqual(tests.last(connection)?.outcome, passed)
    assert.match(log.lines.join('\n'), /could not be read: full[\s\S]*could not be kept on disk: full/)
  })

  it('survive any document', async () => {
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.record({
        at: fc.nat(),
        source: fc.constant('scripted https://api.scripted.test/v1'),
        outcome: fc.jsonValue(),
      }),
    )
    const document = fc.oneof(
      fc.jsonValue(),
      fc.record({ version: fc.constant(1), tests: fc.dictionary(fc.constant('work'), entry) }),
    )
    await fc.assert(
      fc.asyncProperty(document, async (value) => {
        const { tests, files } = setUp()
        files.texts.set('connectionTests.json', JSON.stringify(value))
        await tests.load()
        assert.equal(tests.last(connection), undefined)
      }),
    )
  })
})
