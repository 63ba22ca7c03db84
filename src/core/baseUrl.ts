/** Paths of single calls, which people copy from an API's documentation together with its base URL. */
const callPaths: readonly RegExp[] = [
  /\/openai\/deployments\/[^/]+\/(?:chat\/completions|embeddings)$/,
  /\/chat\/completions$/,
  /\/(?:completions|responses|messages|embeddings|rerank|interactions)$/,
  /(?<=\/v\d[\w.]*)\/models$/,
  /\/messages\/count_tokens$/,
  /\/api\/(?:chat|generate|embed|embeddings|tags|show|ps|version)$/,
  /\/models\/[^/]+:(?:generateContent|streamGenerateContent|countTokens|embedContent)$/i,
]

export interface TidyUrl {
  readonly url: string
  /** What was taken off, such as `/chat/completions`; in their order, empty for a base URL as it should be. */
  readonly removed: readonly string[]
}

/** The base URL in an address of a single call: without that call's path, a query and a fragment. */
export function tidyBaseUrl(text: string): TidyUrl {
  const parsed = URL.parse(text.trim())
  if (parsed === null) return { url: text.trim(), removed: [] }
  const path = parsed.pathname.replace(/\/+$/, '')
  const call = callPaths.map((pattern) => pattern.exec(path)?.[0]).find((found) => found !== undefined)
  const removed = [call, parsed.search, parsed.hash].filter((part) => part !== undefined && part !== '')
  if (removed.length === 0) return { url: text.trim(), removed: [] }
  const base = path.slice(0, path.length - (call ?? '').length)
  return { url: `${parsed.origin}${base}`, removed: removed.map(String) }
}

/** Why an address was changed, in one sentence. */
export function describeTidying({ url, removed }: TidyUrl): string {
  return `The base URL ends before ${removed.map((part) => `“${part}”`).join(' and ')}: ${url} is used.`
}
