import type { CacheStatistics } from '../../core/cache/statistics.js'
import { formatCount } from '../modelInformation.js'
import { formatBytes } from './format.js'
import { markdownTable } from './markdownTable.js'
import { formatSum } from './usageReport.js'

const next =
  '“Roundhouse: Clear Cache…” forgets answers. What is kept, for how long and where are the settings `roundhouse.cache.*`.'

/** Markdown: what the response cache holds, and what it has saved since this window has opened. */
export function cacheReport(statistics: CacheStatistics, keepsAnswers: boolean): string {
  const { hits, misses, sharedHits, bypassed } = statistics
  const asked = hits + misses
  const rate = asked === 0 ? '' : ` (${Math.round((100 * hits) / asked)} %)`
  const kept = [
    ['Answers', formatCount(statistics.entries)],
    ['Size', formatBytes(statistics.bytes)],
  ]
  const happened = [
    ['Answers given again', `${formatCount(hits)}${rate}`],
    ['Of them with one that was on its way', formatCount(sharedHits)],
    ['Asked of a model', formatCount(misses)],
    ['Asked of a model, and not to be kept', formatCount(bypassed)],
    ['Money saved', formatSum(statistics.savedUsd)],
    ['Time saved', `${(statistics.savedMs / 1_000).toFixed(1)} s`],
  ]
  const off = keepsAnswers
    ? ''
    : 'Answers are not kept. Turn on `roundhouse.cache.completions` to have them given again.\n\n'
  const tables = [
    markdownTable(['Kept', ''], kept),
    markdownTable(['Since this window has opened', ''], happened),
  ]
  return `# Cache\n\n${off}${tables.join('\n\n')}\n\n${next}\n`
}
