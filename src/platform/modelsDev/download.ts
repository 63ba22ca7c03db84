import { minuteMs } from '../../core/durations.js'
import { isModelError, ModelError } from '../../core/errors.js'
import { parseBounded } from '../../core/json.js'
import type { Clock, Fetch } from '../../core/ports.js'

export interface DownloadOptions {
  readonly fetch: Fetch
  readonly clock: Clock
  readonly url: string
  /** Of the copy that is at hand. */
  readonly etag: string | undefined
  readonly signal: AbortSignal
}

/** `body` is undefined where the copy at hand is the newest. */
interface Download {
  readonly body: unknown
  readonly etag: string | undefined
}

export const maximumBytes = 16 * 1024 * 1024
const timeLimitMs = minuteMs

function failed(what: string, cause?: unknown): ModelError {
  return new ModelError({ code: 'provider-error', message: what, retryable: true, cause })
}

async function readBody(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    bytes += read.value.length
    if (bytes > maximumBytes) {
      await reader?.cancel()
      throw failed(`sent more than ${maximumBytes / 1024 / 1024} MB`)
    }
    text += decoder.decode(read.value, { stream: true })
  }
  return text + decoder.decode()
}

async function ask({ fetch, url, etag }: DownloadOptions, signal: AbortSignal): Promise<Download> {
  const headers = {
    accept: 'application/json',
    'user-agent': 'roundhouse',
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
  }
  const response = await fetch(url, { headers, signal, credentials: 'omit' })
  if (response.status === 304 && etag !== undefined) return { body: undefined, etag }
  if (!response.ok) {
    await response.body?.cancel()
    throw failed(`answered ${response.status}`)
  }
  const text = await readBody(response)
  try {
    return { body: parseBounded(text), etag: response.headers.get('etag') ?? undefined }
  } catch (cause) {
    throw failed('sent something that is not JSON', cause)
  }
}

/** One document, without a key, within a minute. Throws ModelError saying what the server did. */
export async function downloadCatalog(options: DownloadOptions): Promise<Download> {
  const overdue = new AbortController()
  const done = new AbortController()
  options.clock.sleep(timeLimitMs, done.signal).then(
    () => overdue.abort(),
    () => {},
  )
  try {
    return await ask(options, AbortSignal.any([options.signal, overdue.signal]))
  } catch (cause) {
    if (isModelError(cause)) throw cause
    throw failed(overdue.signal.aborted ? 'took longer than a minute' : 'could not be reached', cause)
  } finally {
    done.abort()
  }
}
