import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import type { Answerer } from '../../../../src/vscode/answerers.js'
import { describeStatusBar } from '../../../../src/vscode/views/statusBarItem.js'
import { createModel, createView, now } from './samples.js'

const model = createModel({ id: 'meta-llama/Llama-3.3-70B', name: 'meta-llama/Llama-3.3-70B' })
const view = createView({ models: [model] })
const active = { id: 'work/meta-llama/Llama-3.3-70B', model, view, chosen: true }

describe('the status bar', () => {
  it('shows the model’s short name', () => {
    const state = describeStatusBar(active, now)
    assert.deepEqual([state.text, state.warning], ['$(cloud) Llama-3.3-70B', false])
    assert.equal(state.spoken, 'Roundhouse model Llama-3.3-70B of Work, ready. Switch models.')
  })

  it('shows a local model as such', () => {
    const local = createModel({ location: 'local' })
    assert.match(describeStatusBar({ ...active, model: local }, now).text, /^\$\(vm\)/)
  })

  it('warns where the connection has no key, and says what to do first', () => {
    const locked = createView({ state: { kind: 'noKey' }, key: { state: 'missing', required: true } })
    const state = describeStatusBar({ ...active, view: locked }, now)
    assert.equal(state.warning, true)
    assert.match(state.tooltip, /^\*\*Enter a key to use Work/)
  })

  it('warns where the connection cannot be reached', () => {
    const error = new ModelError({ code: 'unreachable', message: 'It does not answer.' })
    const dead = createView({ state: { kind: 'unreachable', since: now, error } })
    assert.equal(describeStatusBar({ ...active, view: dead }, now).warning, true)
  })

  it('warns where the chosen model or its connection is gone', () => {
    const gone = describeStatusBar({ ...active, model: undefined }, now)
    assert.match(gone.spoken, /cannot be used: Work does not list it/)
    const orphan = describeStatusBar({ ...active, model: undefined, view: undefined }, now)
    assert.match(orphan.spoken, /its connection “work” does not exist/)
  })

  it('waits without a warning while the first list is on its way', () => {
    const waiting = createView({ state: { kind: 'refreshing' } })
    const state = describeStatusBar({ ...active, model: undefined, view: waiting }, now)
    assert.deepEqual([state.text, state.warning], ['$(sync~spin) Llama-3.3-70B', false])
  })

  it('says in its tooltip who has answered last, as text', () => {
    assert.doesNotMatch(describeStatusBar(active, now).tooltip, /last answer/)
    const answerer = { asked: 'auto', model: '[Large](http://elsewhere)', connection: 'Work' }
    assert.match(
      describeStatusBar(active, now, answerer).tooltip,
      /The last answer in Chat was \\\[Large\\\]\\\(http\S+’s through Work, asked for as auto\./,
    )
  })

  it('says in its tooltip what the last answer cost, and where that sum comes from', () => {
    const tooltipOf = (spent: NonNullable<Answerer['spent']>): string => {
      const answerer = { asked: 'work/large', model: 'Large', spent }
      return describeStatusBar(active, now, answerer).tooltip.replaceAll('\\', '')
    }
    const call = { accuracy: 'exact', isCacheHit: false } as const
    for (const [source, words] of [
      ['user', /It cost \$0\.50 \(price from your settings\)\./],
      ['provider', /\(price from the provider\)/],
      ['catalog', /\(price from the catalogue\)/],
      ['snapshot', /\(price from the built-in price list\)/],
      ['billed', /\(billed by the server\)/],
      ['tier', /\(estimated: the price is for another service tier\)/],
    ] as const)
      assert.match(tooltipOf({ ...call, cost: { usd: 0.5, source } }), words)
    const guessed = { ...call, accuracy: 'estimated' } as const
    assert.match(
      tooltipOf({ ...guessed, cost: { usd: 0.5, source: 'catalog' } }),
      /\(price from the catalogue, for estimated tokens\)/,
    )
    assert.match(tooltipOf({ ...guessed, cost: { usd: 0.5, source: 'billed' } }), /\(billed by the server\)/)
    assert.match(tooltipOf({ ...call, cost: { usd: 0, source: 'provider' } }), /It cost nothing\./)
    assert.match(tooltipOf({ ...call, isCacheHit: true }), /response cache and cost nothing/)
    assert.match(tooltipOf(call), /Its cost is unknown: the model has no price\./)
  })

  it('says why a model stands in where none was chosen', () => {
    for (const [standIn, words] of [
      ['lastUsed', /used last/],
      ['local', /first local model/],
      ['cloud', /may cost money: click to choose it/],
      ['builtin', /no other model/],
    ] as const)
      assert.match(describeStatusBar({ ...active, chosen: false, standIn }, now).tooltip, words)
    assert.doesNotMatch(describeStatusBar(active, now).tooltip, /No default is chosen/)
  })

  it('asks to add a model where there is none', () => {
    assert.match(describeStatusBar(undefined, now).tooltip, /no model yet/)
  })

  it('does not let a model’s name bring an icon', () => {
    const odd = createModel({ name: '$(flame) hot' })
    assert.equal(describeStatusBar({ ...active, model: odd }, now).text, String.raw`$(cloud) \$(flame) hot`)
  })
})
