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

/** What stands before a word, by its place in the table. */
const afterSpace = 0
const afterPunctuation = 1
const afterNothing = 2
/** A word's case, by its place in the table. */
const [smallLetters, oneCapital, capitals] = [0, 1, 2]
const cases = 3

/** By numbers: every word of every text is looked up. */
const costTable: readonly Costs[] = [wordCosts.space, wordCosts.punctuation, wordCosts.none].flatMap(
  (row) => [row.lower, row.capital, row.upper],
)

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
  /** The stretch that is scanned. */
  text: string
  /** Of each unit of the stretch, and `endOfText`. */
  kinds: Uint8Array
  readonly weights: Float32Array
  index: number
  tokens: number
  prefix: number
  words: number
  accentedWords: number
  /** What the words without accents would cost more in another language. */
  foreignTokens: number
}

const endOfText = 255

/** All at once: to look each unit up where it is needed takes several times as long. */
function kindsOf(text: string, table: CharacterTable): Uint8Array {
  const kinds = table.scratch
  for (let index = 0; index < text.length; index++) kinds[index] = table.kinds[text.charCodeAt(index)] ?? 0
  kinds[text.length] = endOfText
  return kinds
}

function endOfRun({ kinds }: Scan, start: number, kind: number): number {
  let end = start
  while (kinds[end] === kind) end++
  return end
}

/** Capitals, then small letters: the way tokenizers cut camel case. */
function takeWord(scan: Scan): void {
  const { kinds } = scan
  const start = scan.index
  let small = start
  while (kinds[small] === upper) small++
  let end = small
  let accents = 0
  for (; ; end++) {
    const kind = kinds[end]
    if (kind === accented) accents++
    else if (kind !== lower) break
  }
  const length = end - start
  const letterCase =
    small === start ? smallLetters : small === start + 1 && end > small ? oneCapital : capitals
  const plain = costOf(costTable[scan.prefix * cases + letterCase] ?? [], length, perFurtherLetter)
  const foreign = Math.max(plain, 1 + Math.max(0, length - lettersInFirstToken) * perAccentedLetter)
  scan.words++
  if (accents > 0) scan.accentedWords++
  else scan.foreignTokens += foreign - plain
  scan.tokens += accents === 0 ? plain : foreign
  scan.prefix = afterNothing
  scan.index = end
}

/** A run ends with at most one space that belongs to the next word or sign. */
function takeWhitespace(scan: Scan): void {
  const { kinds } = scan
  let end = scan.index
  let lines = end
  for (let kind = kinds[end]; kind === space || kind === newline; kind = kinds[end]) {
    end++
    if (kind === newline) lines = end
  }
  const next = kinds[end]
  const merges = next !== digit && next !== endOfText && end > lines
  const spaces = end - lines - (merges ? 1 : 0)
  if (lines > scan.index) scan.tokens += 1
  if (spaces > 0) scan.tokens += next === digit && spaces > 1 ? 2 : 1
  if (merges) scan.prefix = scan.text.charCodeAt(end - 1) === 0x20 ? afterSpace : afterPunctuation
  else scan.prefix = afterNothing
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
  const next = scan.kinds[end]
  const beforeLetter = next === lower || next === upper || next === accented
  if (length === 1 && beforeLetter && scan.prefix === afterNothing) {
    scan.prefix = afterPunctuation
  } else {
    scan.tokens += costOfSigns(scan.text, scan.index, end)
    scan.prefix = afterNothing
  }
  scan.index = next === newline ? endOfRun(scan, end, newline) : end
}

function takeDigits(scan: Scan): void {
  const end = endOfRun(scan, scan.index, digit)
  scan.tokens += Math.ceil((end - scan.index) / 3)
  scan.prefix = afterNothing
  scan.index = end
}

function takeWeighed(scan: Scan, kind: number, start: number): void {
  let sum = start
  let end = scan.index
  for (; scan.kinds[end] === kind; end++) sum += scan.weights[scan.text.charCodeAt(end)] ?? 1
  scan.tokens += Math.max(1, sum)
  scan.prefix = afterNothing
  scan.index = end
}

/** How far from the longest stretch's end its own is looked for. */
const mostBack = 2_000

/** Where a stretch of a long text ends: behind a word or a number and before its space or line end, where runs end anyway. */
function endOfStretch(text: string, from: number, { kinds, scratch }: CharacterTable): number {
  const most = from + scratch.length - 1
  if (text.length <= most) return text.length
  for (let end = most; end > most - mostBack; end--) {
    const next = kinds[text.charCodeAt(end)]
    if (next !== newline && next !== space) continue
    const before = kinds[text.charCodeAt(end - 1)]
    if (before === lower || before === upper || before === digit || before === script) return end
  }
  return most
}

function scanStretch(scan: Scan): void {
  while (scan.index < scan.text.length) {
    const kind = scan.kinds[scan.index] ?? endOfText
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
}

/** Tokens of a text, estimated without a vocabulary; not rounded. A long text takes no more memory than a short one. */
export function scanTokens(text: string, table: CharacterTable): number {
  const scan: Scan = {
    text,
    kinds: table.scratch,
    weights: table.weights,
    index: 0,
    tokens: 0,
    prefix: afterNothing,
    words: 0,
    accentedWords: 0,
    foreignTokens: 0,
  }
  for (let from = 0; from < text.length; ) {
    const end = endOfStretch(text, from, table)
    scan.text = from === 0 && end === text.length ? text : text.slice(from, end)
    scan.kinds = kindsOf(scan.text, table)
    scan.index = 0
    scanStretch(scan)
    from = end
  }
  const foreign = Math.min(1, (foreignShare * scan.accentedWords) / Math.max(1, scan.words))
  return (scan.tokens + foreign * scan.foreignTokens) * margin
}
