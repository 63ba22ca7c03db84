import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { findDegradation, healthScore } from '../../../../src/core/usage/healthScore.js'
import { createSummary, type Summary } from '../../../../src/core/usage/summary.js'
import { runElsewhere } from '../../../fakes/elsewhere.js'
import { readBlocks } from '../../../fakes/pages.js'

function summarize(successes: number, failures: number, latencyMs = 1_000): Summary {
  const summary = createSummary()
  Object.assign(summary.counts, { successes, failures })
  summary.latencyMs.add(latencyMs, successes)
  return summary
}

describe('health score', () => {
  it('is 100 for a model of which nothing is known, and for one that always answers', () => {
    assert.equal(healthScore({ recent: summarize(0, 0), history: summarize(0, 0) }), 100)
    assert.equal(healthScore({ recent: summarize(9, 0), history: summarize(500, 0) }), 100)
  })

  it('falls with each failure, more slowly than by halves', () => {
    const scores = [1, 2, 3, 10].map((failures) =>
      healthScore({ recent: summarize(0, failures), history: summarize(0, 0) }),
    )
    assert.deepEqual(scores, [75, 60, 50, 23])
  })

  it('loses up to three tenths with the speed, and nothing up to one and a half times the usual latency', () => {
    const scores = [1_000, 1_400, 3_000, 1_000_000].map((latencyMs) =>
      healthScore({ recent: summarize(10, 0, latencyMs), history: summarize(100, 0) }),
    )
    assert.deepEqual(scores, [100, 100, 85, 70])
  })

  it('stays between 0 and 100, and never rises with another failure', () => {
    const natural = fc.nat({ max: 1_000 })
    const times = fc.integer({ min: 1, max: 600_000 })
    const all = fc.record({ a: natural, b: natural, c: natural, d: natural, now: times, usual: times })
    fc.assert(
      fc.property(all, ({ a, b, c, d, now, usual }) => {
        const history = summarize(c, d, usual)
        const score = healthScore({ recent: summarize(a, b, now), history })
        const worse = healthScore({ recent: summarize(a, b + 1, now), history })
        return score >= 0 && score <= 100 && worse <= score
      }),
    )
  })
})

describe('degradation', () => {
  it('is found where a model that used to answer fails often', () => {
    const history = summarize(100, 2)
    assert.equal(findDegradation({ recent: summarize(5, 3), history }), 'failing')
    assert.equal(findDegradation({ recent: summarize(20, 3), history }), undefined)
    assert.equal(findDegradation({ recent: summarize(0, 2), history }), undefined)
  })

  it('is found where a model takes more than twice its own usual time', () => {
    const history = summarize(100, 0, 2_000)
    assert.equal(findDegradation({ recent: summarize(5, 0, 4_500), history }), 'slow')
    assert.equal(findDegradation({ recent: summarize(5, 0, 3_500), history }), undefined)
    assert.equal(findDegradation({ recent: summarize(4, 0, 9_000), history }), undefined)
  })

  it('is not found where a model has always been slow or failing, nor in some milliseconds', () => {
    const same = summarize(60, 40, 60_000)
    assert.equal(findDegradation({ recent: summarize(6, 4, 60_000), history: same }), undefined)
    assert.equal(
      findDegradation({ recent: summarize(50, 0, 300), history: summarize(50, 0, 100) }),
      undefined,
    )
  })
})

describe('docs/health.md', () => {
  it('shows what its example really says', async () => {
    const [example = ''] = readBlocks('health.md', 'js')
    assert.ok(example.includes('createMetrics'))
    assert.equal(await runElsewhere(example), readBlocks('health.md', 'text')[0])
  })
})
