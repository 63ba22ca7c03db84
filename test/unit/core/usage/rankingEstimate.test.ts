import assert from 'node:assert/strict'
import { createRankingCache, createRankingEstimate } from '../../../../src/core/usage/rankingEstimate.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createPricedModel, createRequest } from '../../../fakes/usagePipeline.js'

describe('the estimate for a ranking', () => {
  it('counts a request’s input once, however many models look at it', () => {
    const counted: (number | undefined)[] = []
    const estimate = createRankingEstimate((_, __, inputTokens) => {
      counted.push(inputTokens)
      return { inputTokens: inputTokens ?? 7, usualOutputTokens: 0, outputTokens: 1 }
    }, createManualClock())
    const [first, second] = [createRequest(), createRequest()]
    for (const request of [first, first, first, second, second]) estimate(request, createPricedModel())
    assert.deepEqual(counted, [undefined, 7, 7, undefined, 7])
  })

  it('looks again for another request, and after a tenth of a second', async () => {
    const clock = createManualClock()
    let reads = 0
    const read = createRankingCache(clock, () => ++reads)
    const request = createRequest()
    assert.deepEqual([read(request), read(request)], [1, 1])
    await clock.advance(101)
    assert.deepEqual([read(request), read(createRequest())], [2, 3])
  })
})
