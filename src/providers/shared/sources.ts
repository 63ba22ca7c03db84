import type { Source, SourcesPart } from '../../core/chat.js'
import { compact } from '../../core/compact.js'
import { isRecord } from '../../core/json.js'
import { arrayAt, recordAt, textAt } from './json.js'

/** More than an answer has by itself, and few enough to show. */
const maximumSources = 100
const longestUrl = 2_048
const longestTitle = 200

export interface SourceList {
  /** Takes what a server has for a source: an address, or a record with an address or a title; the rest is left out. */
  add(entries: readonly unknown[]): void
  /** In the order in which they came, which the numbers in an answer's text go by; none where there are none. */
  parts(): readonly SourcesPart[]
}

export function createSourceList(): SourceList {
  /** By address, or else by title. */
  const found = new Map<string, Source>()
  const addOne = (entry: unknown): void => {
    const source = compact({ url: urlOf(entry), title: titleOf(entry) })
    const key = source.url ?? source.title
    if (key === undefined) return
    if (!found.has(key) && found.size >= maximumSources) return
    found.set(key, { ...source, ...found.get(key) })
  }
  return {
    add: (entries) => entries.forEach(addOne),
    parts() {
      const sources = [...found.values()]
      return sources.length === 0 ? [] : [{ type: 'sources', sources }]
    },
  }
}

const urlMembers = ['url', 'uri', 'link', 'source', 'retrievedUrl']
const titleMembers = ['title', 'document_title', 'filename', 'file_name', 'name']
/** Where a record holds the source itself: OpenAI's and OpenRouter's annotations, and Gemini's chunks. */
const innerMembers = ['url_citation', 'web', 'retrievedContext', 'maps']

function innerOf(entry: unknown): unknown {
  const inner = innerMembers
    .map((member) => recordAt(entry, member))
    .find((each) => Object.keys(each).length > 0)
  return inner ?? entry
}

/** Web addresses alone: what else a server sends is no link that a user should follow. */
function urlOf(entry: unknown): string | undefined {
  const record = innerOf(entry)
  const text =
    typeof entry === 'string'
      ? entry
      : urlMembers.map((member) => textAt(record, member)).find((each) => each !== undefined)
  if (text === undefined || text.length > longestUrl) return undefined
  const url = URL.parse(text)
  const isWeb = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  return isWeb ? url.href : undefined
}

function titleOf(entry: unknown): string | undefined {
  const record = innerOf(entry)
  const title = titleMembers.map((member) => textAt(record, member)).find((each) => each !== undefined)
  const line = title?.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim() ?? ''
  return line === '' ? undefined : line.slice(0, longestTitle)
}

/** Members of an event, or of a delta, that list sources: Perplexity's, xAI's, OpenRouter's, Azure's, Zhipu's. */
const listMembers = ['search_results', 'citations', 'annotations', 'web_search'] as const

/** The sources in an event of Chat Completions, and in its first choice's delta. */
export function addChatSources(sources: SourceList, place: unknown): void {
  if (!isRecord(place)) return
  for (const member of listMembers) {
    if (place[member] === undefined) continue
    sources.add(arrayAt(place, member))
  }
  if (place['context'] !== undefined) sources.add(arrayAt(place['context'], 'citations'))
  if (place['search_info'] !== undefined) sources.add(arrayAt(place['search_info'], 'search_results'))
  if (place['provider_specific_fields'] !== undefined)
    sources.add(arrayAt(place['provider_specific_fields'], 'citations'))
  if (place['executed_tools'] === undefined) return
  for (const tool of arrayAt(place, 'executed_tools')) {
    sources.add(arrayAt(recordAt(tool, 'search_results'), 'results'))
    sources.add(arrayAt(tool, 'search_results'))
  }
}
