import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { minuteMs } from '../../../src/core/durations.js'
import { createChatServer } from '../../fakes/chatServer.js'
import {
  closeExtensions,
  closeLater,
  type OpenExtension,
  openExtension,
  until,
} from '../../fakes/extension.js'
import { createWireServer } from '../../fakes/wireServer.js'
import { hello, openWork, type Work } from '../../fakes/work.js'

/** It looks like no key of any provider, so that only who knows it can take it out. */
const key = 'plum-orchard-lantern'
const costly = { id: 'mine', metric: 'costPerRequest', above: 0.000_001, leastRequests: 1 }

/** The message, once it is told. */
async function untilTold({ editor, clock }: OpenExtension, pattern: RegExp): Promise<string> {
  return await until(`it is told: ${pattern}`, async () => {
    await clock.skip(1_500)
    return editor.user.told.find(({ message }) => pattern.test(message))?.message
  })
}

const timesTold = ({ editor }: OpenExtension, pattern: RegExp) =>
  editor.user.told.filter(({ message }) => pattern.test(message)).length

async function refusal(work: Work, model = 'work/small'): Promise<string> {
  return await work.ask(model, 'Hi').then(
    (text) => assert.fail(`it answered ${text}`),
    (error: unknown) => String(error),
  )
}

describe('What the extension tells by itself', () => {
  closeExtensions()

  it('budget warnings: each share of a budget that is used up is told once, with a way to the budgets', async () => {
    const budget = { id: 'm', name: 'My Month', limit: 0.02, kind: 'soft', warnAt: [0.4] }
    const work = await openWork({
      settings: { 'roundhouse.budgets': [budget] },
      reply: () => hello({ outputTokens: 1_000 }),
    })
    work.editor.user.plan({ press: 'Show Budgets' })
    await work.ask('work/small', 'Hi')
    await untilTold(work, /My Month/)
    await until('the budgets are shown', async () => work.editor.pages.some(({ name }) => name === 'Budgets'))
    await work.ask('work/small', 'Hi')
    await work.clock.skip(minuteMs)
    assert.equal(timesTold(work, /My Month/), 1)
  })

  it('alerts: lead to the health page, and are silent for a day where the user wants it', async () => {
    const work = await openWork({
      settings: { 'roundhouse.alerts.rules': [{ ...costly, pauseHours: 1 }] },
    })
    const told = (times: number) =>
      until(`it is told ${times} times`, async () => {
        await work.clock.skip(1_500)
        return timesTold(work, /a cost for each answer/) === times
      })
    work.editor.user.plan({ press: 'Show Health' }, { press: 'Silence for a Day' })
    await work.ask('work/small', 'Hi')
    await told(1)
    await until('the health page is shown', async () =>
      work.editor.pages.some(({ name }) => name === 'Health'),
    )
    await work.clock.skip(61 * minuteMs)
    await work.ask('work/small', 'Hi')
    await told(2)
    await work.clock.skip(20 * 60 * minuteMs)
    await work.ask('work/small', 'Hi')
    await work.clock.skip(minuteMs)
    assert.equal(timesTold(work, /a cost for each answer/), 2)
    await work.clock.skip(5 * 60 * minuteMs)
    await work.ask('work/small', 'Hi')
    await told(3)
  })

  it('roundhouse.showSilences: lists the alerts that are silenced, and tells them again from then on', async () => {
    const work = await openWork({
      settings: { 'roundhouse.alerts.rules': [{ ...costly, pauseHours: 1 }] },
    })
    work.editor.user.plan({ press: 'Silence for a Day' })
    const told = (times: number) =>
      until(`it is told ${times} times`, async () => {
        await work.clock.skip(1_500)
        return timesTold(work, /a cost for each answer/) === times
      })
    await work.ask('work/small', 'Hi')
    await told(1)
    await work.clock.skip(61 * minuteMs)
    await work.run('roundhouse.showSilences', undefined, { pick: `work/small: ${costly.id}` })
    await work.ask('work/small', 'Hi')
    await told(2)
    await work.run('roundhouse.showSilences')
    assert.equal(timesTold(work, /No alert is silenced/), 1)
  })

  it('kept texts: who turns them off is offered to delete those that there are', async () => {
    const work = await openWork({ settings: { 'roundhouse.usage.keepTexts': true } })
    await work.ask('work/small', 'Hi')
    work.editor.user.plan({ press: 'Delete Them' })
    work.write('roundhouse.usage.keepTexts', false)
    assert.match(await untilTold(work, /still on this machine/), /Those of 1 call are/)
    await until('they are deleted', async () => {
      await work.run('roundhouse.deleteTexts')
      return timesTold(work, /^No prompts and no answers are kept/) > 0
    })
  })

  it('setting problems: a wrong entry is a row of the tree and a line of the log', async () => {
    const work = await openWork({ settings: { 'roundhouse.routes': [{ name: 'Not A Name' }] } })
    const tree = work.editor.trees.get('roundhouse.models') ?? assert.fail('there is no tree')
    const [problems = '', ...others] = await tree.getChildren()
    assert.equal(tree.getTreeItem(problems).label, '1 problem in settings')
    const rows = (await tree.getChildren(problems)).map((id) => tree.getTreeItem(id))
    assert.match(JSON.stringify(rows), /roundhouse\.routes\[0\]/)
    assert.ok(others.length > 0)
    assert.match(work.editor.log.join(), /roundhouse\.routes\[0\]/)
  })
})

describe('What the extension keeps to itself', () => {
  closeExtensions()

  it('redaction: no key is in the log, in kept texts or in an error, whoever says it', async () => {
    const work = await openWork({ settings: { 'roundhouse.usage.keepTexts': true } })
    await work.run('roundhouse.enterKey', 'work', { type: key })
    await work.ask('work/small', `What is ${key}?`)
    work.server.answer(({ headers }) => ({
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error: { message: `You said ${String(headers['authorization'])}.` } }),
    }))
    assert.ok(!(await refusal(work)).includes(key))
    await work.run(
      'roundhouse.exportUsage',
      undefined,
      { pick: 'Today' },
      { pick: 'Each call with its prompt and answer, JSON' },
      { files: ['/saved/usage.json'] },
    )
    const exported = work.editor.saved.get('/saved/usage.json') ?? ''
    assert.match(exported, /What is \[/)
    assert.ok(!exported.includes(key))
    assert.match(work.editor.log.join('\n'), /Request to work\/small failed/)
    work.write('roundhouse.connections', [work.connection, { id: 'x', provider: 'ollama', [key]: 1 }])
    await until('the wrong member is in the log', async () => /has no setting/.test(work.editor.log.join()))
    assert.ok(!work.editor.log.join('\n').includes(key))
  })

  it('audit: what is changed in settings and keys is on record, without its value', async () => {
    const work = await openWork()
    await work.ask('work/small', 'Hi')
    await work.run('roundhouse.enterKey', 'work', { type: key })
    await work.ask('work/small', 'Hi')
    await work.clock.skip(minuteMs)
    await work.run('roundhouse.rotateKey', 'work', { type: `${key}-2` })
    await work.clock.skip(minuteMs)
    work.server.answer(() => ({ status: 401, body: '{"error":{"message":"Wrong key."}}' }))
    await work.run('roundhouse.testConnection', 'work')
    work.write('roundhouse.localOnly', false)
    work.write('roundhouse.routes', [{ name: 'nightly', models: ['work/*'] }])
    work.write('roundhouse.budgets', [{ id: 'thrift', limit: 4_321 }])
    work.write('roundhouse.usage.keepTexts', true)
    work.write('roundhouse.connections', [
      { ...work.connection, name: 'Renamed' },
      { id: 'engine', provider: 'llamacpp', files: [], threads: 3 },
    ])
    const rows = [
      /\| key work \| stored \|/,
      /\| key work \| first used by\S* [\w.\\-]+ \|/,
      /\| key work \| rotated \|/,
      /\| key work \| wrong\S* at a test \|/,
      /\| setting roundhouse\S*localOnly \| changed\S* value \|/,
      /\| route nightly \| added \|/,
      /\| budget thrift \| added \|/,
      /\| usage keepTexts \| changed\S* enabled \|/,
      /\| connection work \| changed\S* name \|/,
      /\| runtime engine \| added \|/,
    ]
    const page = await until('everything is on record', async () => {
      const text = await work.page('roundhouse.showChanges')
      return rows.every((row) => row.test(text)) && text
    })
    assert.doesNotMatch(page, /4.?321|lantern|Renamed/)
  })
})

describe('What the extension does when something is in its way', () => {
  closeExtensions()

  it('key refresh: a key that another window has replaced is looked up again, and the request goes on', async () => {
    const work = await openWork()
    await work.run('roundhouse.enterKey', 'work', { type: 'sk-old-5b8e2d9f' })
    await work.ask('work/small', 'Hi')
    for (const [name, value] of work.secrets) work.secrets.set(name, value.replace('sk-old', 'sk-new'))
    const isNew = (value: unknown) => String(value).includes('sk-new')
    work.server.answer(({ method, headers }) => {
      if (!isNew(headers['authorization'])) return { status: 401, body: '{"error":{"message":"Wrong key."}}' }
      return method === 'POST' ? hello() : undefined
    })
    assert.equal(await work.ask('work/small', 'Hi'), 'Hello')
  })

  it('ledger: without it a hard budget refuses, and without a budget a model still answers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'roundhouse-broken-'))
    closeLater(() => rm(folder, { recursive: true, force: true }))
    await mkdir(join(folder, 'roundhouse.db'))
    const work = await openWork({ folder })
    assert.equal(await work.ask('work/small', 'Hi'), 'Hello')
    work.write('roundhouse.budgets', [{ id: 'm', name: 'My Month', limit: 100 }])
    assert.match(await refusal(work), /My Month/)
    assert.equal(work.chats().length, 1)
  })

  it('limits: a connection’s own limits hold a request back', async () => {
    const work = await openWork({ connection: { limits: { requestsPerMinute: 1 } } })
    await work.ask('work/small', 'Hi')
    const second = work.ask('work/small', 'Hi')
    await work.clock.skip(1_000)
    assert.equal(work.chats().length, 1)
    await work.clock.skip(2 * minuteMs)
    assert.equal(await second, 'Hello')
  })

  it('tests: clicks on Test Connection while one runs share its requests', async () => {
    const work = await openWork()
    await work.run('roundhouse.enterKey', 'work', { type: 'sk-two-clicks' })
    await work.clock.skip(minuteMs)
    // A test alone asks for the list without the key too: whether the list proves it.
    const proofs = () =>
      work.server.requests.filter(({ headers }) => headers['authorization'] === undefined).length
    const before = proofs()
    const click = () => work.run('roundhouse.testConnection', 'work')
    await Promise.all([click(), click(), click()])
    assert.equal(proofs() - before, 1)
  })

  it('local only: neither an answer, nor an embedding, nor a list, nor a test reaches a cloud', async () => {
    const work = await openWork({ models: ['small', 'large'], vectors: ['vectors'] })
    work.write('roundhouse.localOnly', true)
    const before = work.server.requests.length
    const api = await work.exports.getApi(1, 'acme.helper')
    for (const model of ['work/small', 'auto/cheapest']) assert.match(await refusal(work, model), /local/i)
    await assert.rejects(api.embed({ texts: ['a'], model: 'work/vectors' }), /local/i)
    await work.run('roundhouse.refreshModels')
    await work.run('roundhouse.testConnection', 'work')
    for (let hour = 0; hour < 3; hour++) await work.clock.skip(60 * minuteMs)
    assert.equal(work.server.requests.length, before)
  })

  it('local only: a route chooses among the models of this machine', async () => {
    const work = await openWork({ models: ['small', 'large'] })
    const chosen = async () => {
      const page = await work.page('roundhouse.simulateRouting', 'model:auto/cheapest', {
        type: 'What is 2 + 2?',
      })
      return /chose (\w+)\//.exec(page.replaceAll('\\', ''))?.[1]
    }
    const dear = { pricing: { input: 500, output: 500 }, contextWindow: 100_000 }
    const home = { ...work.connection, id: 'home', location: 'local', models: { small: dear, large: dear } }
    work.write('roundhouse.connections', [work.connection, home])
    await work.untilListed('home/small')
    assert.equal(await chosen(), 'work')
    work.write('roundhouse.localOnly', true)
    assert.equal(await chosen(), 'home')
  })

  for (const location of ['cloud', 'local']) {
    it(`use: a window that is not in use looks after no server, one in use does (${location})`, async () => {
      const work = await openWork({
        connection: { location },
        settings: { 'roundhouse.healthChecks.everyMinutes': 5 },
      })
      work.editor.isFocused = false
      await work.page('roundhouse.showHealth')
      const before = work.lists()
      await work.clock.skip(30 * minuteMs)
      assert.equal(work.lists(), before)
      work.editor.isFocused = true
      await until('it is looked after', async () => {
        await work.clock.skip(minuteMs)
        return work.lists() > before
      })
    })
  }

  it('trust: in a workspace that is not trusted no process is started', async () => {
    const work = await openWork()
    work.editor.isTrusted = false
    await work.run('roundhouse.addModelFile', undefined, { files: ['/nowhere/model.gguf'] })
    assert.match(work.editor.user.told.at(-1)?.message ?? '', /trust/i)
  })

  it('prices: a model whose list states none has the price that comes with Roundhouse', async () => {
    const server = await createChatServer(['gpt-5'], hello)
    closeLater(() => server.close())
    const extension = await openExtension({
      hosts: { 'https://api.openai.com': server.origin },
      settings: { 'roundhouse.connections': [{ id: 'openai', provider: 'openai' }] },
    })
    await extension.run('roundhouse.enterKey', 'openai', { type: 'sk-a-key-of-this-test' })
    await extension.untilListed('openai/gpt-5')
    const api = await extension.exports.getApi(1, 'acme.helper')
    const [model] = await api.models()
    assert.ok((model?.pricing.output ?? 0) > (model?.pricing.input ?? 0), JSON.stringify(model?.pricing))
  })

  it('test: how a connection’s last test went is said with its state', async () => {
    const work = await openWork()
    await work.run('roundhouse.testConnection', 'work')
    await work.run('roundhouse.showConnection', 'work')
    assert.match(work.editor.user.told.at(-1)?.detail ?? '', /^Tested .*1 model/m)
  })

  it('closing: what was asked last is exported before the window is gone, and is in the ledger of the next', async () => {
    const collector = await createWireServer()
    closeLater(() => collector.close())
    collector.answer({ body: '{}' })
    const first = await openWork({ settings: { 'roundhouse.otlp.endpoint': collector.origin } })
    await first.ask('work/small', 'Hi')
    assert.deepEqual(collector.requests, [])
    await first.close()
    assert.ok(collector.requests.length > 0)
    const second = await openWork({ folder: first.folder })
    const page = await second.page(
      'roundhouse.showUsage',
      undefined,
      { pick: 'Today' },
      { pick: 'By caller' },
    )
    assert.match(page.replaceAll('\\', ''), /acme\.helper/)
  })
})

describe('What the extension learns', () => {
  closeExtensions()

  it('calibration: tokens are counted as the model’s own answers have shown', async () => {
    const work = await openWork({ reply: () => hello({ inputTokens: 400 }) })
    const text = 'How many tokens does this sentence have? '.repeat(20)
    const before = await work.countTokens('work/small', text)
    for (let turn = 0; turn < 5; turn++) await work.ask('work/small', text)
    assert.ok((await work.countTokens('work/small', text)) > before)
  })

  it('measurements: how slow a model was counts when a route chooses', async () => {
    const work = await openWork({ models: ['small', 'large'] })
    const latency = async () => {
      const page = await work.page('roundhouse.simulateRouting', 'model:auto', { type: 'What is 2 + 2?' })
      return /work\/large .*?latency (\d\.\d+)/.exec(page.replaceAll('\\', ''))?.[1]
    }
    assert.equal(await latency(), '0.50')
    const { promise, resolve } = Promise.withResolvers<void>()
    work.answerChats(() => ({ ...hello(), after: promise }))
    const asked = work.ask('work/large', 'Hi')
    await work.server.received(({ method }) => method === 'POST')
    await work.clock.skip(20_000)
    resolve()
    await asked
    await until('it is measured', async () => Number(await latency()) < 0.1)
  })

  it('conversations: keep the model that an earlier window has chosen', async () => {
    const settings = { 'roundhouse.routing.weights': 'cost', 'roundhouse.usage.confirmAboveUsd': 0 }
    const talk = { modelOptions: { _conversationId: 'talk' } }
    const prices = (small: number, large: number) => ({
      models: {
        small: { pricing: { input: small, output: small } },
        large: { pricing: { input: large, output: large } },
      },
    })
    const first = await openWork({ models: ['small', 'large'], settings, connection: prices(1, 90) })
    await first.ask('auto', 'Hi', talk)
    assert.match(first.chats().at(-1)?.body ?? '', /"model":"small"/)
    await first.close()
    const connection = prices(90, 1)
    const second = await openWork({ folder: first.folder, models: ['small', 'large'], settings, connection })
    await second.page('roundhouse.showHealth')
    await second.ask('auto', 'Hi', { modelOptions: { _conversationId: 'another talk' } })
    assert.match(second.chats().at(-1)?.body ?? '', /"model":"large"/)
    await second.ask('auto', 'And now?', talk)
    assert.match(second.chats().at(-1)?.body ?? '', /"model":"small"/)
  })
})
