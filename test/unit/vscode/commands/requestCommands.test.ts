import assert from 'node:assert/strict'
import { createCommandHandlers } from '../../../../src/vscode/commands/handlers.js'
import { requestOf } from '../../../fakes/routing.js'
import { createBudget } from '../../../fakes/usagePipeline.js'
import { agentMessages, agentTools } from '../../../fakes/vscodeChat.js'
import { closePipelines, openPipelineBench } from './pipelineBench.js'

describe('Commands about routing, health and the cache', () => {
  closePipelines()

  it('explain why a request went where it went', async () => {
    const { ask, run } = await openPipelineBench({ do: 'pick', label: 'cloud/small' })
    await ask('One')
    assert.match(await run('roundhouse.explainRouting'), /\*\*cloud\/small was asked for\*\*/)
  })

  it('show what a route of the tree would choose, and send nothing', async () => {
    const { run, scripted } = await openPipelineBench({ do: 'type', text: 'What is 2 + 2?' })
    assert.match(
      await run('roundhouse.simulateRouting', 'model:auto/cheapest'),
      /auto\/cheapest chose cloud\/small/,
    )
    assert.equal(scripted.chats.length, 0)
  })

  it('reckon with what Chat sends besides when they show what a route would choose', async () => {
    const { run, pipeline } = await openPipelineBench({ do: 'type', text: 'What is 2 + 2?' })
    const page = await run('roundhouse.simulateRouting', 'model:auto/cheapest')
    const told = /About ([\d,]+) tokens of input, with the instructions and tools/.exec(page)?.[1] ?? ''
    const tokens = Number(told.replace(',', ''))
    assert.ok(tokens > 12_000 && tokens < 25_000, page)
    assert.match(page, /chose cloud\/small/)
    const inChat = {
      model: { connection: 'cloud', id: 'small' },
      messages: agentMessages('Hello'),
      tools: agentTools.slice(0, 1),
      caller: { door: 'languageModel', conversation: 'c-1' },
    } as const
    for await (const part of pipeline.chat(inChat, new AbortController().signal)) assert.ok(part)
    const later = pipeline.simulateInChat(requestOf('auto/cheapest'))
    assert.ok((later?.inputTokens ?? Infinity) < 6_000)
  })

  it('leave out of what a route would choose what the budgets of this workspace refuse', async () => {
    const { run, budgets } = await openPipelineBench({ do: 'type', text: 'What is 2 + 2?' })
    budgets.push(
      createBudget({ name: 'Here', limit: 0.001, scope: { kind: 'workspace', value: 'project' } }),
      createBudget({ name: 'There', limit: 0.001, scope: { kind: 'workspace', value: 'elsewhere' } }),
    )
    const page = await run('roundhouse.simulateRouting', 'model:auto/cheapest')
    assert.match(page, /Here/)
    assert.doesNotMatch(page, /There/)
  })

  it('show times, success and health of what was asked', async () => {
    const { ask, run } = await openPipelineBench()
    await ask('One')
    const page = await run('roundhouse.showHealth')
    assert.match(page, /\| cloud \| 100\sof\s100 \| 1 \| 100\s% \|/)
    assert.match(page, /\| cloud\/small \| 100\sof\s100 \|/)
    assert.match(page, /## Times and Cost[^#]*\| cloud \| .*\ss \| .*\ss \| \\\$0\\\.0020 \|/)
  })

  it('show how long routes took to choose, and how far estimates of tokens were off', async () => {
    const { ask, run } = await openPipelineBench()
    await ask('One')
    const direct = await run('roundhouse.showHealth')
    assert.match(
      direct,
      /## Choices and Estimates[^#]*\| Model \| Estimate off by \|[^#]*\| cloud\/small \| \d+\\\.\d \/ \d+\\\.\d\s% \|/,
    )
    await ask('Two', '', 'auto')
    const routed = await run('roundhouse.showHealth')
    assert.match(
      routed,
      /\| Connection \| Chosen in \| Estimate off by \|[^#]*\| cloud \| \d+\\\.\d \/ \d+\\\.\d\sms \|/,
    )
  })

  it('show how connections answered when they were checked, and how far budgets are used', async () => {
    const { ask, run, healthRecords, clock } = await openPipelineBench()
    assert.doesNotMatch(await run('roundhouse.showHealth'), /## Checks/)
    healthRecords.set('cloud', { at: clock.now(), latencyMs: 40 })
    await ask('One')
    const page = await run('roundhouse.showHealth')
    assert.match(page, /## Checks[^#]*\| Cloudy \| .* \| answered in 40 ms \|/)
    assert.match(
      page,
      /## Budgets[^#]*\| My Month \| \\\$0\\\.002.* of .*\| hard, each month \| everything \|/,
    )
  })

  it('show what the cache has saved, and forget it', async () => {
    const { ask, run, scripted, services, shown, ui } = await openPipelineBench({
      do: 'pick',
      label: 'Everything',
    })
    await ask('One')
    await ask('One')
    await createCommandHandlers(services)['roundhouse.showCache'](undefined)
    const page = shown.at(-1)?.text ?? ''
    assert.match(
      page,
      /All windows, since [^|]*\|[^#]*Requests answered again \| 1 \\\(50 %\\\) \|\n\| Asked of a model \| 1 \|\n\| Money saved \| \\\$0\\\.0020 \|/,
    )
    assert.match(page, /Answers given again \| 1 \\\(50 %\\\)/)
    await run('roundhouse.clearCache')
    assert.deepEqual(ui.flashes, ['1 kept answer forgotten'])
    await ask('One')
    assert.equal(scripted.chats.length, 2)
  })

  it('say why no answer of Chat is kept, and have them kept after one click', async () => {
    for (const [keepsAnswers, key] of [
      [false, 'roundhouse.cache.completions'],
      [true, 'roundhouse.cache.sampled'],
    ] as const) {
      const { services, host, shown, ui } = await openPipelineBench({ do: 'press', button: 'Keep Them' })
      const loadPipeline = async () => {
        const pipeline = await services.loadPipeline()
        const statistics = async () => ({ ...(await pipeline.cache.statistics()), sampled: 2 })
        return { ...pipeline, cache: { ...pipeline.cache, statistics } }
      }
      const commands = createCommandHandlers({ ...services, loadPipeline, keepsAnswers: () => keepsAnswers })
      await commands['roundhouse.showCache'](undefined)
      ui.assertDone()
      assert.equal(host.settings.get(key), true)
      assert.match(
        shown.at(-1)?.text ?? '',
        keepsAnswers
          ? /2 answers were not kept: .*roundhouse\.cache\.sampled/
          : /roundhouse\.cache\.completions/,
      )
    }
  })
})
