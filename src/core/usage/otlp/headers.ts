/**
 * Headers as the environment's OTEL_EXPORTER_OTLP_HEADERS has them: `name=value,name=value`, values percent-encoded.
 * What cannot be read is left out.
 */
export function parseOtlpHeaders(text = ''): Readonly<Record<string, string>> {
  const pairs = text.split(',').flatMap((pair) => {
    const at = pair.indexOf('=')
    const name = pair.slice(0, Math.max(at, 0)).trim()
    const value = decode(pair.slice(at + 1).trim())
    return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && value !== undefined ? [[name, value] as const] : []
  })
  return Object.fromEntries(pairs)
}

function decode(text: string): string | undefined {
  try {
    const value = decodeURIComponent(text)
    return /^[\x20-\x7e]*$/.test(value) ? value : undefined
  } catch {
    return undefined
  }
}
