import type { ResponsePart } from '../../../core/chat.js'
import { isRecord, type JsonRecord } from '../../../core/json.js'
import { answerLimits, beyondLimit, grow } from '../answerLimits.js'
import { arrayAt, recordAt, textAt } from '../json.js'
import type { Subject } from '../subject.js'

/** Where a message of Chat Completions holds its reasoning; `thinking` stands for pieces of its content. */
const fields = ['reasoning', 'reasoning_content', 'thinking'] as const
type ReasoningField = (typeof fields)[number]

/** Members that repeat the reasoning with what a maker behind the server wants back: signatures, encrypted data. */
const lists = ['reasoning_details', 'thinking_blocks'] as const

/** Members of a piece whose text comes bit by bit. */
const texts = new Set(['text', 'summary', 'thinking'])

export interface ReasoningReader {
  read(delta: JsonRecord): ResponsePart[]
  /** What has to go back, as JSON; undefined where there was no reasoning. */
  state(): JsonRecord | undefined
}

/** Throws ModelError `provider-error` where it is more than one answer may hold. */
export function createReasoningReader(subject: Subject): ReasoningReader {
  const kept = new Map<string, JsonRecord[]>()
  /** Of the first reasoning: a server that sends several says the same in all. */
  let field: ReasoningField | undefined
  let all = ''
  /** Characters of the kept pieces. */
  let length = 0
  return {
    read(delta) {
      for (const name of lists) {
        if (delta[name] === undefined) continue
        for (const piece of arrayAt(delta, name).filter(isRecord)) {
          length += JSON.stringify(piece).length
          if (length > answerLimits.text) throw beyondLimit(subject, 'reasoning')
          addPiece(kept, name, piece)
        }
      }
      const found = field ?? fieldOf(delta)
      const text = found === undefined ? undefined : textOf(delta, found)
      if (text === undefined) return []
      field = found
      all = grow(all, text, subject, 'reasoning')
      return [{ type: 'reasoning', text }]
    },
    state() {
      if (field === undefined && kept.size === 0) return undefined
      return {
        ...(field === undefined ? {} : { field, text: all }),
        ...(kept.size === 0 ? {} : { lists: Object.fromEntries(kept) }),
      }
    },
  }
}

function fieldOf(delta: JsonRecord): ReasoningField | undefined {
  for (const name of fields) if (textOf(delta, name) !== undefined) return name
  return undefined
}

function textOf(delta: JsonRecord, field: ReasoningField): string | undefined {
  if (field !== 'thinking') return textAt(delta, field)
  if (!Array.isArray(delta['content'])) return undefined
  const pieces = arrayAt(delta, 'content').filter(
    (piece) => recordAt({ piece }, 'piece')['type'] === 'thinking',
  )
  const said = pieces.map(
    (piece) =>
      textAt(piece, 'thinking') ??
      arrayAt(piece, 'thinking')
        .map((each) => textAt(each, 'text') ?? '')
        .join(''),
  )
  return said.join('') === '' ? undefined : said.join('')
}

function addPiece(kept: Map<string, JsonRecord[]>, name: string, piece: JsonRecord): void {
  const pieces = kept.get(name) ?? []
  kept.set(name, pieces)
  const last = pieces.at(-1)
  if (last !== undefined && goesOn(last, piece)) pieces[pieces.length - 1] = join(last, piece)
  else pieces.push(piece)
}

/** A signature ends a piece; what is encrypted comes whole. */
function goesOn(last: JsonRecord, piece: JsonRecord): boolean {
  const isSame = last['type'] === piece['type'] && last['index'] === piece['index']
  return isSame && piece['data'] === undefined && textAt(last, 'signature') === undefined
}

function join(last: JsonRecord, piece: JsonRecord): JsonRecord {
  // By a map: a member of a server's may be called `__proto__`.
  const joined = new Map(Object.entries(last))
  for (const [key, value] of Object.entries(piece)) {
    if (value === null || value === '') continue
    const before = joined.get(key)
    const goesBehind = typeof before === 'string' && typeof value === 'string' && texts.has(key)
    joined.set(key, goesBehind ? before + value : value)
  }
  return Object.fromEntries(joined)
}

/** What a message is to hold so that the model goes on where it was: its content in `text`, if that changes. */
export function returnReasoning(state: unknown, text: string): JsonRecord {
  const kept = recordAt(state, 'lists')
  const known = Object.entries(kept).filter(([name]) => lists.some((list) => list === name))
  if (known.length > 0) return Object.fromEntries(known)
  const field = fields.find((name) => name === textAt(state, 'field'))
  const said = textAt(state, 'text')
  if (field === undefined || said === undefined) return {}
  if (field !== 'thinking') return { [field]: said }
  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: said }] }
  return { content: [thinking, ...(text === '' ? [] : [{ type: 'text', text }])] }
}
