/** Removes every registered secret, and whatever is shaped like a key, from text that leaves the program. */
export interface Redactor {
  register(secret: string): void
  redact(text: string): string
}

const replacement = '[redacted]'

interface KeyShape {
  readonly shape: RegExp
  readonly by: string | ((found: string) => string)
}

/**
 * Shapes of keys that the providers give out, of the headers that carry them and of addresses with a password. Each
 * reads a text once, whatever stands in it: what could begin anywhere in a long run of characters begins at its start.
 */
const keyShapes: readonly KeyShape[] = [
  {
    shape: /\b(?:sk|pk|rk|gsk|xai|hf|key|tgp|nvapi|csk|fw|pplx|ghp|gho|github_pat)[-_][A-Za-z0-9_-]{16,}/g,
    by: replacement,
  },
  { shape: /\bAIza[A-Za-z0-9_-]{30,}/g, by: replacement },
  {
    shape: /(?<![\w-])[\w-]{13,}(?:\.[\w-]+){2,}/g,
    by: (found) => (found.includes('eyJ') ? replacement : found),
  },
  { shape: /\b(bearer|basic)(\s+)[A-Za-z0-9._~+/=-]{8,}/gi, by: `$1$2${replacement}` },
  {
    shape: /(x-api-key|api-key|x-goog-api-key|api_key|apikey)(["']?\s*[:=]\s*["']?)[^\s"',;&}]{6,}/gi,
    by: `$1$2${replacement}`,
  },
  { shape: /:\/\/[^\s/?#"'<>]+@/g, by: `://${replacement}@` },
]

/** A shorter secret would blank out ordinary words. */
const shortestSecret = 6

/** Shorter ones are words that many texts end with. */
const shortestBeginning = 8

function spellings(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret)
  const base64 = btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')
  const base64Url = base64.replaceAll('+', '-').replaceAll('/', '_')
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64, base64Url]
}

export function createRedactor(): Redactor {
  const secrets = new Set<string>()
  let longestFirst: readonly string[] = []
  return {
    register(secret) {
      if (secret.length < shortestSecret) return
      const before = secrets.size
      for (const spelling of spellings(secret)) secrets.add(spelling)
      if (secrets.size !== before) longestFirst = [...secrets].toSorted((a, b) => b.length - a.length)
    },
    redact(text) {
      let clean = text
      for (const secret of longestFirst) clean = cutEnd(clean.replaceAll(secret, replacement), secret)
      for (const { shape, by } of keyShapes)
        clean = typeof by === 'string' ? clean.replace(shape, by) : clean.replace(shape, by)
      return clean
    },
  }
}

/** The text without a secret's beginning at its end, if somebody has cut it off in the middle. */
function cutEnd(text: string, secret: string): string {
  const beginning = secret.slice(0, shortestBeginning)
  let from = text.indexOf(beginning, Math.max(0, text.length - secret.length))
  while (from !== -1 && !secret.startsWith(text.slice(from))) from = text.indexOf(beginning, from + 1)
  return from === -1 ? text : text.slice(0, from) + replacement
}
