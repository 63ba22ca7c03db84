import { isRecord } from '../../core/json.js'
import { createRedactor } from '../../core/redact.js'

/** A key that the provider itself has masked in part still says something of it. */
const maskedKey = /\b(?:sk|pk|rk|gsk|hf|tgp|xai|nvapi|AIza)[-_]?[\w-]*\*+[\w*.-]*/g

const quoted = [
  /"(?:[^"\\]|\\.){41,}"/gs,
  /'(?:[^'\\]|\\.){41,}'/gs,
  /`[^`]{41,}`/gs,
  /“[^”]{41,}”/gs,
  /[A-Za-z0-9+/=_-]{80,}/g,
  /\{[^{}]{120,}\}/gs,
]

const longestRead = 4000
const longestShown = 300
const echoWords = 5
const longWord = 24

export interface Redaction {
  readonly secrets: readonly string[]
  /** The body of the request that was answered so. */
  readonly sent?: unknown
  /** Words that may stay though they were sent, such as the model's id. */
  readonly keep?: readonly string[]
}

/** A provider's own words, made fit to be shown: no key, nothing of what was sent to it, at most 300 characters. */
export function redactMessage(text: string, { secrets, sent, keep = [] }: Redaction): string {
  const redactor = createRedactor()
  for (const secret of secrets) redactor.register(secret)
  const line = text.slice(0, longestRead).replaceAll(/\s+/g, ' ').trim()
  let clean = redactor.redact(line).replaceAll(maskedKey, '[redacted]')
  // What validators print of the request.
  clean = clean.replace(/['"]input['"]\s*:.*$/s, '…')
  for (const shape of quoted) clean = clean.replaceAll(shape, '…')
  clean = removeEchoes(clean, sent, keep)
  return clean.length <= longestShown ? clean : `${clean.slice(0, longestShown - 1).trimEnd()}…`
}

/** Cuts out runs of words that were in the request. */
function removeEchoes(text: string, sent: unknown, keep: readonly string[]): string {
  const texts = collectTexts(sent)
  if (texts.length === 0) return text
  const short = texts.filter((each) => each.length >= 8 && each.length <= 200)
  const clean = short.reduce((rest, each) => rest.replaceAll(each, '…'), text)
  const haystack = ` ${texts.join(' ')} `
  const words = clean.split(' ')
  const echoed = new Set<number>()
  for (let start = 0; start < words.length; start++) {
    const word = words[start] ?? ''
    const mayStay = word.length < longWord || keep.some((kept) => word.includes(kept))
    if (!mayStay && haystack.includes(word)) echoed.add(start)
    const run = words.slice(start, start + echoWords)
    if (run.length < echoWords || !haystack.includes(` ${run.join(' ')} `)) continue
    for (let index = start; index < start + echoWords; index++) echoed.add(index)
  }
  const kept = words.map((word, index) => (echoed.has(index) ? '…' : word))
  return kept.join(' ').replaceAll(/…(?: …)+/g, '…')
}

/** Every text of the request that a person or a tool wrote: those with a space in them, or long ones. */
function collectTexts(sent: unknown): readonly string[] {
  const found: string[] = []
  const visit = (item: unknown, depth: number): void => {
    if (depth > 12) return
    if (typeof item === 'string') {
      const text = item.replaceAll(/\s+/g, ' ').trim()
      if (text.includes(' ') || text.length >= longWord) found.push(text)
    } else if (Array.isArray(item)) {
      for (const entry of item) visit(entry, depth + 1)
    } else if (isRecord(item)) {
      for (const [key, entry] of Object.entries(item)) if (key !== 'model') visit(entry, depth + 1)
    }
  }
  visit(sent, 0)
  return found
}
