import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { flattenAttempt, flattenReport, writeCsv, writeJson } from '../../../../src/core/usage/exports.js'
import { createAttemptRecord } from '../../../fakes/attemptRecords.js'

/** A reader of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  for (const match of text.matchAll(/(?:^|,|\r\n)(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(?=,|\r\n|$)/g)) {
    const cell = match[1]?.replaceAll('""', '"') ?? match[2] ?? ''
    if (match[0].startsWith(',')) rows.at(-1)?.push(cell)
    else rows.push([cell])
  }
  return rows.slice(0, -1)
}

describe('exports', () => {
  it('are CSV that gives every text back, whatever is in it', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r\n', ' ', 'é') })
    fc.assert(
      fc.property(fc.array(fc.tuple(texts, texts), { minLength: 1 }), (pairs) => {
        const csv = writeCsv(pairs.map(([a, b]) => ({ a: `x${a}`, b: `x${b}` })))
        assert.deepEqual(readCsv(csv), [['a', 'b'], ...pairs.map(([a, b]) => [`x${a}`, `x${b}`])])
      }),
    )
  })

  it('keep spreadsheets from running what a branch is called', () => {
    assert.equal(
      writeCsv([{ branch: '=HYPERLINK("x")', usd: -1 }]),
      'branch,usd\r\n"\'=HYPERLINK(""x"")",-1\r\n',
    )
  })

  it('leave an unknown price empty, never 0', () => {
    const [free, unknown] = [
      flattenAttempt(createAttemptRecord({ cost: { usd: 0, source: 'user' } })),
      flattenAttempt(createAttemptRecord()),
    ]
    assert.deepEqual([free['usd'], unknown['usd']], [0, undefined])
    assert.deepEqual(Object.keys(free), Object.keys(unknown))
    const embedded = flattenAttempt(createAttemptRecord({ operation: 'embeddings' }))
    assert.deepEqual([free['operation'], embedded['operation']], ['chat', 'embeddings'])
    assert.match(writeCsv([unknown]), /,exact,,,1000,200,success,false\r\n$/)
  })

  it('are JSON with the same names', () => {
    const sums = { attempts: 1, failures: 0, cancelled: 0, cacheHits: 0, estimated: 0, unpriced: 0 }
    const tokens = { uncachedInput: 1, cacheRead: 0, cacheWrite: 0, visibleOutput: 0, reasoningOutput: 0 }
    const costs = { usd: 0.5, billed: 1, otherTier: 0 }
    const row = { key: { day: '2026-11-21' }, ...sums, ...tokens, ...costs, latencyMs: 2 }
    const rows = flattenReport([row])
    assert.deepEqual(JSON.parse(writeJson(rows)), [
      { day: '2026-11-21', ...sums, ...tokens, ...costs, latencyMs: 2 },
    ])
    // The same names in every line, and an unknown price is no zero.
    const unknown = flattenReport([row, { ...row, usd: 0, unpriced: 1 }])
    assert.deepEqual(Object.keys(unknown[1] ?? {}), Object.keys(rows[0] ?? {}))
    assert.match(writeCsv(unknown), /,0\.5,1,0,2\r\n.*,,1,0,2\r\n$/)
    assert.equal(writeCsv([]), '')
  })
})
