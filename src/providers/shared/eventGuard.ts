/** Watches the bytes of an answer pass: how large one event grows, whether it is more than a ping, and its end marker. */
export interface EventGuard {
  /** True where the bytes held more than pings. Throws what `tooLarge` makes of an event over the limit. */
  take(chunk: Uint8Array): boolean
  /** No more bytes come; a last line without its line end counts. */
  end(): void
  /** Whether the line `data: [DONE]` went by. */
  sawDone(): boolean
}

export type BodyFormat = 'events' | 'lines' | 'document'

export interface EventGuardOptions {
  readonly format: BodyFormat
  /** Bytes of one event, or of a document as a whole. */
  readonly limit: number
  readonly tooLarge: () => Error
}

export function formatOf(contentType: string): BodyFormat {
  if (contentType.includes('text/event-stream')) return 'events'
  if (/ndjson|jsonl|json-seq/.test(contentType)) return 'lines'
  return contentType.includes('json') ? 'document' : 'events'
}

const newline = 10
const headLength = 48

export function createEventGuard({ format, limit, tooLarge }: EventGuardOptions): EventGuard {
  let eventBytes = 0
  let head = ''
  let done = false

  const closeLine = (): boolean => {
    const line = head.trimEnd()
    head = ''
    if (line === '' || format === 'lines') eventBytes = 0
    if (/^data: ?\[DONE\]$/.test(line)) done = true
    return format === 'lines' ? line !== '' : isProgress(line)
  }

  const takeLines = (chunk: Uint8Array): boolean => {
    let progress = false
    let from = 0
    while (from < chunk.length) {
      const found = chunk.indexOf(newline, from)
      const end = found === -1 ? chunk.length : found
      if (head.length < headLength)
        head += latin1(chunk, from, Math.min(end, from + headLength - head.length))
      eventBytes += end - from
      if (eventBytes > limit) throw tooLarge()
      if (found === -1) break
      if (closeLine()) progress = true
      from = found + 1
    }
    return progress
  }

  return {
    take(chunk) {
      if (format !== 'document') return takeLines(chunk)
      eventBytes += chunk.length
      if (eventBytes > limit) throw tooLarge()
      return chunk.length > 0
    },
    end: () => void closeLine(),
    sawDone: () => done,
  }
}

/** Comments and pings keep a connection alive, but say nothing. */
function isProgress(line: string): boolean {
  return line.startsWith('data:') && !/^data: ?\{"type": ?"(ping|keepalive)"/.test(line)
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to))
}
