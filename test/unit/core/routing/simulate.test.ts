import assert from 'node:assert/strict'
import { errorCodes } from '../../../../src/core/errors.js'
import { explainDecision } from '../../../../src/core/routing/explain.js'
import { type RouteSetting, resolveRoutes } from '../../../../src/core/routing/routes.js'
import { simulateRoute } from '../../../../src/core/routing/simulate.js'
import { strategies } from '../../../../src/core/routing/strategies.js'
import { weightPresets } from '../../../../src/core/routing/weights.js'
import { runElsewhere } from '../../../fakes/elsewhere.js'
import { readBlocks, readPage } from '../../../fakes/pages.js'
import { createRouting, failed, requestOf, transient } from '../../../fakes/routing.js'

const connections = {
  work: {
    models: [
      { id: 'gpt-mini', contextWindow: 100_000, pricing: { input: 0.1, output: 0.4 } },
      { id: 'gpt-pro', contextWindow: 400_000, pricing: { input: 15, output: 120 } },
      { id: 'embed', capabilities: { embedding: true } },
    ],
  },
}

describe('what a route would choose', () => {
  it('is what it then chooses, for the same reasons, and nothing is sent', async () => {
    const { planner, routes, clock, ask, calls } = await createRouting({ connections })
    const simulated = simulateRoute({ planner, routes: () => routes, clock }, requestOf('auto/cheapest'))
    assert.deepEqual(
      [simulated?.outcome, simulated?.chosen, calls()],
      ['simulated', 'work/gpt-mini', { work: 0 }],
    )
    const real = await ask('auto/cheapest')
    assert.equal(real.model, simulated?.chosen)
    assert.equal(real.reason, `auto/cheapest: ${simulated?.reason}`)
  })

  it('is nothing for a model’s own name', async () => {
    const { planner, routes, clock } = await createRouting({ connections })
    assert.equal(
      simulateRoute({ planner, routes: () => routes, clock }, requestOf('work/gpt-pro')),
      undefined,
    )
  })

  it('says that nobody is left, and why', async () => {
    const { planner, routes, clock } = await createRouting({ connections })
    const report = simulateRoute({ planner, routes: () => routes, clock }, requestOf('auto/local'))
    assert.deepEqual([report?.chosen, report?.ranked, report?.leftOut.length], [undefined, [], 4])
    assert.match(explainDecision(report ?? assert.fail()), /^auto\/local: no model was chosen \(simulated\)/)
  })
})

describe('a past decision', () => {
  it('is told with its rules, its tries, its ranking and what it left out', async () => {
    const { decisions, ask, provider, clock } = await createRouting({ connections })
    provider('work').answerChats(failed('quota-exhausted'), transient())
    const answer = ask('auto')
    await clock.advance(10_000)
    await answer
    const text = explainDecision(decisions.explain('request-1') ?? assert.fail())
    const lines = text.split('\n')
    assert.equal(lines[0], 'auto: no model was chosen (failed)')
    for (const line of [
      /^ {2}the task looks simple \(-1: a question that is soon answered\)$/,
      /^ {2}1\. work\/gpt-mini: quota-exhausted\. It says quota-exhausted\.$/,
      /^ {2}1\. work\/gpt-mini 0\.\d\d: cost /,
      /^ {2}2\. work\/gpt-pro 0\.\d\d: /,
      /^ {2}work\/embed \(not-for-chat\): embed does not answer in text$/,
    ]) {
      assert.ok(
        lines.some((one) => line.test(one)),
        `${line.source} in\n${text}`,
      )
    }
  })

  it('is kept until 200 newer ones have come, and holds no prompt', async () => {
    const { decisions, ask } = await createRouting({ connections })
    await ask('auto', { messages: [{ role: 'user', content: [{ type: 'text', text: 'Secret plan' }] }] })
    assert.doesNotMatch(JSON.stringify(decisions.list()), /Secret/)
    for (let request = 0; request < 199; request++) await ask('work/gpt-mini')
    assert.equal(decisions.explain('request-1')?.chosen, 'work/gpt-mini')
    await ask('work/gpt-mini')
    assert.equal(decisions.explain('request-1'), undefined)
    assert.equal(decisions.explain('request-201')?.asked, 'work/gpt-mini')
  })
})

describe('docs/routing.md', () => {
  const page = readPage('routing.md')
  const block = (language: string): string => readBlocks('routing.md', language)[0] ?? ''
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())

  it('shows what its example really says', async () => {
    assert.ok(block('js').includes('simulateRoute'))
    assert.equal(await runElsewhere(block('js')), block('text'))
  })

  it('has a route of one’s own that is one', async () => {
    const route: RouteSetting = JSON.parse(block('json'))
    const { ask } = await createRouting({ connections, routes: [route] })
    assert.equal((await ask('daily')).model, 'work/gpt-mini')
    const hard = 'Refactor this step by step, and say why:\nclass Cart {'.repeat(50)
    const { model } = await ask('daily', {
      messages: [{ role: 'user', content: [{ type: 'text', text: hard }] }],
    })
    assert.equal(model, 'work/gpt-pro')
  })

  it('gives the presets of the weights as they are', () => {
    for (const [name, weights] of Object.entries(weightPresets)) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? ''
      assert.deepEqual(cells(row).slice(1).map(Number), Object.values(weights))
    }
  })

  it('tells of every failure what may follow it', () => {
    const told = new Map<string, readonly string[]>()
    for (const line of page.split('\n').filter((one) => one.startsWith('| `'))) {
      const [codes = '', steps = '', scope = ''] = cells(line)
      for (const [, code = ''] of codes.matchAll(/`([a-z-]+)`/g)) told.set(code, [steps, scope])
    }
    for (const code of errorCodes) {
      const { steps, scope } = strategies[code]
      assert.deepEqual(told.get(code), [steps.join(', ') || 'nothing', `the ${scope}`], code)
    }
  })

  it('names every route and every rule', () => {
    const kinds = [
      'preferLocal',
      'maxCost',
      'maxLatency',
      'require',
      'weigh',
      'complexity',
      'sticky',
      'balance',
    ]
    for (const name of [...resolveRoutes([]).keys(), ...kinds])
      assert.ok(page.includes(`| \`${name}\` |`), name)
  })
})
