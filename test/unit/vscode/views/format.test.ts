import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import {
  escapeIcons,
  escapeMarkdown,
  formatAge,
  formatBytes,
  formatMoment,
  formatPricePair,
  formatTokens,
  shorten,
} from '../../../../src/vscode/views/format.js'
import { now } from './samples.js'

describe('numbers in the views', () => {
  for (const [tokens, text] of [
    [512, '512'],
    [4096, '4K'],
    [8192, '8K'],
    [32_000, '32K'],
    [128_000, '128K'],
    [131_072, '128K'],
    [200_000, '200K'],
    [1_000_000, '1M'],
    [1_048_576, '1M'],
    [1_500_000, '1.5M'],
  ] as const) {
    it(`show ${tokens} tokens as ${text}`, () => assert.equal(formatTokens(tokens), text))
  }

  for (const [ms, text] of [
    [5000, 'just now'],
    [5 * 60_000, '5 min ago'],
    [3 * 3_600_000, '3 h ago'],
    [26 * 3_600_000, '1 day ago'],
    [50 * 3_600_000, '2 days ago'],
  ] as const) {
    it(`show ${ms} ms as ${text}`, () => assert.equal(formatAge(ms), text))
  }

  it('show sizes in the unit that is read most easily', () => {
    assert.deepEqual([999, 285_728, 4_700_000_000, 41_000_000_000].map(formatBytes), [
      '999 B',
      '286 kB',
      '4.7 GB',
      '41 GB',
    ])
  })

  it('never show an unknown price as nothing', () => {
    assert.equal(formatPricePair({}), undefined)
    assert.equal(formatPricePair({ input: 3 }), '$3 / ?')
    assert.equal(formatPricePair({ input: 3, output: 15 }), '$3 / $15')
    assert.equal(formatPricePair({ input: 0, output: 0 }), 'free')
  })

  it('show a price to the cent, and to a tenth of one where it has that', () => {
    assert.equal(formatPricePair({ input: 0.75, output: 4.5 }), '$0.75 / $4.50')
    assert.equal(formatPricePair({ input: 0.075, output: 0.3 }), '$0.075 / $0.30')
    assert.equal(formatPricePair({ input: 0.1, output: 12 }), '$0.10 / $12')
  })

  it('show a moment of another day with its date', () => {
    const yesterday = now - 24 * 3_600_000
    assert.doesNotMatch(formatMoment(now, now), /2026/)
    assert.match(formatMoment(yesterday, now), /2025/)
  })
})

describe('text of others', () => {
  it('has nothing left that Markdown would read as a link, code, HTML, table or icon', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const bare = escapeMarkdown(text).replaceAll(/\\./gu, '')
        assert.doesNotMatch(bare, /[[\]()<>`*_|$!#]/)
        assert.doesNotMatch(bare, /\n/)
      }),
      { numRuns: 50 },
    )
  })

  it('cannot bring an icon into a label', () => {
    assert.equal(escapeIcons('$(error) gpt'), String.raw`\$(error) gpt`)
  })

  it('is cut to the length asked for', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 2, max: 40 }), (text, length) => {
        assert.ok(shorten(text, length).length <= length)
      }),
    )
  })
})
