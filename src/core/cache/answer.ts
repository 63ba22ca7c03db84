import type { ReasoningPart, ResponsePart, Source, TextPart } from '../chat.js'
import { isReasoningState } from '../chat.js'
import { isCredibleCount } from '../credible.js'
import { isRecord, type JsonRecord, parseJson } from '../json.js'
import type { Usage } from '../model.js'
import { fromBase64, toBase64 } from './base64.js'

/** What is kept of an answer: everything that its model said, without the route. */
export interface Answer {
  readonly parts: readonly AnswerPart[]
  /** Milliseconds from the request to the end. */
  readonly durationMs: number
}

export type AnswerPart = Exclude<ResponsePart, { readonly type: 'route' | 'served' }>

/** Characters. Parts are merged up to this length, so that a replay is still a stream but no longer one of tokens. */
const mergedLength = 256

/** Only an answer that its model has ended by itself is worth a repetition, and only one that says something. */
export function isWorthKeeping(parts: readonly ResponsePart[]): boolean {
  const last = parts.at(-1)
  const isEnded = last?.type === 'finish' && (last.reason === 'stop' || last.reason === 'toolCalls')
  return isEnded && parts.some((part) => saysSomething(part))
}

function saysSomething(part: ResponsePart): boolean {
  return part.type === 'text' ? part.text !== '' : part.type === 'toolCall' || part.type === 'data'
}

type Prose = TextPart | ReasoningPart

function isProse(part: AnswerPart | undefined): part is Prose {
  return part?.type === 'text' || (part?.type === 'reasoning' && part.state === undefined)
}

/** The same answer in fewer parts. */
export function mergeParts(parts: readonly ResponsePart[]): AnswerPart[] {
  const merged: AnswerPart[] = []
  for (const part of parts) {
    if (part.type === 'route' || part.type === 'served') continue
    const before = merged.at(-1)
    const fits = isProse(part) && isProse(before) && before.text.length < mergedLength
    if (fits && part.type === before.type)
      merged[merged.length - 1] = { ...part, text: before.text + part.text }
    else merged.push(part)
  }
  return merged
}

export function encodeAnswer({ parts, durationMs }: Answer): string {
  return JSON.stringify({ parts: parts.map(encodePart), durationMs })
}

function encodePart(part: AnswerPart): object {
  if (part.type !== 'data') return part
  return { type: 'data', mimeType: part.mimeType, base64: toBase64(part.data) }
}

/** Undefined where the text is nothing that `encodeAnswer` has made. */
export function decodeAnswer(text: string): Answer | undefined {
  const document = parseJson(text)
  if (!isRecord(document) || !Array.isArray(document['parts'])) return undefined
  const { durationMs } = document
  if (typeof durationMs !== 'number') return undefined
  const parts: AnswerPart[] = []
  for (const item of document['parts']) {
    const part = isRecord(item) ? decodePart(item) : undefined
    if (part === undefined) return undefined
    parts.push(part)
  }
  return { parts, durationMs }
}

function decodePart(record: JsonRecord): AnswerPart | undefined {
  const { type } = record
  return typeof type === 'string' && Object.hasOwn(decoders, type) ? decoders[type]?.(record) : undefined
}

const decoders: Readonly<Record<string, (record: JsonRecord) => AnswerPart | undefined>> = {
  text: ({ text }) => (typeof text === 'string' ? { type: 'text', text } : undefined),
  reasoning({ text, state }) {
    if (typeof text !== 'string') return undefined
    if (state === undefined) return { type: 'reasoning', text }
    return isReasoningState(state) ? { type: 'reasoning', text, state } : undefined
  },
  data({ mimeType, base64 }) {
    if (typeof mimeType !== 'string' || typeof base64 !== 'string') return undefined
    const data = fromBase64(base64)
    return data === undefined ? undefined : { type: 'data', mimeType, data }
  },
  toolCall({ callId, name, input }) {
    if (typeof callId !== 'string' || typeof name !== 'string' || !isRecord(input)) return undefined
    return { type: 'toolCall', callId, name, input }
  },
  sources({ sources }) {
    return Array.isArray(sources) && sources.every(isSource) ? { type: 'sources', sources } : undefined
  },
  usage: ({ usage }) => (isUsage(usage) ? { type: 'usage', usage } : undefined),
  finish({ reason }) {
    return reason === 'stop' || reason === 'toolCalls' ? { type: 'finish', reason } : undefined
  },
}

function isSource(value: unknown): value is Source {
  if (!isRecord(value)) return false
  const known = [value['url'], value['title']].filter((each) => each !== undefined)
  return known.length > 0 && known.every((each) => typeof each === 'string')
}

const usageCounts = [
  'inputTokens',
  'outputTokens',
  'cacheReadInputTokens',
  'cacheWriteInputTokens',
  'reasoningOutputTokens',
] as const satisfies readonly (keyof Usage)[]

function isUsage(value: unknown): value is Usage {
  if (!isRecord(value)) return false
  const { accuracy } = value
  return (
    usageCounts.every((name) => isCredibleCount(value[name])) &&
    (accuracy === 'exact' || accuracy === 'estimated')
  )
}
