import type { CacheStatistics } from '../../core/cache/statistics.js'
import { formatCount } from '../modelInformation.js'
import { formatBytes } from './format.js'
import { markdownTable } from './markdownTable.js'
import { formatSum } from './usageReport.js'

/** Markdown: what the response cache holds, and what it has saved since this window has opened. */
export function cacheReport(statistics: CacheStatistics, keepsAnswers: boolean): string {
  const { hits, misses, sharedHits, bypassed } = statistics
  const asked = hits + misses
  const rate = asked === 0 ? '' : ` (${Math.round((100 * hits) / asked)} %)`
  const rows = [
    ['Entries', formatCount(statistics.entries)],
    ['Size', formatBytes(statistics.bytes)],
    ['Answers given again', `${formatCount(hits)}${rate}`],
    ['Of them shared with a request under way', formatCount(sharedHits)],
    ['Asked anew', formatCount(misses)],
    ['Kept out', formatCount(bypassed)],
    ['Money saved', formatSum(statistics.savedUsd)],
    ['Time saved', `${(statistics.savedMs / 1_000).toFixed(1)} s`],
  ]
  const off = keepsAnswers
    ? ''
    : 'Answers are not kept. Turn on `roundhouse.cache.completions` to have them given again.\n\n'
  return `# Cache\n\n${off}${markdownTable(['Since this window has opened', ''], rows)}\n`
}
