/** Removes every registered secret, and whatever is shaped like a key, from text that leaves the program. */
export interface Redactor {
  register(secret: string): void
  redact(text: string): string
}

const replacement = '[redacted]'

/** Shapes of keys that the providers give out, and of the headers that carry them. */
const keyShapes: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|xai|hf|key|tgp|nvapi|csk|fw|pplx|ghp|gho|github_pat)[-_][A-Za-z0-9_-]{16,}/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+/g,
  /(?<=\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(?<=\b(?:x-api-key|api-key|x-goog-api-key|api_key|apikey)["']?\s*[:=]\s*["']?)[^\s"',;&}]{6,}/gi,
]

/** A shorter secret would blank out ordinary words. */
const shortestSecret = 6

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
      for (const secret of longestFirst) clean = clean.replaceAll(secret, replacement)
      for (const shape of keyShapes) clean = clean.replace(shape, replacement)
      return clean
    },
  }
}
