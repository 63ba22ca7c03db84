/** Whether a model id is wanted: by one of `include` (all, where there is none) and by none of `exclude`. */
export type ModelFilter = (modelId: string) => boolean

/**
 * `*` stands for any text, everything else for itself, capitals or not. Takes at most pattern times text steps,
 * whatever a user writes.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0
  let from = 0
  let star = -1
  let retry = 0
  while (from < text.length) {
    if (at < pattern.length && pattern[at] === '*') {
      star = at++
      retry = from
    } else if (at < pattern.length && pattern[at] === text[from]) {
      at++
      from++
    } else if (star >= 0) {
      at = star + 1
      from = ++retry
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

export function createModelFilter(include: readonly string[], exclude: readonly string[]): ModelFilter {
  const wanted = include.map((pattern) => pattern.toLowerCase())
  const unwanted = exclude.map((pattern) => pattern.toLowerCase())
  return (modelId) => {
    const id = modelId.toLowerCase()
    const included = wanted.length === 0 || wanted.some((pattern) => matchesPattern(pattern, id))
    return included && !unwanted.some((pattern) => matchesPattern(pattern, id))
  }
}
