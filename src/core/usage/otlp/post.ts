import type { Clock, Fetch } from '../../ports.js'

export type PostResult =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly retryable: boolean
      readonly retryAfterMs?: number
      /** For the log: nothing of what was sent, nothing of what was answered. */
      readonly message: string
    }

interface Post {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
  readonly fetch: Fetch
  readonly clock: Clock
  readonly signal: AbortSignal
}

const timeLimitMs = 10_000

/** As OTLP has them. */
const retryableStatus: ReadonlySet<number> = new Set([429, 502, 503, 504])

function retryAfter(response: Response): { readonly retryAfterMs?: number } {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1_000 } : {}
}

async function ask(options: Post): Promise<PostResult> {
  const { url, headers, body, signal } = options
  const response = await options.fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    // Wherever a redirection leads, the user has not set it.
    redirect: 'error',
    signal,
  })
  await response.body?.cancel()
  if (response.ok) return { ok: true }
  const message = `${url.origin} answered with HTTP ${response.status}. Check the collector and its settings.`
  return { ok: false, retryable: retryableStatus.has(response.status), ...retryAfter(response), message }
}

/** Posts JSON to one address, in ten seconds at most. Never rejects. */
export async function post(options: Post): Promise<PostResult> {
  const { url, clock, signal } = options
  const limit = new AbortController()
  const timer = new AbortController()
  clock.sleep(timeLimitMs, timer.signal).then(
    () => limit.abort(),
    () => {},
  )
  try {
    return await ask({ ...options, signal: AbortSignal.any([signal, limit.signal]) })
  } catch {
    const reason = limit.signal.aborted ? 'did not answer within ten seconds' : 'cannot be reached'
    return {
      ok: false,
      retryable: true,
      message: `${url.origin} ${reason}. Check that the collector is running.`,
    }
  } finally {
    timer.abort()
  }
}
