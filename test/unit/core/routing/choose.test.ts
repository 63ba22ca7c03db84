import assert from 'node:assert/strict'
import { createCandidates, measureCandidates } from '../../../../src/core/routing/candidates.js'
import { type ChoiceState, choose } from '../../../../src/core/routing/choose.js'
import { noNeeds } from '../../../../src/core/routing/needs.js'
import { rank } from '../../../../src/core/routing/rank.js'
import type { RouteSetting } from '../../../../src/core/routing/routes.js'
import type { AppliedRules } from '../../../../src/core/routing/rules.js'
import { resolveWeights } from '../../../../src/core/routing/weights.js'
import { createModel } from '../../../fakes/models.js'

const quality: Readonly<Record<string, number>> = { a: 0.9, b: 0.9, c: 0.9, d: 0.2 }

function setUp(names = ['a', 'b', 'c', 'd']) {
  const set = createCandidates(
    names.map((id) => createModel({ id })),
    { now: 0, qualityOf: ({ id }) => quality[id] },
  )
  return rank({}, set, {
    measured: measureCandidates(set),
    needs: noNeeds,
    weights: resolveWeights('quality'),
  })
}

function order(options: {
  plan?: Partial<AppliedRules>
  route?: Partial<RouteSetting>
  state?: Partial<ChoiceState>
}) {
  const ranking = setUp()
  const plan = {
    requirements: {},
    weights: resolveWeights('quality'),
    prefersLocal: false,
    stickyMs: 0,
    notes: [],
    ...options.plan,
  }
  const state = { latencyOf: () => undefined, random: () => 0, ...options.state }
  const { places, note } = choose(ranking, plan, { name: 'auto', ...options.route }, state)
  return [places.map((place) => ranking.model(place)?.id).join(''), note]
}

describe('choose', () => {
  it('keeps the ranking where no rule says otherwise', () => {
    assert.deepEqual(order({}), ['abcd', undefined])
    assert.deepEqual(order({ state: { sticky: 'work/d' } }), ['abcd', undefined])
  })

  it('keeps a conversation’s model, however it ranks, while it may be asked', () => {
    const sticky = { plan: { stickyMs: 1 } }
    assert.deepEqual(order({ ...sticky, state: { sticky: 'work/d' } }), [
      'dabc',
      'it has answered this conversation before',
    ])
    assert.deepEqual(order({ ...sticky, state: { sticky: 'work/gone' } }), ['abcd', undefined])
  })

  it('follows the order of the patterns, the score deciding within one', () => {
    const route = { order: 'listed', models: ['work/d', 'work/c', '*'] } as const
    assert.deepEqual(order({ route }), ['dcab', 'the first in the order of the route'])
  })

  it('takes the quicker of two equals that chance picks, and never one that is no equal', () => {
    const latencies: Record<string, number> = { 'work/a': 900, 'work/b': 300, 'work/c': 600, 'work/d': 1 }
    const counts: Record<string, number> = {}
    for (let chance = 0; chance < 9; chance++) {
      const chances = [Math.floor(chance / 3) / 3, (chance % 3) / 3]
      const [names] = order({
        plan: { balance: { within: 0.02 } },
        state: { latencyOf: (ref) => latencies[ref], random: () => chances.shift() ?? 0 },
      })
      const chosen = names?.at(0) ?? ''
      counts[chosen] = (counts[chosen] ?? 0) + 1
    }
    assert.deepEqual(Object.keys(counts).toSorted(), ['b', 'c'])
    assert.ok((counts['b'] ?? 0) > (counts['c'] ?? 0))
  })

  it('asks an equal that nobody has measured before the measured ones', () => {
    const [names] = order({
      plan: { balance: { within: 0.02 } },
      state: { latencyOf: (ref) => (ref === 'work/b' ? undefined : 500) },
    })
    assert.equal(names, 'bacd')
  })

  it('spreads by weights as they are given, and gives nothing to a weight of 0', () => {
    const weights = { 'work/a': 3, 'work/b': 1, 'work/c': 0 }
    const counts: Record<string, number> = {}
    for (let at = 0; at < 100; at++) {
      const [names] = order({
        plan: { balance: { within: 0.02, weights } },
        state: { random: () => at / 100 },
      })
      const chosen = names?.at(0) ?? ''
      counts[chosen] = (counts[chosen] ?? 0) + 1
    }
    assert.deepEqual(counts, { a: 75, b: 25 })
  })
})
