// One streamed answer, timed by whoever asked for it.
import * as vscode from 'vscode'

export interface Timing {
  /** Milliseconds from asking to the first text. */
  readonly firstMs: number
  /** Milliseconds from asking to the end. */
  readonly totalMs: number
  /** Milliseconds of the longest wait between two texts. */
  readonly longestGapMs: number
  readonly characters: number
}

interface Stopwatch {
  text(text: string): void
  stop(): Timing
}

function startStopwatch(): Stopwatch {
  const start = performance.now()
  let first: number | undefined
  let last = start
  let longestGapMs = 0
  let characters = 0
  return {
    text(text) {
      if (text === '') return
      const now = performance.now()
      if (first === undefined) first = now
      else longestGapMs = Math.max(longestGapMs, now - last)
      last = now
      characters += text.length
    },
    stop() {
      if (first === undefined) throw new Error('The stream had no text.')
      return { firstMs: first - start, totalMs: performance.now() - start, longestGapMs, characters }
    },
  }
}

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[]
}

/** The texts of the bench server's event stream, by the least code that reads it. */
export async function* readTexts(response: Response): AsyncGenerator<string> {
  if (!response.ok || response.body === null) throw new Error(`The bench server answered ${response.status}.`)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of response.body) {
    rest += decoder.decode(bytes, { stream: true })
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end)
      rest = rest.slice(end + 1)
      if (!line.startsWith('data: {')) continue
      const chunk: Chunk = JSON.parse(line.slice('data: '.length))
      yield chunk.choices[0]?.delta.content ?? ''
    }
  }
}

export function fetchStream(serverUrl: string, model: string, signal?: AbortSignal): Promise<Response> {
  const messages = [{ role: 'user', content: 'hi' }]
  return fetch(`${serverUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream: true, messages, stream_options: { include_usage: true } }),
    signal: signal ?? null,
  })
}

export async function timePlainFetch(serverUrl: string, model: string): Promise<Timing> {
  const watch = startStopwatch()
  for await (const text of readTexts(await fetchStream(serverUrl, model))) watch.text(text)
  return watch.stop()
}

/** As any other extension asks. */
export async function timeModel(model: vscode.LanguageModelChat): Promise<Timing> {
  const watch = startStopwatch()
  const source = new vscode.CancellationTokenSource()
  const messages = [vscode.LanguageModelChatMessage.User('hi')]
  const response = await model.sendRequest(messages, { justification: 'Benchmark' }, source.token)
  for await (const part of response.stream) {
    if (part instanceof vscode.LanguageModelTextPart) watch.text(part.value)
  }
  source.dispose()
  return watch.stop()
}
