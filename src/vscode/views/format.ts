import { dayMs, hourMs, minuteMs } from '../../core/durations.js'
import type { Capabilities, ModelInfo, Pricing } from '../../core/model.js'
import { formatUsd } from '../modelInformation.js'
import { plainLine, visibleText } from './foreignText.js'

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** `leftOut`: how many more the provider listed. */
export function formatModelCount(count: number, leftOut = 0): string {
  const counted = plural(count, 'model')
  return leftOut === 0 ? counted : `${counted} (${leftOut} more were left out)`
}

export function countCalls(count: number): string {
  return plural(count, 'call')
}

/** How long ago, from milliseconds. */
export function formatAge(milliseconds: number): string {
  if (milliseconds < minuteMs) return 'just now'
  if (milliseconds < hourMs) return `${Math.floor(milliseconds / minuteMs)} min ago`
  if (milliseconds < dayMs) return `${Math.floor(milliseconds / hourMs)} h ago`
  return `${plural(Math.floor(milliseconds / dayMs), 'day')} ago`
}

/** A moment as the user's clock shows it, with the date where it is not today's. Both in milliseconds since the epoch. */
export function formatMoment(moment: number, now: number): string {
  const date = new Date(moment)
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  if (date.toDateString() === new Date(now).toDateString()) return time
  return `${date.toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' })}, ${time}`
}

function trimZero(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.0+$/, '')
}

/** Short, as model makers write it: 4096 → 4K, 131072 → 128K, 128000 → 128K, 1048576 → 1M. */
export function formatTokens(tokens: number): string {
  if (tokens < 1000) return String(tokens)
  // 128000 is a multiple of both.
  const base = tokens % 1000 !== 0 && tokens % 1024 === 0 ? 1024 : 1000
  const thousands = tokens / base
  return thousands < 1000
    ? `${trimZero(thousands, thousands < 10 ? 1 : 0)}K`
    : `${trimZero(thousands / base, 1)}M`
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${trimZero(value, value < 10 && unit > 0 ? 1 : 0)} ${units[unit] ?? ''}`
}

/** The whole context where it is known: the window itself, else input and output together. */
export function contextWindowOf(model: ModelInfo): number | undefined {
  if (model.contextWindow !== undefined) return model.contextWindow
  return model.maxInputTokens === undefined ? undefined : model.maxInputTokens + (model.maxOutputTokens ?? 0)
}

/** `$3 / $15`: input and output, USD per million tokens; undefined where neither is known. */
export function formatPricePair(pricing: Pricing): string | undefined {
  const { input, output } = pricing
  if (input === undefined && output === undefined) return undefined
  if (input === 0 && output === 0) return 'free'
  const side = (value: number | undefined) => (value === undefined ? '?' : formatUsd(value))
  return `${side(input)} / ${side(output)}`
}

const capabilityWords: readonly { readonly name: keyof Capabilities; readonly word: string }[] = [
  { name: 'toolCalling', word: 'tools' },
  { name: 'imageInput', word: 'images' },
  { name: 'reasoning', word: 'reasoning' },
  { name: 'structuredOutput', word: 'structured output' },
  { name: 'embedding', word: 'embeddings' },
  { name: 'reranking', word: 'reranking' },
]

/** The abilities known to be there. */
export function listCapabilities(capabilities: Capabilities): readonly string[] {
  return capabilityWords.filter(({ name }) => capabilities[name] === true).map(({ word }) => word)
}

/** The abilities known to be missing. */
export function listMissingCapabilities(capabilities: Capabilities): readonly string[] {
  return capabilityWords.filter(({ name }) => capabilities[name] === false).map(({ word }) => word)
}

/** Names come from servers: shown as text, never read as Markdown, links or HTML. */
export function escapeMarkdown(text: string): string {
  return visibleText(text.replaceAll(/\s+/g, ' '))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_{}[\]()#+\-.!|~$>:@]/g, String.raw`\$&`)
}

/** In labels of VS Code's own lists `$(name)` would become an icon. The same text if it is escaped already. */
export function escapeIcons(text: string): string {
  return plainLine(text).replaceAll(/(?<!\\)\$\(/g, String.raw`\$(`)
}

export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`
}

/** USD as a bill shows it, and small sums so that they are not nothing. */
export function formatSum(usd: number): string {
  return usd > 0 && usd < 0.01 ? `$${usd.toPrecision(2)}` : `$${usd.toFixed(2)}`
}
