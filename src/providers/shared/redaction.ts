import { isRecord } from './json.js'

const keyShapes = [
  /\b(?:sk|pk|rk|gsk|hf|tgp|xai|glpat|ghp|nvapi)[-_][\w*.-]{6,}/g,
  /\bAIza[\w-]{10,}/g,
  /\beyJ[\w-]{10,}\.[\w-]+(?:\.[\w-]*)?/g,
  /\b(?:bearer|basic)\s+[\w.~+/*=-]{6,}/gi,
]

/** Quotes, and what a validator echoes of the request after them. */
const quoted = [
  /"(?:[^"\\]|\\.){41,}"/gs,
  /'(?:[^'\\]|\\.){41,}'/gs,
  /`[^`]{41,}`/gs,
  /“[^”]{41,}”/gs,
  /[A-Za-z0-9+/=_-]{80,}/g,
  /\{[^{}]{120,}\}/gs,
]

const maximumLength = 300
const echoWords = 5

/**
 * A provider's own words, made fit to be shown: no key, nothing of what was sent to it, at most 300 characters.
 * `sent` is the request's body; `keep` are words that may stay though they were sent, such as the model's id.
 */
export function redact(
  text: string,
  secrets: readonly string[],
  sent?: unknown,
  keep: readonly string[] = [],
): string {
  let clean = text.slice(0, 4000).replace(/\s+/g, ' ').trim()
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, '[key]')
  for (const shape of keyShapes) clean = clean.replace(shape, '[key]')
  clean = clean.replace(/['"]input['"]\s*:.*$/s, '…')
  for (const shape of quoted) clean = clean.replace(shape, '…')
  clean = removeEchoes(clean, sent, keep)
  return clean.length <= maximumLength ? clean : `${clean.slice(0, maximumLength - 1).trimEnd()}…`
}

/** Cuts out runs of words that were in the request. */
function removeEchoes(text: string, sent: unknown, keep: readonly string[]): string {
  const texts = collectTexts(sent)
  if (texts.length === 0) return text
  let clean = text
  for (const whole of texts)
    if (whole.length >= 8 && whole.length <= 200) clean = clean.replaceAll(whole, '…')
  const haystack = ` ${texts.join(' ')} `
  const words = clean.split(' ')
  const echoed = new Set<number>()
  for (let start = 0; start < words.length; start++) {
    const long = words[start] ?? ''
    if (long.length >= 24 && !keep.some((word) => long.includes(word)) && haystack.includes(long))
      echoed.add(start)
    const run = words.slice(start, start + echoWords)
    if (run.length < echoWords || !haystack.includes(` ${run.join(' ')} `)) continue
    for (let index = start; index < start + echoWords; index++) echoed.add(index)
  }
  const kept = words.map((word, index) => (echoed.has(index) ? '…' : word))
  return kept.join(' ').replace(/…(?: …)+/g, '…')
}

/** Every text of the request that a person or a tool wrote: those with a space in them, or long ones. */
function collectTexts(value: unknown): readonly string[] {
  const found: string[] = []
  const visit = (item: unknown, depth: number): void => {
    if (depth > 12) return
    if (typeof item === 'string') {
      const text = item.replace(/\s+/g, ' ').trim()
      if (text.includes(' ') || text.length >= 24) found.push(text)
    } else if (Array.isArray(item)) {
      for (const entry of item) visit(entry, depth + 1)
    } else if (isRecord(item)) {
      for (const [key, entry] of Object.entries(item)) if (key !== 'model') visit(entry, depth + 1)
    }
  }
  visit(value, 0)
  return found
}
