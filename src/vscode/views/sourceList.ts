import type { Source } from '../../core/chat.js'
import { escapeMarkdown } from './format.js'

/** Of the data part that carries an answer's sources to other extensions; `docs/api.md` shows its content. */
export const sourcesMimeType = 'application/vnd.roundhouse.sources+json'

const mostShown = 20

/**
 * A numbered list for the end of an answer. Only addresses of the web become links; titles are shown as plain text, alone
 * if a source has no address.
 */
export function writeSources(sources: readonly Source[]): string {
  const lines = sources.slice(0, mostShown).flatMap((source) => writeSource(source) ?? [])
  if (lines.length === 0) return ''
  const rest = sources.length - lines.length
  const more = rest > 0 ? `\n\n… and ${rest} more` : ''
  return `\n\n**Sources**\n\n${lines.map((line, index) => `${index + 1}. ${line}`).join('\n')}${more}\n`
}

function writeSource({ url, title }: Source): string | undefined {
  if (url === undefined) return title === undefined ? undefined : escapeMarkdown(title)
  const address = URL.parse(url)
  if (address === null || !/^https?:$/.test(address.protocol)) return undefined
  const target = address.href.replaceAll(/[()<>\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
  return `[${escapeMarkdown(title ?? address.host)}](${target})`
}

export function encodeSources(sources: readonly Source[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(sources))
}
