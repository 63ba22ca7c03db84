import assert from 'node:assert/strict'
import type { CandidateCheck } from '../../../../src/core/routing/candidate.js'
import { createConcurrencyLimiter } from '../../../../src/core/routing/concurrency.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'
import {
  answered,
  createRouting,
  failed,
  type RoutedOptions,
  requestOf,
  transient,
} from '../../../fakes/routing.js'

const connections: RoutedOptions['connections'] = {
  work: {
    models: [
      { id: 'gpt-mini', contextWindow: 100_000, pricing: { input: 0.1, output: 0.4 } },
      { id: 'gpt-pro', contextWindow: 400_000, pricing: { input: 15, output: 120 } },
    ],
  },
  home: { models: [{ id: 'qwen:7b', contextWindow: 8_000 }], location: 'local' },
}

const setUp = (options: Partial<RoutedOptions> = {}) => createRouting({ connections, ...options })

describe('a route', () => {
  it('answers as one model, and says first which and why', async () => {
    const { ask } = await setUp()
    const { parts, model, reason } = await ask('auto/powerful')
    assert.deepEqual(
      parts.map(({ type }) => type),
      ['route', 'text', 'finish'],
    )
    assert.equal(model, 'work/gpt-pro')
    assert.match(reason ?? '', /^auto\/powerful: quality 0\.\d\d \(powerful\) × 82%; /)
  })

  it('chooses by what its name promises', async () => {
    const { ask } = await setUp()
    const chosen = await Promise.all(
      ['auto/cheapest', 'auto/local', 'auto/powerful'].map((name) => ask(name)),
    )
    assert.deepEqual(
      chosen.map(({ model }) => model),
      ['home/qwen:7b', 'home/qwen:7b', 'work/gpt-pro'],
    )
  })

  it('tells each attempt which request, which try and which route it belongs to', async () => {
    const seen: unknown[] = []
    const { ask } = await setUp({
      router: {
        attempt: async function* attempt({ model, attempt: of }) {
          seen.push([model.id, of])
          yield { type: 'text', text: 'Hi' }
          yield { type: 'finish', reason: 'stop' }
        },
      },
    })
    await ask('auto/powerful')
    await ask('work/gpt-mini')
    assert.deepEqual(seen, [
      ['gpt-pro', { requestId: 'request-1', number: 1, route: 'auto/powerful', selectionMs: 0 }],
      ['gpt-mini', { requestId: 'request-2', number: 1 }],
    ])
  })

  it('tells the first attempt alone how long the choice took, by the clock that never jumps', async () => {
    const clock = createManualClock()
    const slow: typeof clock = { ...clock, monotonic: () => (reads += 7) }
    let reads = 0
    const seen: unknown[] = []
    const { ask } = await setUp({
      router: {
        clock: slow,
        attempt: async function* attempt({ attempt: of }) {
          seen.push([of?.number, of?.selectionMs])
          if (of?.number === 1) throw failed('unauthorized')
          yield { type: 'text', text: 'Hi' }
          yield { type: 'finish', reason: 'stop' }
        },
      },
    })
    await ask('auto/powerful')
    assert.deepEqual(seen, [
      [1, 7],
      [2, undefined],
    ])
  })

  it('leaves out what a check objects to, and names the reason when nobody is left', async () => {
    const budget: CandidateCheck = ({ location }) =>
      location === 'cloud'
        ? {
            code: 'budget-exhausted',
            message: 'The budget “Team” is used up until Monday.',
            until: Date.UTC(2026, 0, 5),
          }
        : undefined
    const { ask, calls } = await setUp({ planner: { checks: [budget] } })
    assert.equal((await ask('auto/powerful')).model, 'home/qwen:7b')
    const { error } = await ask('auto/powerful', { requirements: { minContextTokens: 50_000 } })
    assert.equal(error?.code, 'fallback-exhausted')
    assert.match(
      error.message,
      /Left out: qwen:7b takes 8,000 tokens, .*; The budget “Team” is used up until Monday \(and 1 more such\)\. Try again in 4 days/,
    )
    assert.deepEqual(calls(), { work: 0, home: 1 })
  })

  it('says what to add where there is no model that it may choose', async () => {
    const hopeless = {
      nothing: [
        { connections: {}, defaultConnection: 'removed' },
        'auto',
        /There is no model yet: add a conn/,
      ],
      welcome: [
        { connections: {} },
        'auto',
        /only where you choose it yourself\. Add a connection, or a GGUF/,
      ],
      unnamed: [
        { connections, routes: [{ name: 'mine', models: ['gone/*'] }] },
        'mine',
        /roundhouse\.routes/,
      ],
      cloud: [
        { connections: { work: { models: [{ id: 'm' }] } } },
        'auto/local',
        /such as Ollama, or a GGUF/,
      ],
    } as const satisfies Record<string, readonly [RoutedOptions, string, RegExp]>
    for (const [name, [options, route, advice]] of Object.entries(hopeless)) {
      const { ask, calls } = await createRouting(options)
      const { error } = await ask(route)
      assert.equal(error?.code, 'no-model', name)
      assert.match(error.message, new RegExp(`^“${route}” found no model that answers\\. .*${advice.source}`))
      assert.ok(!('llamacpp' in calls()))
    }
  })

  it('never chooses the model that comes with the extension, nor turns to it, which answers by its own name', async () => {
    const routes = [{ name: 'mine', models: ['llamacpp/*', 'work/*'], order: 'listed' }] as const
    const { ask, provider, calls } = await setUp({ routes })
    for (const route of ['auto', 'auto/cheapest', 'auto/fastest', 'auto/local', 'auto/powerful', 'mine']) {
      const { model, error } = await ask(route)
      assert.ok(error === undefined && model !== 'llamacpp/welcome', route)
    }
    provider('work').answerChats(failed('quota-exhausted'))
    provider('home').answerChats(failed('quota-exhausted'))
    for (const route of ['auto', 'mine']) assert.ok((await ask(route)).error !== undefined)
    assert.ok(!('llamacpp' in calls()))
    assert.equal((await ask('llamacpp/welcome')).model, 'llamacpp/welcome')
  })

  it('keeps a conversation’s model while it can be asked, and takes another one when it cannot', async () => {
    const { ask, provider, breaker } = await setUp()
    const caller = { door: 'api', conversation: 'c-1' } as const
    const hard = {
      caller,
      messages: requestOf('auto', {}).messages,
      requirements: { category: 'powerful' },
    } as const
    assert.equal((await ask('auto', hard)).model, 'work/gpt-pro')
    const kept = await ask('auto', { caller })
    assert.equal(kept.model, 'work/gpt-pro')
    assert.match(kept.reason ?? '', /it has answered this conversation before/)
    assert.notEqual((await ask('auto')).model, 'work/gpt-pro')
    for (let at = 0; at < 5; at++) {
      breaker.fail({ connection: 'work', id: 'gpt-pro' }, failed('overloaded')[0].error)
    }
    assert.notEqual((await ask('auto', { caller })).model, 'work/gpt-pro')
    assert.ok(provider('work').chats.length >= 2)
  })

  it('keeps a conversation’s model though the answer was stopped once it had begun', async () => {
    const { ask, chat } = await setUp()
    const caller = { door: 'api', conversation: 'c-1' } as const
    const hard = requestOf('auto', { caller, requirements: { category: 'powerful' } })
    for await (const part of chat(hard, new AbortController().signal)) if (part.type === 'text') break
    assert.equal((await ask('auto', { caller, messages: hard.messages })).model, 'work/gpt-pro')
  })

  it('waits a short while where everyone asks to be left alone, and not a long one', async () => {
    const waits: unknown[] = []
    const onWait = (model: object, ms: number) => void waits.push([model, ms])
    const { ask, clock, breaker } = await setUp({ router: { onWait } })
    const cool = (retryAfterMs: number) => {
      for (const id of ['gpt-mini', 'gpt-pro']) {
        breaker.fail({ connection: 'work', id }, transient('rate-limited', retryAfterMs)[0].error)
      }
      breaker.fail({ connection: 'home', id: 'qwen:7b' }, transient('rate-limited', 60_000)[0].error)
    }
    cool(3_000)
    const answer = ask('auto/powerful')
    await clock.advance(3_000)
    assert.equal((await answer).model, 'work/gpt-pro')
    assert.deepEqual(waits, [[{ connection: 'auto', id: 'powerful' }, 3_000]])
    cool(30_000)
    const { error } = await ask('auto/powerful')
    assert.deepEqual(
      [error?.code, error?.retryAfterMs, error?.retryable],
      ['fallback-exhausted', 30_000, true],
    )
  })

  it('takes the next candidate where another window is trying the first one', async () => {
    const { ask, clock, breaker } = await setUp()
    const pro = { connection: 'work', id: 'gpt-pro' }
    for (let at = 0; at < 5; at++) breaker.fail(pro, failed('overloaded')[0].error)
    await clock.advance(15_000)
    assert.equal(breaker.admit(pro), undefined)
    assert.notEqual((await ask('auto/powerful')).model, 'work/gpt-pro')
    breaker.succeed(pro)
    assert.equal((await ask('auto/powerful')).model, 'work/gpt-pro')
  })
})

describe('a model that is asked for by its own name', () => {
  it('is asked, whatever a route would choose, and is the route', async () => {
    const { ask } = await setUp()
    const { model, reason, text } = await ask('home/qwen:7b')
    assert.deepEqual([model, reason, text], ['home/qwen:7b', 'home/qwen:7b was asked for', 'Hello'])
  })

  it('is tried again after a failure that may pass, and its own error is the last word', async () => {
    const { ask, provider, clock } = await setUp()
    provider('work').answerChats(transient(), transient('incomplete'), answered('third'))
    const answer = ask('work/gpt-mini')
    await clock.advance(5_000)
    assert.equal((await answer).text, 'third')
    provider('work').answerChats(transient('incomplete'))
    const failing = ask('work/gpt-mini')
    await clock.advance(5_000)
    const { error, parts } = await failing
    assert.deepEqual([error?.message, error?.code, parts], ['It says incomplete.', 'incomplete', []])
    assert.equal(provider('work').chats.length, 6)
  })

  it('is never replaced by another one', async () => {
    const { ask, provider, calls } = await setUp()
    provider('work').answerChats(failed('quota-exhausted'))
    assert.equal((await ask('work/gpt-mini')).error?.code, 'quota-exhausted')
    assert.deepEqual(calls(), { work: 1, home: 0 })
  })

  it('is asked again at once after the user has added credit', async () => {
    const { ask, provider } = await setUp()
    provider('work').answerChats(failed('quota-exhausted'), answered('There is credit.'))
    await ask('work/gpt-mini')
    assert.equal((await ask('work/gpt-mini')).text, 'There is credit.')
  })

  it('waits until its Retry-After is over, also that of another request', async () => {
    const waits: number[] = []
    const onWait = (_: object, ms: number) => void waits.push(ms)
    const { ask, provider, clock, breaker } = await setUp({ router: { onWait } })
    breaker.fail({ connection: 'work', id: 'gpt-mini' }, transient('rate-limited', 20_000)[0].error)
    const answer = ask('work/gpt-mini')
    await clock.advance(19_999)
    assert.deepEqual(waits, [20_000])
    assert.equal(provider('work').chats.length, 0)
    await clock.advance(1)
    assert.equal((await answer).text, 'Hello')
    breaker.fail({ connection: 'work', id: 'gpt-mini' }, transient('rate-limited', 1_800_000)[0].error)
    const { error } = await ask('work/gpt-mini')
    assert.deepEqual([error?.code, error?.retryAfterMs], ['rate-limited', 1_800_000])
    assert.match(
      error?.message ?? '',
      /left alone for another 30 min .*Wait, or choose another model or a route\.$/,
    )
  })

  it('is left alone in a cloud that has failed too often, and asked on this machine', async () => {
    const { ask, breaker, calls } = await setUp()
    for (let at = 0; at < 5; at++) {
      breaker.fail({ connection: 'work', id: 'gpt-mini' }, transient()[0].error)
      breaker.fail({ connection: 'home', id: 'qwen:7b' }, transient('unreachable')[0].error)
    }
    const { error } = await ask('work/gpt-mini')
    assert.match(
      error?.message ?? '',
      /failed 5 times in a row \(overloaded\) and is tried again in 15 s\. Wait/,
    )
    assert.equal((await ask('home/qwen:7b')).text, 'Hello')
    assert.deepEqual(calls(), { work: 0, home: 1 })
  })

  it('is left alone, too, when five answers in a row have broken off, and none of them had ended', async () => {
    const { ask, provider, clock, breaker } = await setUp()
    const broken = [{ type: 'text', text: 'Well, ' }, ...transient('incomplete')] as const
    provider('work').answerChats(broken)
    for (let turn = 0; turn < 5; turn++) {
      assert.equal(breaker.obstacle({ connection: 'work', id: 'gpt-mini' }), undefined)
      assert.equal((await ask('work/gpt-mini')).error?.code, 'incomplete')
    }
    assert.match((await ask('work/gpt-mini')).error?.message ?? '', /failed 5 times in a row \(incomplete\)/)
    await clock.advance(15_000)
    await ask('work/gpt-mini')
    assert.match((await ask('work/gpt-mini')).error?.message ?? '', /failed 6 times in a row/)
    await clock.advance(15_000)
    provider('work').answerChats(answered())
    assert.equal((await ask('work/gpt-mini')).error, undefined)
    provider('work').answerChats(broken)
    for (let turn = 0; turn < 4; turn++) await ask('work/gpt-mini')
    assert.equal(breaker.obstacle({ connection: 'work', id: 'gpt-mini' }), undefined)
  })

  it('is refused in a cloud where only local models are allowed', async () => {
    const { ask, calls } = await setUp({ planner: { policy: () => ({ privacy: 'local' }) } })
    const { error } = await ask('work/gpt-mini')
    assert.equal(error?.code, 'forbidden')
    assert.match(error.message, /roundhouse\.localOnly is on\. Choose a local model or “auto\/local”/)
    assert.equal((await ask('home/qwen:7b')).text, 'Hello')
    assert.equal((await ask('auto/powerful')).model, 'home/qwen:7b')
    assert.deepEqual(calls(), { work: 0, home: 2 })
  })

  it('gives the error of a connection or a model that is not there', async () => {
    const { ask } = await setUp()
    assert.match((await ask('nowhere/x')).error?.message ?? '', /no connection "nowhere"/)
    assert.match((await ask('nowhere')).error?.message ?? '', /no connection "nowhere"/)
    assert.equal((await ask('work/x')).error?.code, 'not-found')
  })
})

describe('the router', () => {
  it('keeps to a connection’s number of requests at once, and goes elsewhere when the wait is too long', async () => {
    const clock = createManualClock()
    const concurrency = createConcurrencyLimiter({ limitOf: (id) => (id === 'work' ? 1 : undefined), clock })
    const { ask, provider, calls } = await setUp({ clock, router: { concurrency } })
    provider('work').answerChats([{ type: 'hang' }])
    const caller = new AbortController()
    const hanging = ask('work/gpt-pro', {}, caller.signal)
    await settle()
    const waiting = ask('auto/powerful')
    await clock.advance(59_999)
    assert.deepEqual(calls(), { work: 1, home: 0 })
    await clock.advance(1)
    assert.equal((await waiting).model, 'home/qwen:7b')
    caller.abort()
    assert.equal((await hanging).error?.code, 'cancelled')
    provider('work').answerChats(answered())
    assert.equal((await ask('auto/powerful')).model, 'work/gpt-pro')
    assert.deepEqual(concurrency.load('work'), { running: 0, waiting: 0 })
  })

  it('closes the provider and gives everything back when the reader goes away', async () => {
    const clock = createManualClock()
    const concurrency = createConcurrencyLimiter({ limitOf: () => 1, clock })
    const { chat, provider, breaker, decisions } = await setUp({ clock, router: { concurrency } })
    const pro = { connection: 'work', id: 'gpt-pro' }
    for (let at = 0; at < 5; at++) breaker.fail(pro, failed('overloaded')[0].error)
    await clock.advance(15_000)
    provider('work').answerChats([{ type: 'text', text: 'a' }, { type: 'hang' }])
    for await (const part of chat(requestOf('auto/powerful'), new AbortController().signal)) {
      if (part.type === 'text') break
    }
    assert.deepEqual([provider('work').open(), concurrency.load('work').running], [0, 0])
    assert.equal(breaker.admit(pro), undefined)
    assert.equal(decisions.list()[0]?.outcome, 'cancelled')
  })

  it('asks nobody for a request that is cancelled already', async () => {
    const { ask, calls } = await setUp()
    assert.equal((await ask('auto', {}, AbortSignal.abort())).error?.code, 'cancelled')
    assert.deepEqual(calls(), { work: 0, home: 0 })
  })
})
