import assert from 'node:assert/strict'
import type { ReportRow } from '../../../../src/core/usage/report.js'
import { usageReport } from '../../../../src/vscode/views/usageReport.js'

const row = (facts: Partial<ReportRow>): ReportRow => ({
  key: { model: 'work/small' },
  attempts: 1,
  failures: 0,
  cancelled: 0,
  cacheHits: 0,
  estimated: 0,
  unpriced: 0,
  uncachedInput: 10,
  cacheRead: 0,
  cacheWrite: 0,
  visibleOutput: 5,
  reasoningOutput: 0,
  usd: 0,
  billed: 0,
  otherTier: 0,
  latencyMs: 1_000,
  ...facts,
})

const page = (...rows: readonly Partial<ReportRow>[]) =>
  usageReport({ period: 'today', by: 'model', rows: rows.map(row), budgets: [] })

describe('the report of usage', () => {
  it('never shows an unknown price as nothing', () => {
    const unknown = page({ unpriced: 1 })
    assert.match(unknown, /\*\*Unknown cost\*\* for 1 call of a model\. .*The price of 1 is unknown/)
    assert.match(unknown, /\| unknown \| 1 \|/)
    assert.doesNotMatch(unknown, /\$\\?0\\?\.00/)
    const some = page({ usd: 2, attempts: 3, unpriced: 1 })
    assert.match(some, /\*\*\$2\.00\*\* for 3 calls/)
    assert.match(some, /\\\$2\\\.00 \\\+ unknown/)
    assert.match(page({}), /\*\*\$0\.00\*\*/)
  })

  it('says of how many calls the server billed the cost, and of how many the tier had no price', () => {
    const text = page({ usd: 2, attempts: 5, billed: 3, otherTier: 2 })
    assert.match(text, /The cost of 3 is what the server billed\./)
    assert.match(text, /2 came from another service tier, whose price is estimated\./)
    assert.doesNotMatch(page({ usd: 2 }), /billed|tier/)
  })
})
