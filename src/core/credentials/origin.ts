/** Scheme, host and port of a web address; undefined for anything else. A key is bound to one. */
export function originOf(baseUrl: string | undefined): string | undefined {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return undefined
  const url = new URL(baseUrl)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : undefined
}

/** Whether a host, as `URL` writes it, is this machine by its very name. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
