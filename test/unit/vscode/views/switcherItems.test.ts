import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import type { ConnectionView } from '../../../../src/core/registry/registry.js'
import { buildSwitcher } from '../../../../src/vscode/views/switcherItems.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createModel, createView, now, routes } from './samples.js'

const work = createView({
  models: [
    createModel({
      id: 'large',
      contextWindow: 200_000,
      maxOutputTokens: 64_000,
      pricing: { input: 3, output: 15 },
      capabilities: { toolCalling: true },
    }),
    createModel({ id: 'vectors', capabilities: { embedding: true } }),
  ],
})
const home = createView({
  connection: createConnection({ id: 'home', name: 'Home' }),
  models: [createModel({ connection: 'home', id: 'mine', location: 'local' })],
})

function rows(views: readonly ConnectionView[], more: { active?: string; recent?: readonly string[] } = {}) {
  return buildSwitcher({ views, active: more.active, recent: more.recent ?? [], now })
}

describe('the switcher', () => {
  it('groups models by connection, with id, context, price and abilities to search', () => {
    const [large, mine, add] = rows([work, home])
    assert.equal(large?.heading, 'Work')
    assert.equal(large?.description, 'work/large')
    assert.equal(large?.detail, 'Work · 200K context · 64K output · $3 / $15 per 1M · tools')
    assert.equal(mine?.detail, 'Home · context unknown · local')
    assert.equal(add?.label, 'Add Connection…')
  })

  it('shows a route by what it is for: what one can do is what its models can', () => {
    const shown = rows([work, routes], { active: 'auto' })
    assert.deepEqual(
      shown.map(({ heading }) => heading),
      ['Work', 'Routes', 'Roundhouse'],
    )
    assert.deepEqual(
      [shown[1]?.label, shown[1]?.description, shown[1]?.detail],
      ['Auto', 'auto · default', 'Routes · The right model.'],
    )
  })

  it('leaves out models that cannot chat', () => {
    assert.deepEqual(
      rows([work]).map(({ label }) => label),
      ['large', 'Add Connection…'],
    )
  })

  it('puts recent choices first, as far as they are still there', () => {
    const labels = rows([work, home], { recent: ['home/mine', 'gone/model'] }).map(({ heading, label }) => [
      heading,
      label,
    ])
    assert.deepEqual(labels, [
      ['Recent', 'mine'],
      ['Work', 'large'],
      ['Home', 'mine'],
      ['Roundhouse', 'Add Connection…'],
    ])
  })

  it('marks the default', () => {
    const [large] = rows([work], { active: 'work/large' })
    assert.deepEqual([large?.icon, large?.description], ['check', 'work/large · default'])
  })

  it('shows a connection without a key as the step that signs in, after those that work', () => {
    const locked = { ...work, state: { kind: 'noKey' }, key: { state: 'missing', required: true } } as const
    const shown = rows([locked, home])
    assert.deepEqual(shown[1]?.choice, {
      kind: 'command',
      command: 'roundhouse.enterKey',
      connection: 'work',
    })
    assert.equal(shown[1]?.label, 'Work: enter the key…')
  })

  it('keeps the models of a connection that does not answer, and says so', () => {
    const error = new ModelError({ code: 'unreachable', message: 'No.' })
    const dead = { ...work, state: { kind: 'unreachable', since: now, error } } as const
    const [large] = rows([dead])
    assert.equal(large?.icon, 'warning')
    assert.match(large?.heading ?? '', /^Work · unreachable since .* · listed just now$/)
  })

  it('leaves disabled connections out', () => {
    const off = { ...work, state: { kind: 'disabled' } } as const
    assert.deepEqual(
      rows([off]).map(({ label }) => label),
      ['Add Connection…'],
    )
  })
})
