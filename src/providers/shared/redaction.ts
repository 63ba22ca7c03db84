import { isRecord } from '../../core/json.js'
import { createRedactor } from '../../core/redact.js'

/** A key that the provider itself has masked in part still says something of it. */
const keyStart = /\b(?:sk|pk|rk|gsk|hf|tgp|xai|nvapi|AIza)/
const maskedRun = /(?<![\w*.-])[\w*.-]+/g

const quoted = [
  /"(?:[^"\\]|\\.){41,}"/gs,
  /'(?:[^'\\]|\\.){41,}'/gs,
  /`[^`]{41,}`/gs,
  /“[^”]{41,}”/gs,
  /[A-Za-z0-9+/=_-]{80,}/g,
  /\{[^{}]{120,}\}/gs,
]

const longestRead = 4000
/** To look for it in what was sent. */
const longestCompared = 1200
const longestShown = 300
const longestName = 100
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
  // Before any cut: half a key has no shape, and is no secret that is known.
  const whole = redactor.redact(text).replaceAll(maskedRun, maskRun)
  let clean = whole.replaceAll(/\s+/g, ' ').trim().slice(0, longestRead)
  // What validators print of the request.
  clean = clean.replace(/['"]input['"]\s*:.*$/s, '…')
  for (const shape of quoted) clean = clean.replaceAll(shape, '…')
  clean = removeEchoes(clean.slice(0, longestCompared), sent, keep)
  return clean.length <= longestShown ? clean : `${clean.slice(0, longestShown - 1).trimEnd()}…`
}

/** A name that a server has chosen, such as a tool's or a request's, fit to be shown: at most 100 characters. */
export function redactName(name: string, secrets: readonly string[]): string {
  return redactMessage(name, { secrets }).slice(0, longestName)
}

function maskRun(run: string): string {
  return run.includes('*') && keyStart.test(run) ? '[redacted]' : run
}

/** Cuts out runs of words that were in the request. */
function removeEchoes(text: string, sent: unknown, keep: readonly string[]): string {
  const texts = collectTexts(sent)
  if (texts.length === 0) return text
  const short = texts.filter((each) => each.length >= 8 && each.length <= 200)
  const clean = short.reduce((rest, each) => rest.replaceAll(each, '…'), text)
  const haystack = texts.join(' ')
  const words = clean.split(' ')
  const echoed = new Set<number>()
  for (const [index, word] of words.entries()) {
    const mayStay = word.length < longWord || keep.some((kept) => word.includes(kept))
    if (!mayStay && haystack.includes(word)) echoed.add(index)
  }
  for (const start of findRuns(words, haystack))
    for (let index = start; index < start + echoWords; index++) echoed.add(index)
  const kept = words.map((word, index) => (echoed.has(index) ? '…' : word))
  return kept.join(' ').replaceAll(/…(?: …)+/g, '…')
}

/** Where the runs of words begin that stand in the haystack too, which is read once: it may be megabytes. */
function findRuns(words: readonly string[], haystack: string): readonly number[] {
  const starts = new Map<string, number[]>()
  for (let start = 0; start + echoWords <= words.length; start++) {
    const run = words.slice(start, start + echoWords).join(' ')
    starts.set(run, [...(starts.get(run) ?? []), start])
  }
  const found: number[] = []
  const begins: number[] = []
  for (let from = 0; from !== -1 && starts.size > 0; ) {
    begins.push(from)
    const end = haystack.indexOf(' ', from)
    if (begins.length === echoWords) {
      const run = haystack.slice(begins.shift(), end === -1 ? undefined : end)
      found.push(...(starts.get(run) ?? []))
      starts.delete(run)
    }
    from = end === -1 ? -1 : end + 1
  }
  return found
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
