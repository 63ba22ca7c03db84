import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChatRequest } from '../../../src/core/chat.js'
import { isRecord, parseJson } from '../../../src/core/json.js'
import { formatModelRef } from '../../../src/core/model.js'
import type { RankedModel } from '../../../src/core/routing/rank.js'
import { createRouteTable } from '../../../src/core/routing/routeTable.js'
import { budgetList } from '../../../src/vscode/policies/budgetSchema.js'
import { completeBudget } from '../../../src/vscode/policies/completeBudgets.js'
import { readList } from '../../../src/vscode/policies/listSetting.js'
import { routeList } from '../../../src/vscode/policies/routeSchema.js'
import { type ChatServer, chatReply, createChatServer, createOllamaServer } from '../../fakes/chatServer.js'
import { readBlocks } from '../../fakes/pages.js'
import { requestOf } from '../../fakes/routing.js'
import { createConnection } from '../../fakes/scriptedProvider.js'
import { createBudget, createPricedModel, createRequest } from '../../fakes/usagePipeline.js'
import { agentMessages, agentTools } from '../../fakes/vscodeChat.js'
import { openWindow, type WindowOptions } from '../../fakes/windows.js'
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

const caller = (extension: string) => ({ door: 'languageModel', extension }) as const

describe('createPipeline in two windows over real servers', () => {
  const closers: (() => Promise<void> | void)[] = []
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'roundhouse-windows-'))
  })
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function serve(reply: Parameters<typeof createChatServer>[1], model = 'small'): Promise<ChatServer> {
    const server = await createChatServer([model], reply)
    closers.push(() => server.close())
    return server
  }

  /** What it puts out costs `output` USD a million tokens, and an answer is no longer than 10,000. */
  const connect = (id: string, { origin }: ChatServer, output: number, models: object = {}) =>
    createConnection({
      id,
      provider: 'openai-compatible',
      baseUrl: `${origin}/v1`,
      models: { small: { pricing: { input: 1, output }, maxOutputTokens: 10_000 }, ...models },
    })

  async function openTwo(options: Omit<WindowOptions, 'folder'>) {
    const windows = [
      await openWindow({ folder, ...options }),
      await openWindow({ folder, ...options }),
    ] as const
    closers.push(...windows.map((window) => () => window.dispose()))
    return windows
  }

  it('spend no more than the last dollar, however many requests come at once, and say who has used it', async () => {
    const server = await serve(() => chatReply({ text: 'Hello', outputTokens: 10_000 }))
    const windows = await openTwo({
      connections: [connect('work', server, 10)],
      wishes: { budgets: () => [createBudget({ limit: 1 })] },
    })
    const parameters = { maxOutputTokens: 10_000 }
    const asked = Array.from({ length: 50 }, (_, at) =>
      windows[at % 2 === 0 ? 0 : 1].ask('work/small', {
        caller: caller(`acme.${at % 2}`),
        parameters,
      }),
    )
    const answers = await Promise.all(asked)
    const refused = answers.filter(({ error }) => error?.code === 'budget-exceeded')
    assert.deepEqual([answers.length - refused.length, server.calls()], [9, 9])
    for (const { pipeline } of windows) pipeline.ledger.flush()
    const [status] = windows[0].pipeline.budgets.status()
    assert.deepEqual([status?.spent, status?.reserved], [0.900009, 0])
    for (const model of ['work/small', 'auto']) {
      const { error } = await windows[1].ask(model, { caller: caller('acme.writer'), parameters })
      assert.match(
        error?.message ?? '',
        /The budget “Month” of \$1\.00 a month does not allow this request: \$0\.9000 used, and it may use \$0\.1000\. Used by acme\.[01] .*It begins anew on 1 .*, 00:00 \(UTC\)/,
        model,
      )
    }
    assert.equal(server.calls(), 9)
  })

  it('put on record once what was changed while neither was open', async () => {
    const audited = (limit: number) => [
      {
        subject: 'budget' as const,
        entries: () => new Map([['month', { id: 'month', limit }]]),
        onDidChange: () => ({ dispose: () => {} }),
      },
    ]
    const server = await serve(() => chatReply({ text: 'Hello', outputTokens: 1 }))
    const connections = [connect('work', server, 10)]
    for (const limit of [5, 50]) {
      for (const window of await openTwo({ connections, audited: audited(limit) })) {
        const changes = window.pipeline.audit.read({ from: 0, to: 9e15 })
        assert.deepEqual(
          changes.map(({ subject, name, action, detail, origin }) => [subject, name, action, detail, origin]),
          limit === 5 ? [] : [['budget', 'month', 'changed', 'limit', 'settings, while no window was open']],
        )
        window.dispose()
      }
    }
  })

  it('warn once of each threshold', async () => {
    const server = await serve(() => chatReply({ text: 'Hello', outputTokens: 100_000 }))
    const budget = createBudget({ limit: 1, kind: 'soft', warnAt: [0.3, 0.9] })
    const [first, second] = await openTwo({
      connections: [connect('work', server, 2)],
      wishes: { budgets: () => [budget] },
    })
    for (let turn = 0; turn < 3; turn++)
      await Promise.all([first.ask('work/small'), second.ask('work/small')])
    for (const { pipeline } of [first, second]) pipeline.ledger.flush()
    const shares = [...first.warnings, ...second.warnings].map(({ share }) => share)
    assert.deepEqual(
      shares.toSorted((a, b) => a - b),
      [0.3, 0.9],
    )
  })

  it('go elsewhere before a provider refuses that has told one of them that nothing is left', async () => {
    const headers = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1h' }
    const cheap = await serve(() => chatReply({ text: 'cheap', headers }))
    const dear = await serve(() => chatReply({ text: 'dear' }))
    const [first, second] = await openTwo({
      connections: [connect('cheap', cheap, 0.1), connect('dear', dear, 10)],
    })
    const texts = []
    for (const window of [first, first, second]) texts.push((await window.ask('auto/cheapest')).text)
    assert.deepEqual([texts, cheap.calls()], [['cheap', 'dear', 'dear'], 1])
    const { error } = await second.ask('cheap/small')
    assert.match(
      error?.message ?? '',
      /^small has no requests left, by its provider's own word\. Try again in 60 min/,
    )
  })

  it('run no more requests at once than their connection allows, both together', async () => {
    let most = 0
    const server = await serve(() => {
      most = Math.max(most, server.openExchanges())
      const { body, ...reply } = chatReply({ text: 'Hello' })
      assert.ok(typeof body === 'string')
      return { ...reply, body: [{ waitMs: 20 }, { write: body }] }
    })
    const connection = { ...connect('work', server, 1), limits: { requestsAtOnce: 1 } }
    const windows = await openTwo({ connections: [connection] })
    const asked = [0, 1, 2].flatMap(() => windows.map((window) => window.ask('work/small')))
    for (const { error } of await Promise.all(asked)) assert.equal(error, undefined)
    assert.deepEqual([most, server.calls()], [1, 6])
  })

  it('leave a model alone that has asked one of them for a pause', async () => {
    const busy = await serve(() => ({ status: 429, headers: { 'retry-after': '3600' }, body: '{}' }))
    const other = await serve(() => chatReply({ text: 'other' }))
    const [first, second] = await openTwo({
      connections: [connect('busy', busy, 0.1), connect('other', other, 10)],
    })
    for (const window of [first, second, second])
      assert.equal((await window.ask('auto/cheapest')).text, 'other')
    assert.equal(busy.calls(), 1)
    const { error } = await second.ask('auto/cheapest', { requirements: { maxCost: 0.0005 } })
    assert.match(
      error?.message ?? '',
      /busy\/small asks to be left alone for another 60 min .*Try again in 60 min,/,
    )
  })

  it('propose the model that comes with the extension neither as a cheaper one nor in a selection', async () => {
    const cheap = await serve(() => chatReply({ text: 'cheap' }))
    const dear = await serve(() => chatReply({ text: 'dear' }))
    const [{ pipeline }] = await openTwo({
      connections: [connect('cheap', cheap, 0.1), connect('dear', dear, 100)],
    })
    const cheaper = pipeline.quote(requestOf('dear/small'))?.cheaper ?? []
    assert.deepEqual(
      cheaper.map(({ ref }) => formatModelRef(ref)),
      ['cheap/small'],
    )
    const { ranked, leftOut } = pipeline.select({ requirements: {}, caller: caller('acme.writer') })
    const refs = (rows: readonly RankedModel[]) => rows.map(({ model }) => formatModelRef(model))
    assert.deepEqual(refs(ranked).toSorted(), ['cheap/small', 'dear/small'])
    assert.deepEqual(
      leftOut.map(({ model, obstacle }) => [model.id, obstacle?.code]),
      [['welcome', 'by-name-only']],
    )
  })

  it('do what README.md says of three keys, an Ollama and a limit for the month', async () => {
    const settings: unknown = parseJson(readBlocks('../README.md', 'json')[0] ?? '')
    assert.ok(isRecord(settings))
    const routes = readList(routeList, settings['roundhouse.routes'])
    const budgets = readList(budgetList, settings['roundhouse.budgets'])
    assert.deepEqual([routes.problems, budgets.problems], [[], []])
    const limits = budgets.entries.map((entry) => completeBudget(entry, 'UTC'))
    const ollama = await createOllamaServer('On this machine.')
    closers.push(() => ollama.close())
    const clouds = []
    for (const name of ['one', 'two', 'three'])
      clouds.push(await serve(() => chatReply({ text: `From ${name}.`, outputTokens: 1_000_000 }), 'gpt-5'))
    const able = { 'gpt-5': { pricing: { input: 1, output: 10 }, maxOutputTokens: 128_000 } }
    const connections = clouds.map((server, at) => connect(`cloud-${at}`, server, 10, able))
    const home = createConnection({ id: 'home', provider: 'ollama', baseUrl: ollama.origin })
    const [first, second] = await openTwo({
      connections: [...connections, home],
      wishes: {
        budgets: () => limits,
        routes: createRouteTable({ routes: () => routes.entries, weights: () => 'balanced' }),
      },
    })
    const send = async (window: typeof first, request: Partial<ChatRequest>) => {
      const { text: said } = await window.ask('daily', request)
      window.pipeline.ledger.flush()
      return said
    }
    const ask = (window: typeof first, text: string) =>
      send(window, { messages: [{ role: 'user', content: [{ type: 'text', text }] }] })
    const askInChat = (window: typeof first, text: string) =>
      send(window, { messages: agentMessages(text), tools: agentTools })
    const hard = 'Why does this deadlock? Refactor it step by step:\nclass Cart {'
    assert.equal(await ask(first, 'What is a closure?'), 'On this machine.')
    assert.equal(await askInChat(first, 'What is a closure?'), 'On this machine.')
    assert.match(await ask(first, hard), /^From (one|two|three)\.$/)
    assert.match(await askInChat(second, hard), /^From (one|two|three)\.$/)
    assert.equal(await ask(second, hard), 'On this machine.')
    const { error } = await first.ask('cloud-0/gpt-5')
    assert.match(
      error?.message ?? '',
      /^The budget “My month” of \$20\.00 a month does not allow this request: \$20\.00 used, and even its shortest answer may use \$0\.00/,
    )
    await ollama.close()
    const last = await first.ask('daily')
    assert.notEqual(last.error, undefined)
    assert.notEqual(last.text, 'Welcome.')
    assert.equal((await first.ask('llamacpp/welcome')).text, 'Welcome.')
  })
})
