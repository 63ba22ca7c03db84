import assert from 'node:assert/strict'
import { dayMs, minuteMs } from '../../../src/core/durations.js'
import { isRecord, parseJson } from '../../../src/core/json.js'
import { withoutAnswerNotes } from '../../../src/vscode/answerNote.js'
import { createChatServer, createOllamaServer } from '../../fakes/chatServer.js'
import { closeExtensions, closeLater, until } from '../../fakes/extension.js'
import { readBlocks } from '../../fakes/pages.js'
import { hello, openWork, type Work } from '../../fakes/work.js'

const costRule = { id: 'mine', metric: 'costPerRequest', above: 0.000_001, leastRequests: 1 }

const conversation = { modelOptions: { _conversationId: 'talk' } }

async function fails(work: Work): Promise<string> {
  return await work.ask('work/small', 'Hi', conversation).then(
    (text) => assert.fail(`it answered ${text}`),
    (error: unknown) => String(error),
  )
}

/** Rows of the ledger, once they are written. */
async function countCalls(work: Work): Promise<number> {
  const page = await work.page(
    'roundhouse.showUsage',
    undefined,
    { pick: 'The last year' },
    { pick: 'By model' },
  )
  const calls = /for ([\d,]+) calls? of a model/.exec(page)?.[1] ?? '0'
  return Number(calls.replaceAll(',', ''))
}

const bodyOf = (work: Work, at = -1): Record<string, unknown> => {
  const body = parseJson(work.chats().at(at)?.body ?? '')
  return isRecord(body) ? body : assert.fail('nothing was asked')
}

describe('The settings of requests, in the extension as a whole', () => {
  closeExtensions()

  it('roundhouse.parameterTemplates: requests carry what the connection’s template says', async () => {
    const work = await openWork({
      settings: { 'roundhouse.parameterTemplates': { mine: { temperature: 0.37 } } },
      connection: { template: 'mine' },
    })
    await work.ask('work/small', 'Hi')
    assert.equal(bodyOf(work)['temperature'], 0.37)
    work.write('roundhouse.parameterTemplates', { mine: { temperature: 0.81 } })
    await work.ask('work/small', 'Hi')
    assert.equal(bodyOf(work)['temperature'], 0.81)
  })

  it('roundhouse.routes: a route of the user’s is offered and chooses as it says', async () => {
    const work = await openWork({ models: ['small', 'large'] })
    work.write('roundhouse.routes', [{ name: 'daily', models: ['work/large'] }])
    await work.untilListed('daily')
    await work.ask('daily', 'Hi')
    assert.equal(bodyOf(work)['model'], 'large')
    const before = work.announcements()
    work.write('roundhouse.routes', [{ name: 'nightly', models: ['work/small'] }])
    assert.equal(work.announcements(), before + 1)
    await work.untilListed('nightly')
    await work.ask('nightly', 'Hi')
    assert.equal(bodyOf(work)['model'], 'small')
  })

  it('roundhouse.routing.weights: decide what the route auto chooses', async () => {
    const models = { able: 'gpt-5-pro', cheap: 'gpt-5-nano' }
    const work = await openWork({
      models: Object.values(models),
      connection: {
        models: {
          [models.able]: { pricing: { input: 100, output: 900 }, capabilities: { reasoning: true } },
          [models.cheap]: { pricing: { input: 0.01, output: 0.01 } },
        },
      },
      settings: { 'roundhouse.routing.weights': 'quality' },
    })
    const text = 'Refactor this lock-free queue and prove that it is linearizable.'
    const chosen = async () => {
      const page = await work.page('roundhouse.simulateRouting', 'model:auto', { type: text })
      return /chose work\/([\w-]+)/.exec(page.replaceAll('\\', ''))?.[1]
    }
    assert.equal(await chosen(), models.able)
    work.write('roundhouse.routing.weights', 'cost')
    assert.equal(await chosen(), models.cheap)
  })

  it('roundhouse.budgets: a hard budget refuses what is above it', async () => {
    const work = await openWork()
    await work.ask('work/small', 'Hi')
    work.write('roundhouse.budgets', [{ id: 'tiny', name: 'Tiny', limit: 0.000_01 }])
    assert.match(await fails(work), /The budget “Tiny”/)
    assert.equal(work.chats().length, 1)
  })

  it('roundhouse.workspaceBudgets: a workspace adds a budget for itself', async () => {
    const work = await openWork({
      workspaceName: 'project',
      workspaceSettings: { 'roundhouse.workspaceBudgets': [{ id: 'here', limit: 0.000_01 }] },
    })
    assert.match(await fails(work), /budget “here/)
    assert.equal(work.chats().length, 0)
  })

  it('roundhouse.usage.timeZone: says when a budget begins anew, and of which days the reports are', async () => {
    const work = await openWork({
      settings: {
        'roundhouse.usage.timeZone': 'Pacific/Kiritimati',
        'roundhouse.budgets': [{ id: 'tiny', limit: 0.010_5, window: 'day' }],
      },
      reply: () => hello({ outputTokens: 1_050 }),
    })
    await work.ask('work/small', 'Hi')
    assert.match(await fails(work), /00:00 \(Pacific\/Kiritimati\)/)
    work.write('roundhouse.budgets', [])
    await work.ask('work/small', 'Hi')
    // Never the same day at the two ends of the world, 26 hours apart.
    const day = async () => {
      const page = await work.page(
        'roundhouse.showUsage',
        undefined,
        { pick: 'The last 30 days' },
        { pick: 'By day' },
      )
      return /^\| (\d{4}\D+\d{2}\D+\d{2}) /m.exec(page)?.[1]
    }
    const there = await day()
    work.write('roundhouse.usage.timeZone', 'Etc/GMT+12')
    const here = await day()
    assert.ok(here !== undefined && there !== undefined)
    assert.notEqual(here, there)
  })

  it('roundhouse.usage.confirmAboveUsd: asks before a request that costs more', async () => {
    const work = await openWork({ settings: { 'roundhouse.usage.confirmAboveUsd': 0.000_001 } })
    assert.match(await fails(work), /Canceled|You chose not to send/)
    assert.equal(work.chats().length, 0)
    assert.ok(work.editor.user.told.some(({ isModal, message }) => isModal && message.includes('small')))
    work.write('roundhouse.usage.confirmAboveUsd', 5)
    const another = { modelOptions: { _conversationId: 'another talk' } }
    assert.equal(await work.ask('work/small', 'Hi', another), 'Hello')
  })

  it('roundhouse.usage.confirmAboveUsd: asks before the first answer of a route that costs money', async () => {
    const work = await openWork({ models: ['small', 'large'] })
    await work.untilListed('auto')
    const first = await work.ask('auto', 'Hi', conversation).catch(String)
    assert.match(first, /Canceled|You chose not to send/)
    assert.equal(work.chats().length, 0)
    const question = work.editor.user.told.find(({ isModal }) => isModal)
    assert.match(question?.detail ?? '', /the first answer of this route that costs money/)
    assert.equal(await work.ask('work/small', 'Hi', conversation), 'Hello')
    work.write('roundhouse.usage.confirmAboveUsd', 0)
    assert.match(await work.ask('auto', 'Hi', conversation), /^Hello/)
  })

  it('roundhouse.routing.sameModelElsewhere: lets the same model of another connection answer', async () => {
    const other = await createChatServer(['maker/small'], () => hello({ text: 'Elsewhere' }))
    closeLater(() => other.close())
    const work = await openWork({ reply: () => ({ status: 503, body: '{}' }) })
    const elsewhere = { ...work.connection, id: 'other', baseUrl: `${other.origin}/v1`, models: {} }
    work.write('roundhouse.connections', [work.connection, elsewhere])
    await work.untilListed('other/maker/small')
    await assert.rejects(work.ask('work/small', 'Hi'))
    work.write('roundhouse.routing.sameModelElsewhere', true)
    assert.equal(await work.ask('work/small', 'Hi'), 'Elsewhere')
  })

  it('roundhouse.usage.retentionDays: deletes attempts that are older, and keeps the others', async () => {
    const work = await openWork({ settings: { 'roundhouse.usage.retentionDays': 10 } })
    await work.ask('work/small', 'Hi')
    await work.clock.skip(9 * dayMs)
    assert.equal(await countCalls(work), 1)
    await work.clock.skip(2 * dayMs)
    await until('the old attempt is deleted', async () => {
      await work.clock.skip(minuteMs)
      return (await countCalls(work)) === 0
    })
  })

  it('roundhouse.usage.keepTexts: keeps prompts and answers from the moment it is on', async () => {
    const work = await openWork()
    await work.ask('work/small', 'Not kept')
    work.write('roundhouse.usage.keepTexts', true)
    await work.ask('work/small', 'Kept')
    const text = await exportTexts(work)
    assert.match(text, /Kept/)
    assert.doesNotMatch(text, /Not kept/)
  })

  it('roundhouse.usage.textDays: deletes kept texts that are older, and keeps the attempts', async () => {
    const work = await openWork({
      settings: { 'roundhouse.usage.keepTexts': true, 'roundhouse.usage.textDays': 3 },
    })
    await work.ask('work/small', 'Kept')
    await work.clock.skip(2 * dayMs)
    assert.match(await exportTexts(work), /Kept/)
    await work.clock.skip(2 * dayMs)
    await until('the texts are deleted', async () => {
      await work.clock.skip(minuteMs)
      await work.run('roundhouse.deleteTexts')
      return work.editor.user.told.some(({ message }) => message.startsWith('No prompts'))
    })
    assert.equal(await countCalls(work), 1)
  })

  it('roundhouse.alerts.rules: a rule of the user’s is told when it holds', async () => {
    const work = await openWork({
      settings: {
        'roundhouse.alerts.rules': [costRule],
      },
    })
    await work.ask('work/small', 'Hi')
    assert.match(
      await untilTold(work, /a cost for each answer of/),
      /^work\/small has a cost for each answer of \$\S+, above \$0\.0000010 in the last hour/,
    )
  })

  it('roundhouse.alerts.enabled: off, no alert is told', async () => {
    const work = await openWork({
      settings: {
        'roundhouse.alerts.enabled': false,
        'roundhouse.alerts.rules': [costRule],
      },
    })
    await work.ask('work/small', 'Hi')
    await work.clock.skip(5 * minuteMs)
    assert.deepEqual(work.editor.user.told, [])
    work.write('roundhouse.alerts.enabled', true)
    await work.ask('work/small', 'Hi')
    await untilTold(work, /a cost for each answer of/)
  })

  it('roundhouse.healthChecks.everyMinutes: asks a cloud connection that was not used', async () => {
    const work = await openWork({ settings: { 'roundhouse.healthChecks.everyMinutes': 7 } })
    await work.page('roundhouse.showHealth')
    const { length } = work.server.requests
    await work.clock.skip(6 * minuteMs)
    assert.equal(work.server.requests.length, length)
    await work.clock.skip(2 * minuteMs)
    await until('the connection was checked', async () => {
      const page = await work.page('roundhouse.showHealth')
      return /## Checks[^#]*\| Work \| .* \| answered in/.test(page)
    })
    work.write('roundhouse.healthChecks.everyMinutes', 0)
    const before = work.lists()
    await work.clock.skip(40 * minuteMs)
    assert.equal(work.lists(), before)
  })

  it('roundhouse.localOnly: a cloud’s model is not asked, a local one is', async () => {
    const work = await openWork()
    work.write('roundhouse.localOnly', true)
    assert.match(await fails(work), /local/i)
    assert.equal(work.chats().length, 0)
    work.write('roundhouse.connections', [{ ...work.connection, location: 'local' }])
    await until(
      'it is local',
      async () => (await work.ask('work/small', 'Hi').catch(() => undefined)) === 'Hello',
    )
  })
})

describe('The settings of README.md, in the extension as a whole', () => {
  closeExtensions()

  it('do what it says: simple goes to Ollama, hard to a cloud after a question, and the budget holds', async () => {
    const settings: unknown = parseJson(readBlocks('../README.md', 'json')[0] ?? '')
    assert.ok(isRecord(settings))
    const ollama = await createOllamaServer('On this machine.')
    closeLater(() => ollama.close())
    const work = await openWork({
      models: ['gpt-5'],
      reply: () => hello({ text: 'From the cloud.', outputTokens: 40_000 }),
      connection: { models: { 'gpt-5': { pricing: { input: 1, output: 300 }, maxOutputTokens: 1_500 } } },
      settings,
    })
    const home = { id: 'home', provider: 'ollama', baseUrl: ollama.origin }
    work.write('roundhouse.connections', [work.connection, home])
    await work.untilListed('daily', 'home/qwen-test:4b')
    const hard = 'Why does this deadlock? Refactor it step by step:\nclass Cart {'
    const ask = async (text: string, talk: string, reasoningEffort = 'default') => {
      const modelOptions = { _conversationId: talk, reasoningEffort }
      return withoutAnswerNotes(await work.ask('daily', text, { modelOptions }))
    }
    assert.equal(await ask('What is a closure?', 'first'), 'On this machine.')
    const { length } = work.editor.user.told
    for (const talk of ['second', 'third']) {
      work.editor.user.plan({ press: 'Send' })
      assert.equal(await ask(hard, talk, 'high'), 'From the cloud.')
      work.editor.user.assertDone()
    }
    const questions = work.editor.user.told.slice(length).filter(({ isModal }) => isModal)
    assert.equal(questions.length, 2)
    assert.match(questions[0]?.message ?? '', /may cost up to \$0\.\d\d\./)
    assert.equal(await ask(hard, 'fourth', 'high'), 'On this machine.')
  })
})

async function untilTold(work: Work, pattern: RegExp): Promise<string> {
  return await until(`it is told: ${pattern}`, async () => {
    await work.clock.skip(1_500)
    return work.editor.user.told.find(({ message }) => pattern.test(message))?.message
  })
}

async function exportTexts(work: Work): Promise<string> {
  await work.run(
    'roundhouse.exportUsage',
    undefined,
    { pick: 'The last year' },
    { pick: 'Each call with its prompt and answer, JSON' },
    { files: ['/saved/usage.json'] },
  )
  return work.editor.saved.get('/saved/usage.json') ?? assert.fail('nothing was saved')
}

describe('Hard budgets, in the extension as a whole', () => {
  closeExtensions()

  it('send what they have left as the limit, and an answer of Chat that ends there can go on', async () => {
    const work = await openWork({
      settings: { 'roundhouse.budgets': [{ id: 'tiny', name: 'Tiny', limit: 0.005 }] },
      reply: () => hello({ finish: 'length', outputTokens: 10 }),
    })
    work.editor.user.plan({ press: 'Go On' })
    await work.ask('work/small', 'Hi', conversation)
    const body = parseJson(work.chats()[0]?.body ?? '')
    const limit = isRecord(body) ? Number(body['max_tokens']) : 0
    assert.ok(limit > 400 && limit < 500, `${limit}`)
    const [notice] = work.editor.user.told
    assert.equal(
      notice?.message,
      `The answer ended after ${limit} tokens: the budget “Tiny” allowed no more at once.`,
    )
  })

  it('are asked about in Chat before a model of unknown price, and refuse it elsewhere', async () => {
    const work = await openWork({
      settings: { 'roundhouse.budgets': [{ id: 'tiny', name: 'Tiny', limit: 5 }] },
      connection: { models: {} },
    })
    await assert.rejects(work.ask('work/small', 'Hi'), /hard budget “Tiny” does not allow it/)
    assert.equal(work.editor.user.told.length, 0)
    work.editor.user.plan({ press: 'Allow Once' })
    assert.equal(await work.ask('work/small', 'Hi', conversation), 'Hello')
    assert.equal(await work.ask('work/small', 'Again', conversation), 'Hello')
    assert.equal(work.editor.user.told.length, 1)
    assert.match(work.editor.user.told[0]?.message ?? '', /^The price of small is unknown\./)
  })

  it('refuse everything while one of them cannot be read, and say what is wrong', async () => {
    const work = await openWork({
      settings: { 'roundhouse.budgets': [{ id: 'mine', limit: 'ten' }] },
    })
    assert.match(
      await fails(work),
      /A budget cannot be read, so nothing is asked: roundhouse\.budgets\[0\]\.limit must be a number\. Correct it/,
    )
    assert.equal(work.chats().length, 0)
    work.write('roundhouse.budgets', [{ id: 'mine', limit: 10 }])
    assert.equal(await work.ask('work/small', 'Hi'), 'Hello')
  })
})
