/** Scheme, host and port of a web address; undefined for anything else. A key is bound to one. */
export function originOf(baseUrl: string | undefined): string | undefined {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return undefined
  const url = new URL(baseUrl)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : undefined
}
