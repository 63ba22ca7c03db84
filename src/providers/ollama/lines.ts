import { isRecord, type JsonRecord, parseJson } from '../shared/json.js'

async function* readTexts(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield decoder.decode(next.value, { stream: true })
    }
    yield decoder.decode()
  } finally {
    await reader.cancel()
  }
}

/** A line that cannot be read is no reason to leave it out: what it said would be missing. */
function parseLine(line: string): JsonRecord {
  const parsed = parseJson(line)
  if (!isRecord(parsed)) throw new SyntaxError('A line of the answer is not a JSON object.')
  return parsed
}

/** The objects of newline-delimited JSON. Throws SyntaxError for a line that is none, so for one cut off too. */
export async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<JsonRecord> {
  let open = ''
  for await (const text of readTexts(body)) {
    const lines = text.split('\n')
    if (lines.length === 1) {
      open += text
      continue
    }
    lines[0] = open + (lines[0] ?? '')
    open = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield parseLine(line)
  }
  if (open.trim() !== '') yield parseLine(open)
}
