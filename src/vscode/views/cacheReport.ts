import type { CacheStatistics } from '../../core/cache/statistics.js'
import type { SavedSoFar } from '../../core/usage/savings.js'
import { formatCount } from '../modelInformation.js'
import { formatBytes, formatSum } from './format.js'
import { markdownTable } from './markdownTable.js'

const next =
  '“Roundhouse: Clear Cache…” forgets answers. What is kept, for how long and where are the settings `roundhouse.cache.*`.'

interface CacheReportInput {
  readonly statistics: CacheStatistics
  /** In all windows. */
  readonly saved: SavedSoFar
  readonly keepsAnswers: boolean
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** A number of hits, and which part of all requests they are. */
function formatHits(hits: number, misses: number): string {
  const asked = hits + misses
  return asked === 0 ? '0' : `${formatCount(hits)} (${Math.round((100 * hits) / asked)} %)`
}

function writeSaved(usd: number, unpriced: number): string {
  if (unpriced === 0) return formatSum(usd)
  const unknown = `that of ${formatCount(unpriced)} ${unpriced === 1 ? 'answer' : 'answers'} whose price is unknown`
  return usd === 0 ? `Unknown: ${unknown}` : `${formatSum(usd)}, and ${unknown}`
}

function savedTable({ since, hits, misses, unpriced, usd, ms }: SavedSoFar): readonly string[] {
  if (since === undefined) return []
  const rows = [
    ['Requests answered again', formatHits(hits, misses)],
    ['Asked of a model', formatCount(misses)],
    ['Money saved', writeSaved(usd, unpriced)],
    ['Time saved', seconds(ms)],
  ]
  return [markdownTable([`All windows, since ${new Date(since).toISOString().slice(0, 10)}`, ''], rows)]
}

/** Chat sets no temperature, which is the provider's own then, and above 0 nearly everywhere. */
function whyNotKept({ sampled }: Pick<CacheStatistics, 'sampled'>): string {
  if (sampled === 0) return ''
  const answers = sampled === 1 ? '1 answer was' : `${formatCount(sampled)} answers were`
  return `${answers} not kept: their requests set no temperature of 0, so another try could say it differently. VS Code’s Chat never sets one. Turn on \`roundhouse.cache.sampled\` to keep such answers, too.\n\n`
}

/** Markdown: what the response cache holds, and what it has saved. */
export function cacheReport({ statistics, saved, keepsAnswers }: CacheReportInput): string {
  const { hits, misses, sharedHits, bypassed } = statistics
  const kept = [
    ['Answers', formatCount(statistics.entries)],
    ['Size', formatBytes(statistics.bytes)],
  ]
  const happened = [
    ['Answers given again', formatHits(hits, misses)],
    ['Of them with one that was on its way', formatCount(sharedHits)],
    ['Asked of a model', formatCount(misses)],
    ['Asked of a model, and not to be kept', formatCount(bypassed)],
    ['Money saved', writeSaved(statistics.savedUsd, statistics.hitsWithoutPrice)],
    ['Time saved', seconds(statistics.savedMs)],
  ]
  const off = keepsAnswers
    ? whyNotKept(statistics)
    : 'Answers are not kept. Turn on `roundhouse.cache.completions` to have them given again.\n\n'
  const tables = [
    markdownTable(['Kept', ''], kept),
    markdownTable(['Since this window has opened', ''], happened),
    ...savedTable(saved),
  ]
  return `# Cache\n\n${off}${tables.join('\n\n')}\n\n${next}\n`
}
