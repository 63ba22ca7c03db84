import { CharacterKind, type CharacterTable } from './characters.js'

const { accented, digit, lower, newline, punctuation, script, space, symbol, upper } = CharacterKind

type Costs = readonly number[]

/**
 * Mean tokens of an English or program word, by what stands before it, its case and its length (1 to 16 letters).
 * Measured with the o200k vocabulary over Markdown, TypeScript, JavaScript, Python, JSON and manual pages.
 */
const wordCosts = {
  space: {
    lower: [1, 1, 1.01, 1.01, 1.02, 1.04, 1.05, 1.08, 1.1, 1.15, 1.17, 1.21, 1.24, 1.35, 1.6, 2.2],
    capital: [1, 1, 1.05, 1.03, 1.07, 1.09, 1.12, 1.25, 1.28, 1.36, 1.36, 1.38, 1.44, 1.55, 1.9, 2.3],
    upper: [1, 1, 1.14, 1.34, 1.55, 1.55, 1.65, 2.1, 2.2, 2.5, 2.7, 2.8, 3, 3.4, 3.8, 4.2],
  },
  punctuation: {
    lower: [1.06, 1.07, 1.2, 1.22, 1.37, 1.46, 1.56, 1.7, 1.85, 2.1, 2.2, 2.3, 2.65, 2.9, 3.1, 3.2],
    capital: [1.2, 1.45, 1.6, 1.5, 1.65, 1.7, 1.75, 1.9, 2.05, 2.3, 2.4, 2.3, 2.4, 2.6, 2.9, 3.2],
    upper: [1.03, 1.28, 1.5, 1.52, 1.65, 1.9, 1.95, 2.35, 2.75, 2.9, 3, 3.3, 3.5, 3.8, 4.1, 4.4],
  },
  none: {
    lower: [1, 1, 1.25, 1.13, 1.1, 1.13, 1.22, 1.38, 1.55, 1.68, 1.65, 1.8, 2.1, 2.6, 2.9, 3.1],
    capital: [1, 1.03, 1.08, 1.03, 1.04, 1.05, 1.07, 1.14, 1.18, 1.24, 1.24, 1.26, 1.3, 1.4, 1.8, 2.2],
    upper: [1, 1, 1.24, 1.45, 1.7, 1.86, 2, 2.45, 2.5, 2.5, 2.7, 2.9, 3.2, 3.5, 3.8, 4.1],
  },
} satisfies Record<string, Record<string, Costs>>

type Prefix = keyof typeof wordCosts

/** Mean tokens of a run of 1 to 8 ASCII signs. */
const punctuationCosts: Costs = [1, 1.04, 1.18, 1.75, 2.05, 2.1, 2.2, 2.6]
const perFurtherSign = 0.45
const perRepeatedSign = 0.015
const signsThatCount = 3
const perFurtherLetter = 0.3
const perAccentedLetter = 0.27
const lettersInFirstToken = 3
const perScriptRun = 0.35
/** Words of a language with accents cost more than English ones, those without accents too. */
const foreignShare = 2
/** Most texts are better counted a little too long than too short. */
const margin = 1.02

function costOf(costs: Costs, length: number, perFurther: number): number {
  const last = costs.length
  if (length <= last) return costs[length - 1] ?? 1
  return (costs[last - 1] ?? 1) + (length - last) * perFurther
}

/** Where the scan stands: what has been counted, and what merges with the segment that follows. */
interface Scan {
  readonly text: string
  readonly table: CharacterTable
  index: number
  tokens: number
  prefix: Prefix
  words: number
  accentedWords: number
  /** What the words without accents would cost more in another language. */
  foreignTokens: number
}

function kindAt(scan: Scan, index: number): number {
  return index < scan.text.length ? (scan.table.kinds[scan.text.charCodeAt(index)] ?? 0) : -1
}

function endOfRun(scan: Scan, start: number, kind: number): number {
  let end = start
  while (kindAt(scan, end) === kind) end++
  return end
}

/** Capitals, then small letters: the way tokenizers cut camel case. */
function takeWord(scan: Scan): void {
  const start = scan.index
  const capitals = endOfRun(scan, start, upper) - start
  let end = start + capitals
  let accents = 0
  for (let kind = kindAt(scan, end); kind === lower || kind === accented; kind = kindAt(scan, end)) {
    if (kind === accented) accents++
    end++
  }
  const length = end - start
  const small = length - capitals
  const letterCase = capitals === 0 ? 'lower' : capitals === 1 && small > 0 ? 'capital' : 'upper'
  const plain = costOf(wordCosts[scan.prefix][letterCase], length, perFurtherLetter)
  const foreign = Math.max(plain, 1 + Math.max(0, length - lettersInFirstToken) * perAccentedLetter)
  scan.words++
  if (accents > 0) scan.accentedWords++
  else scan.foreignTokens += foreign - plain
  scan.tokens += accents === 0 ? plain : foreign
  scan.prefix = 'none'
  scan.index = end
}

/** A run ends with at most one space that belongs to the next word or sign. */
function takeWhitespace(scan: Scan): void {
  let end = scan.index
  let lines = end
  for (let kind = kindAt(scan, end); kind === space || kind === newline; kind = kindAt(scan, end)) {
    end++
    if (kind === newline) lines = end
  }
  const next = kindAt(scan, end)
  const merges = next !== digit && next !== -1 && end > lines
  const spaces = end - lines - (merges ? 1 : 0)
  if (lines > scan.index) scan.tokens += 1
  if (spaces > 0) scan.tokens += next === digit && spaces > 1 ? 2 : 1
  if (merges) scan.prefix = scan.text.charCodeAt(end - 1) === 0x20 ? 'space' : 'punctuation'
  else scan.prefix = 'none'
  scan.index = end
}

/** Of a row of one sign only the first few count, for a rule in a comment is one token or two. */
function costOfSigns(text: string, start: number, end: number): number {
  let effective = 0
  let repeated = 0
  for (let index = start; index < end; index++) {
    repeated = index > start && text.charCodeAt(index) === text.charCodeAt(index - 1) ? repeated + 1 : 0
    if (repeated < signsThatCount) effective++
  }
  return costOf(punctuationCosts, effective, perFurtherSign) + (end - start - effective) * perRepeatedSign
}

/** One sign right before a letter may share its token; signs take the line ends that follow with them. */
function takePunctuation(scan: Scan): void {
  const end = endOfRun(scan, scan.index, punctuation)
  const length = end - scan.index
  const next = kindAt(scan, end)
  const beforeLetter = next === lower || next === upper || next === accented
  if (length === 1 && beforeLetter && scan.prefix === 'none') {
    scan.prefix = 'punctuation'
  } else {
    scan.tokens += costOfSigns(scan.text, scan.index, end)
    scan.prefix = 'none'
  }
  scan.index = next === newline ? endOfRun(scan, end, newline) : end
}

function takeDigits(scan: Scan): void {
  const end = endOfRun(scan, scan.index, digit)
  scan.tokens += Math.ceil((end - scan.index) / 3)
  scan.prefix = 'none'
  scan.index = end
}

function takeWeighed(scan: Scan, kind: number, start: number): void {
  let sum = start
  let end = scan.index
  for (; kindAt(scan, end) === kind; end++) sum += scan.table.weights[scan.text.charCodeAt(end)] ?? 1
  scan.tokens += Math.max(1, sum)
  scan.prefix = 'none'
  scan.index = end
}

/** Tokens of a text, estimated without a vocabulary; not rounded. */
export function scanTokens(text: string, table: CharacterTable): number {
  const scan: Scan = {
    text,
    table,
    index: 0,
    tokens: 0,
    prefix: 'none',
    words: 0,
    accentedWords: 0,
    foreignTokens: 0,
  }
  while (scan.index < text.length) {
    const kind = kindAt(scan, scan.index)
    if (kind === lower || kind === upper || kind === accented) takeWord(scan)
    else if (kind === space || kind === newline) takeWhitespace(scan)
    else if (kind === punctuation) takePunctuation(scan)
    else if (kind === digit) takeDigits(scan)
    else if (kind === script) takeWeighed(scan, kind, perScriptRun)
    else if (kind === symbol) takeWeighed(scan, kind, 0)
    else {
      scan.tokens += 1
      scan.index++
    }
  }
  const foreign = Math.min(1, (foreignShare * scan.accentedWords) / Math.max(1, scan.words))
  return (scan.tokens + foreign * scan.foreignTokens) * margin
}
