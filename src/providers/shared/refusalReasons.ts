import { isRecord } from '../../core/json.js'
import { textAt } from './json.js'

/**
 * What a content filter found, in a few words: of Azure's `content_filter_results`, an object of categories, and of
 * Gemini's `safetyRatings`, a list. Undefined where nothing was filtered.
 */
export function filteredCategories(results: unknown): string | undefined {
  if (results === undefined) return undefined
  const ratings: readonly (readonly [string, unknown])[] = Array.isArray(results)
    ? results.map((rating) => [textAt(rating, 'category') ?? '', rating] as const)
    : Object.entries(isRecord(results) ? results : {})
  const words = ratings.flatMap(([category, rating]) => {
    if (!isRecord(rating) || (rating['filtered'] !== true && rating['blocked'] !== true)) return []
    const severity = textAt(rating, 'severity')
    return [`${wordsOf(category)}${severity === undefined ? '' : ` (${wordsOf(severity)})`}`]
  })
  return words.length === 0 ? undefined : words.join(', ').slice(0, 200)
}

/** A name of the wire as words: `HARM_CATEGORY_HATE_SPEECH` is hate speech. */
export function wordsOf(name: string): string {
  return name
    .replace(/^HARM_CATEGORY_/, '')
    .replaceAll('_', ' ')
    .toLowerCase()
}
