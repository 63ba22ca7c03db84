/** Scheme, host and port of a web address; undefined for anything else. A key is bound to one. */
export function originOf(baseUrl: string | undefined): string | undefined {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return undefined
  const url = new URL(baseUrl)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.origin : undefined
}

/** A web address as it may be shown and kept: without a user name and a password. What is no address loses them too. */
export function withoutCredentials(address: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(address) ?? []
  const clean = rest.replace(/^[^/?#]*@/, '')
  const isAddress = !clean.includes('@') || URL.canParse(`http://${clean}`)
  return scheme + (isAddress ? clean : clean.slice(clean.lastIndexOf('@') + 1))
}

/** Whether a host, as `URL` writes it, is this machine by its very name. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
