import assert from 'node:assert/strict'
import { cacheReport } from '../../../../src/vscode/views/cacheReport.js'

describe('the report of the response cache', () => {
  it('never shows what answers of an unknown price have saved as nothing', () => {
    const statistics = {
      entries: 1,
      bytes: 1,
      hits: 2,
      sharedHits: 0,
      misses: 0,
      sampled: 0,
      bypassed: 0,
      savedMs: 1,
    }
    const saved = { since: 0, hits: 2, misses: 0, usd: 0, ms: 1 }
    const write = (usd: number, unpriced: number) =>
      cacheReport({
        statistics: { ...statistics, savedUsd: usd, hitsWithoutPrice: unpriced },
        saved: { ...saved, usd, unpriced },
        keepsAnswers: true,
      })
    assert.equal(
      write(0, 2).match(/Money saved \| Unknown\\: that of 2 answers whose price is unknown/g)?.length,
      2,
    )
    assert.equal(write(1, 1).match(/Money saved \| \\\$1\\\.00, and that of 1 answer whose/g)?.length, 2)
    assert.equal(write(0, 0).match(/Money saved \| \\\$0\\\.00 \|/g)?.length, 2)
  })
})
