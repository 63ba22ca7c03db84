import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { minuteMs } from '../../../src/core/durations.js'
import { isRecord, parseJson } from '../../../src/core/json.js'
import { closeExtensions, until } from '../../fakes/extension.js'
import { openWork } from '../../fakes/work.js'

const cached = { 'roundhouse.cache.completions': true }
const cold = { modelOptions: { temperature: 0 } }

describe('The commands about usage, in the extension as a whole', () => {
  closeExtensions()

  it('roundhouse.showUsage: shows what was asked, by model', async () => {
    const work = await openWork()
    await work.ask('work/small', 'Hi')
    const page = await work.page('roundhouse.showUsage', undefined, { pick: 'Today' }, { pick: 'By model' })
    assert.match(page, /for 1 call of a model[^|]*\|[^#]*\| work\/small \|/)
  })

  it('roundhouse.exportUsage: writes each call to the file that the user names', async () => {
    const work = await openWork()
    await work.ask('work/small', 'Hi')
    await work.run(
      'roundhouse.exportUsage',
      undefined,
      { pick: 'Today' },
      { pick: 'Each call, JSON' },
      { files: ['/saved/usage.json'] },
    )
    const rows: unknown = parseJson(work.editor.saved.get('/saved/usage.json') ?? '')
    assert.ok(Array.isArray(rows) && rows.length === 1 && isRecord(rows[0]))
    assert.equal(rows[0]['model'], 'work/small')
    assert.equal(rows[0]['extension'], 'acme.helper')
  })

  it('roundhouse.deleteUsage: deletes what is older, after a question', async () => {
    const work = await openWork()
    await work.ask('work/small', 'Hi')
    await work.clock.skip(5 * 24 * 60 * minuteMs)
    await work.ask('work/small', 'Again')
    await work.run('roundhouse.deleteUsage', undefined, { type: '3' }, { press: 'Delete' })
    assert.deepEqual(work.editor.user.flashes, ['1 calls deleted'])
    const page = await work.page(
      'roundhouse.showUsage',
      undefined,
      { pick: 'The last year' },
      { pick: 'By model' },
    )
    assert.match(page, /for 1 call of a model/)
  })

  it('roundhouse.deleteTexts: deletes kept prompts and answers, after a question', async () => {
    const work = await openWork({ settings: { 'roundhouse.usage.keepTexts': true } })
    await work.ask('work/small', 'Hi')
    await work.run('roundhouse.deleteTexts', undefined, { press: 'Delete' })
    await work.run('roundhouse.deleteTexts')
    const [question, nothing] = work.editor.user.told.slice(-2).map(({ message }) => message)
    assert.match(question ?? '', /of 1 call/)
    assert.match(nothing ?? '', /^No prompts and no answers are kept/)
  })

  it('roundhouse.showBudgets: shows how far each is used', async () => {
    const work = await openWork({
      settings: { 'roundhouse.budgets': [{ id: 'm', name: 'My Month', limit: 5 }] },
    })
    assert.match(await work.page('roundhouse.showBudgets'), /My Month/)
  })

  it('roundhouse.explainRouting: shows why a request went where it went', async () => {
    const work = await openWork({ models: ['small', 'large'] })
    await work.ask('auto/cheapest', 'Hi')
    const label = /^auto\/cheapest → work/
    await work.run('roundhouse.explainRouting')
    const row =
      work.editor.user.lists.at(-1)?.find((text) => label.test(text)) ?? assert.fail('no such request')
    assert.match(await work.page('roundhouse.explainRouting', undefined, { pick: row }), /work\/small/)
  })

  it('roundhouse.simulateRouting: shows what a route would choose, and sends nothing', async () => {
    const work = await openWork({ models: ['small', 'large'] })
    const page = await work.page('roundhouse.simulateRouting', 'model:auto/cheapest', {
      type: 'What is 2 + 2?',
    })
    assert.match(page, /auto\/cheapest chose work\/(large|small)/)
    assert.equal(work.chats().length, 0)
  })

  it('roundhouse.showHealth: shows how connections and models did', async () => {
    const work = await openWork()
    await work.ask('work/small', 'Hi')
    const row = await until('it is counted', async () =>
      /\| work\/small \|.*/.exec(await work.page('roundhouse.showHealth'))?.at(0),
    )
    assert.match(row, /\| work\/small \| 100\sof\s100 \|/)
  })

  it('roundhouse.showCache: shows what is kept and what it has saved, or that nothing is kept', async () => {
    const work = await openWork()
    assert.match(await work.page('roundhouse.showCache'), /Answers are not kept\. Turn on/)
    work.write('roundhouse.cache.completions', true)
    for (let turn = 0; turn < 2; turn++) await work.ask('work/small', 'Hi', cold)
    const page = await work.page('roundhouse.showCache')
    assert.match(page, /\| Answers \| 1 \|/)
    assert.doesNotMatch(page, /Answers are not kept/)
    assert.match(page, /All windows[^#]*Requests answered again \| 1 [^#]*\| Asked of a model \| 1 \|/)
  })

  it('roundhouse.clearCache: forgets kept answers, those of one connection or all', async () => {
    const work = await openWork({ settings: cached })
    const asked = async () => {
      const before = work.chats().length
      await work.ask('work/small', 'Hi', cold)
      return work.chats().length - before
    }
    assert.deepEqual([await asked(), await asked()], [1, 0])
    await work.run('roundhouse.clearCache', undefined, { pick: 'Older than a day' })
    assert.equal(await asked(), 0)
    await work.run('roundhouse.clearCache', undefined, { pick: 'Work' })
    assert.deepEqual([await asked(), await asked()], [1, 0])
    await work.run('roundhouse.clearCache', undefined, { pick: 'Everything' })
    assert.equal(await asked(), 1)
  })

  it('roundhouse.showChanges: shows what was changed in the settings and with keys, never a value', async () => {
    const work = await openWork()
    await work.ask('work/small', 'Hi')
    work.write('roundhouse.budgets', [{ id: 'month', limit: 4_321 }])
    await until('the change is on record', async () =>
      /month/.test(await work.page('roundhouse.showChanges')),
    )
    assert.doesNotMatch(work.editor.pages.at(-1)?.text ?? '', /4.?321/)
  })
})

const conversation = { modelOptions: { _conversationId: 'talk' } }

describe('Who answers, in the extension as a whole', () => {
  closeExtensions()

  it('roundhouse.routing.showModel: names the model that answers for a route behind its answer', async () => {
    const work = await openWork({
      models: ['small', 'large'],
      settings: { 'roundhouse.usage.confirmAboveUsd': 0, 'roundhouse.routing.showModel': 'always' },
    })
    await work.untilListed('auto')
    const named = /^Hello\n\n\u2063Answered by (small|large) through Work\.\u2063$/
    for (let turn = 0; turn < 2; turn++) assert.match(await work.ask('auto', 'Hi', conversation), named)
    assert.equal(await work.ask('auto', 'Hi'), 'Hello')
    work.write('roundhouse.routing.showModel', 'never')
    assert.equal(await work.ask('auto', 'Hi', { modelOptions: { _conversationId: 'another' } }), 'Hello')
  })

  const chunk = (fields: object) =>
    `data: ${JSON.stringify({ object: 'chat.completion.chunk', model: 'maker/small-2026', ...fields })}\n\n`
  const choice = { index: 0, delta: { content: 'Hello' }, finish_reason: 'stop' }

  it('what a gateway says of who answered stands in the export of each call', async () => {
    const body = [
      chunk({ provider: 'DeepInfra', service_tier: 'flex', choices: [choice] }),
      chunk({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 1 } }),
      'data: [DONE]\n\n',
    ].join('')
    const work = await openWork({
      reply: () => ({ headers: { 'content-type': 'text/event-stream' }, body }),
    })
    await work.ask('work/small', 'Hi')
    const moves = [{ pick: 'Today' }, { pick: 'Each call, JSON' }, { files: ['/saved/usage.json'] }]
    await work.run('roundhouse.exportUsage', undefined, ...moves)
    const rows: unknown = parseJson(work.editor.saved.get('/saved/usage.json') ?? '')
    assert.ok(Array.isArray(rows) && isRecord(rows[0]))
    const { model, servedModel, servedBy, serviceTier } = rows[0]
    assert.deepEqual(
      [model, servedModel, servedBy, serviceTier],
      ['work/small', 'maker/small-2026', 'DeepInfra', 'flex'],
    )
  })

  it('the model used last stands in where none is chosen', async () => {
    const work = await openWork({ models: ['small', 'large'] })
    const tooltip = (): string => {
      const value = work.editor.statusItems[0]?.tooltip
      return value instanceof vscode.MarkdownString ? value.value : ''
    }
    await until('one stands in', async () => tooltip().includes('may cost money'))
    await work.ask('work/large', 'Hi', conversation)
    await until('it is shown', async () => tooltip().includes('was used last'))
    assert.match(tooltip(), /The last answer in Chat was large’s through Work/)
  })

  it('the status bar shows what the last answer cost, and that the server billed it', async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 1, cost: 0.25 }
    const body = [chunk({ choices: [choice] }), chunk({ choices: [], usage }), 'data: [DONE]\n\n'].join('')
    const work = await openWork({
      reply: () => ({ headers: { 'content-type': 'text/event-stream' }, body }),
    })
    const tooltip = (): string => {
      const value = work.editor.statusItems[0]?.tooltip
      return value instanceof vscode.MarkdownString ? value.value : ''
    }
    await work.ask('work/small', 'Hi', conversation)
    await until('the cost is shown', async () => tooltip().includes('billed by the server'))
    assert.match(tooltip(), /It cost \\\$0\\\.25/)
  })

  it('what Chat sends besides is reckoned with when a route is simulated', async () => {
    const work = await openWork({ models: ['small', 'large'] })
    const page = await work.page('roundhouse.simulateRouting', 'model:auto', { type: 'Hi' })
    const tokens = Number(/About ([\d,]+) tokens of input/.exec(page)?.[1]?.replace(',', ''))
    assert.ok(tokens > 10_000, page)
  })

  it('roundhouse.localOnly: a route takes what a local model takes while it is on', async () => {
    const rooms = { small: { contextWindow: 100_000 }, large: { contextWindow: 200_000 } }
    const work = await openWork({ models: ['small', 'large'], connection: { models: rooms } })
    const home = {
      ...work.connection,
      id: 'home',
      location: 'local',
      models: { small: { contextWindow: 9_000 } },
    }
    work.write('roundhouse.connections', [work.connection, { ...home, include: ['small'] }])
    await work.untilListed('home/small')
    const room = async () => (await work.describe('auto')).maxInputTokens
    assert.ok((await room()) > 100_000)
    work.write('roundhouse.localOnly', true)
    assert.ok((await room()) < 9_000)
  })
})
