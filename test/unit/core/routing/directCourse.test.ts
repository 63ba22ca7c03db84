import assert from 'node:assert/strict'
import type { CandidateCheck } from '../../../../src/core/routing/candidate.js'
import { answered, createRouting, failed, type RoutedOptions, transient } from '../../../fakes/routing.js'

const room = { contextWindow: 100_000 }
const connections: RoutedOptions['connections'] = {
  direct: { models: [{ id: 'gpt-5', ...room }] },
  gateway: {
    models: [
      { id: 'openai/gpt-5', ...room },
      { id: 'openai/gpt-5-mini', ...room },
    ],
  },
  home: { models: [{ id: 'qwen3:8b', ...room }], location: 'local' },
  cloudy: { models: [{ id: 'qwen/qwen3-8b', ...room }] },
}

const setUp = (options: Partial<RoutedOptions> = {}, isOn = true) =>
  createRouting({ connections, router: { sameModelElsewhere: () => isOn }, ...options })

const none = { direct: 0, gateway: 0, home: 0, cloudy: 0 }

describe('a model that is asked for by its own name', () => {
  it('is never replaced by default', async () => {
    const { ask, provider, calls } = await setUp({}, false)
    provider('direct').answerChats(failed('quota-exhausted'))
    const { error } = await ask('direct/gpt-5')
    assert.deepEqual([error?.code, calls()], ['quota-exhausted', { ...none, direct: 1 }])
  })

  it('is replaced by the same one of another connection where the user wants that, and it is said', async () => {
    const { ask, provider, calls } = await setUp()
    provider('direct').answerChats(failed('quota-exhausted'))
    const { model, reason } = await ask('direct/gpt-5')
    assert.equal(model, 'gateway/openai/gpt-5')
    assert.equal(
      reason,
      'direct/gpt-5 was asked for; direct/gpt-5 failed (quota-exhausted); the same model of another connection',
    )
    assert.deepEqual(calls(), { ...none, direct: 1, gateway: 1 })
  })

  it('is tried once more itself before, and at once passed over while its circuit is open', async () => {
    const { ask, provider, clock, calls, breaker } = await setUp()
    provider('direct').answerChats(transient())
    const answer = ask('direct/gpt-5')
    await clock.advance(10_000)
    assert.equal((await answer).model, 'gateway/openai/gpt-5')
    assert.deepEqual(calls(), { ...none, direct: 2, gateway: 1 })
    for (let at = 0; at < 5; at++) breaker.fail({ connection: 'direct', id: 'gpt-5' }, transient()[0].error)
    assert.equal((await ask('direct/gpt-5')).model, 'gateway/openai/gpt-5')
    assert.deepEqual(calls(), { ...none, direct: 2, gateway: 2 })
  })

  it('answers itself where it can, and its own failure is told where all fail', async () => {
    const { ask, provider } = await setUp()
    provider('direct').answerChats(answered('Mine.'))
    assert.equal((await ask('direct/gpt-5')).text, 'Mine.')
    provider('direct').answerChats(failed('quota-exhausted'))
    provider('gateway').answerChats(failed('forbidden'))
    assert.equal((await ask('direct/gpt-5')).error?.code, 'quota-exhausted')
  })

  it('is not replaced where the request itself is at fault, or where no other connection has it', async () => {
    const { ask, provider, calls } = await setUp()
    provider('direct').answerChats(failed('invalid-request'))
    assert.equal((await ask('direct/gpt-5')).error?.code, 'invalid-request')
    provider('gateway').answerChats(failed('quota-exhausted'))
    assert.equal((await ask('gateway/openai/gpt-5-mini')).error?.code, 'quota-exhausted')
    assert.deepEqual(calls(), { ...none, direct: 1, gateway: 1 })
  })

  it('stays on the user’s own machines if it is local, and everything does while only local models may be asked', async () => {
    const local = await setUp()
    local.provider('home').answerChats(failed('engine-failed'))
    assert.equal((await local.ask('home/qwen3:8b')).error?.code, 'engine-failed')
    local.provider('cloudy').answerChats(failed('quota-exhausted'))
    local.provider('home').answerChats(answered())
    assert.equal((await local.ask('cloudy/qwen/qwen3-8b')).model, 'home/qwen3:8b')
    const held = await setUp({ planner: { policy: () => ({ privacy: 'local' }) } })
    held.provider('home').answerChats(failed('engine-failed'))
    assert.equal((await held.ask('home/qwen3:8b')).error?.code, 'engine-failed')
    assert.deepEqual(held.calls(), { ...none, home: 1 })
  })

  it('is not replaced by what a budget does not allow', async () => {
    const budget: CandidateCheck = ({ connection }) =>
      connection === 'gateway' ? { code: 'budget-exhausted', message: 'The budget is used up.' } : undefined
    const { ask, provider, calls } = await setUp({ planner: { checks: [budget] } })
    provider('direct').answerChats(failed('quota-exhausted'))
    assert.equal((await ask('direct/gpt-5')).error?.code, 'quota-exhausted')
    assert.deepEqual(calls(), { ...none, direct: 1 })
  })
})
