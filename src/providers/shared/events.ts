/** The fields of server-sent events; of these only `data` is of use here. */
const fields = /^(data|event|id|retry)(:|$)/

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

/** Whole lines, whichever of the three line ends they have; the last one may have none. */
async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let open = ''
  for await (const text of readTexts(body)) {
    if (!open.endsWith('\r') && !/[\r\n]/.test(text)) {
      open += text
      continue
    }
    const all = open + text
    // It may be the first half of a line end.
    const isHalf = all.endsWith('\r')
    const lines = (isHalf ? all.slice(0, -1) : all).split(/\r\n|\n|\r/)
    open = (lines.pop() ?? '') + (isHalf ? '\r' : '')
    yield* lines
  }
  if (open !== '') yield open.replace(/\r$/, '')
}

/**
 * The JSON of server-sent events, without an end marker `[DONE]`. A document that stands in the stream in place of an
 * event, as servers put an error there, counts as one. Throws SyntaxError for what is not JSON, so for one cut off too.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator {
  let data: string[] = []
  let stray = ''
  const close = (): string => {
    const text = data.length > 0 ? data.join('\n') : stray
    data = []
    stray = ''
    return text
  }
  for await (const line of readLines(body)) {
    if (line === '') {
      const text = close()
      if (text.trim() !== '' && text !== '[DONE]') yield JSON.parse(text)
    } else if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5))
    else if (!line.startsWith(':') && !fields.test(line)) stray += `${line}\n`
  }
  const rest = close()
  if (rest.trim() !== '' && rest !== '[DONE]') yield JSON.parse(rest)
}
