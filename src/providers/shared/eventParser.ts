import { isRecord, parseBounded } from '../../core/json.js'

/** Takes a parsed event, and the name that stood before it; empty where none did. */
export type TakeEvent = (event: unknown, name: string) => void

/** Cuts the text of an answer into events as it comes. */
export interface EventParser {
  /** Throws SyntaxError for what is not JSON, JsonTooDeep, and what `tooLarge` makes of an event over the limit. */
  take(text: string, emit: TakeEvent): void
  /** The text has ended; a last event without its end counts. Throws as `take` does. */
  end(emit: TakeEvent): void
  /** Whether something more than pings came since this was asked last. */
  progressed(): boolean
  /** Whether the line `data: [DONE]` went by; nothing behind it is read. */
  sawDone(): boolean
}

export interface ParserOptions {
  /** Characters of one event. */
  readonly limit: number
  readonly tooLarge: () => Error
}

const lineFeed = 10
const space = 32
const colon = 58
/** The fields of server-sent events beside `data`; only `event` is of use here. */
const otherFields = /^(?:event|id|retry)(?::|$)/
/** llama.cpp has this field in place of an event with the name. */
const errorField = 'error:'
const ping = /^\{"type": ?"(?:ping|keepalive)"/
const doneMarker = '[DONE]'

/** Calls `line` with the bounds of each whole line, whichever of the three line ends it has; answers what is left. */
function eachLine(text: string, line: (from: number, to: number) => void): number {
  let from = 0
  let feed = text.indexOf('\n')
  let carriage = text.indexOf('\r')
  for (;;) {
    const isCarriage = carriage !== -1 && (feed === -1 || carriage < feed)
    const to = isCarriage ? carriage : feed
    // A carriage return at the very end may be the first half of a line end.
    if (to === -1 || (isCarriage && to === text.length - 1)) return from
    line(from, to)
    from = isCarriage && text.charCodeAt(to + 1) === lineFeed ? to + 2 : to + 1
    if (feed !== -1 && feed < from) feed = text.indexOf('\n', from)
    if (carriage !== -1 && carriage < from) carriage = text.indexOf('\r', from)
  }
}

/** Joins a line that came in pieces without reading its beginning again and again. */
function createLineCutter({ limit, tooLarge }: ParserOptions) {
  let open = ''
  /** Whether the line's end is half there. To look at the end of what is joined would copy all of it each time. */
  let isHalf = false
  return {
    take(text: string, line: (text: string, from: number, to: number) => void): void {
      if (text === '') return
      const isWhole = isHalf || text.includes('\n') || text.includes('\r')
      isHalf = text.endsWith('\r')
      if (isWhole) {
        const all = open === '' ? text : open + text
        const rest = eachLine(all, (from, to) => line(all, from, to))
        open = rest === all.length ? '' : all.slice(rest)
      } else open += text
      if (open.length > limit) throw tooLarge()
    },
    rest(): string {
      const rest = open.endsWith('\r') ? open.slice(0, -1) : open
      open = ''
      return rest
    },
  }
}

/**
 * Server-sent events. A document that stands in the stream in place of an event, as servers put an error there, counts
 * as one.
 */
export function createEventParser(options: ParserOptions): EventParser {
  const cutter = createLineCutter(options)
  let data: string | undefined
  let stray = ''
  let name = ''
  let progress = false
  let done = false

  const close = (emit: TakeEvent, isWhole: boolean): void => {
    const text = data ?? stray
    const called = name
    data = undefined
    stray = ''
    name = ''
    if (!done && text.trim() !== '') emit(parseEvent(text, isWhole && called === 'error'), called)
  }

  const addData = (text: string): void => {
    if (data === undefined && text.trimEnd() === doneMarker) done = true
    data = data === undefined ? text : `${data}\n${text}`
    if (data.length > options.limit) throw options.tooLarge()
    if (!progress) progress = !ping.test(text)
  }

  const addOther = (line: string): void => {
    if (line.startsWith(errorField)) name = 'error'
    if (line.startsWith('event:')) name = line.slice(6).trim()
    else if (line.startsWith(errorField)) addData(line.slice(errorField.length).trimStart())
    else if (!otherFields.test(line)) stray += `${line}\n`
    if (stray.length > options.limit) throw options.tooLarge()
  }

  const addLine = (text: string, from: number, to: number): void => {
    if (!text.startsWith('data:', from)) {
      if (text.charCodeAt(from) !== colon) addOther(text.slice(from, to))
      return
    }
    addData(text.slice(text.charCodeAt(from + 5) === space ? from + 6 : from + 5, to))
  }

  return {
    take: (text, emit) =>
      cutter.take(text, (all, from, to) => {
        if (done) return
        if (from === to) close(emit, true)
        else addLine(all, from, to)
      }),
    end(emit) {
      const rest = cutter.rest()
      if (rest !== '' && !done) addLine(rest, 0, rest.length)
      close(emit, false)
    },
    progressed() {
      const came = progress
      progress = false
      return came
    },
    sawDone: () => done,
  }
}

/** Some servers say in plain words what went wrong. Half a document is none. */
function parseEvent(text: string, isError: boolean): unknown {
  return isError && !/^\s*[{["]/.test(text) ? { message: text } : parseBounded(text)
}

/** Newline-delimited JSON: each line an object. */
export function createLineParser(options: ParserOptions): EventParser {
  const cutter = createLineCutter(options)
  let progress = false

  const parse = (line: string, emit: TakeEvent): void => {
    if (line.trim() === '') return
    progress = true
    const parsed = parseBounded(line)
    // What it said would be missing, were it left out.
    if (!isRecord(parsed)) throw new SyntaxError('A line of the answer is not a JSON object.')
    emit(parsed, '')
  }

  return {
    take: (text, emit) => cutter.take(text, (all, from, to) => parse(all.slice(from, to), emit)),
    end: (emit) => parse(cutter.rest(), emit),
    progressed() {
      const came = progress
      progress = false
      return came
    },
    sawDone: () => false,
  }
}
