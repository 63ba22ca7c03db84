/** A path beside the API’s own, which a server with a prefix has below the prefix, too. */
export function besideApi(baseUrl: string, path: string): string {
  return `${baseUrl.replace(/\/v1$/, '')}/${path}`
}

/** The properties of one model: a router asks it, without loading it for that; a server of one model answers the same. */
export function propertiesOf(baseUrl: string, model: string): string {
  return forModel(besideApi(baseUrl, 'props'), model)
}

/** Which slots are at work; answered by what computes the answers alone. */
export function slotsOf(baseUrl: string, model: string): string {
  return forModel(besideApi(baseUrl, 'slots'), model)
}

function forModel(url: string, model: string): string {
  return `${url}?model=${encodeURIComponent(model)}&autoload=false`
}
