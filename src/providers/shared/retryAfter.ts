import { dayMs, hourMs, minuteMs } from '../../core/durations.js'
import { isRecord } from '../../core/json.js'
import type { HttpHeaders } from '../../core/ports.js'
import { arrayAt, textAt } from './json.js'

/** The longest delay that a timer takes; beyond it setTimeout fires at once. */
const maximumMs = 2 ** 31 - 1

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: minuteMs, h: hourMs, d: dayMs }

/**
 * Milliseconds of one header value: seconds ("2", "1.5", "-1"), a Go-style duration ("130ms", "34.4s", "1m30s")
 * or an HTTP or RFC 3339 date. The past counts as 0; undefined where it says nothing.
 */
export function parseDelay(value: string, now: number): number | undefined {
  const text = value.trim()
  if (text === '') return undefined
  const seconds = Number(text)
  if (!Number.isNaN(seconds)) return bound(seconds * 1000)
  const duration = parseDuration(text)
  if (duration !== undefined) return bound(duration)
  // A bare word such as "soon1" must not become a date by the engine's leniency.
  if (!/\d{4}/.test(text) || !/[:-]/.test(text)) return undefined
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : bound(date - now)
}

function parseDuration(text: string): number | undefined {
  if (!/^-?(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? 0)
  }
  return text.startsWith('-') ? -total : total
}

function bound(ms: number): number | undefined {
  return Number.isNaN(ms) ? undefined : Math.round(Math.min(Math.max(ms, 0), maximumMs))
}

/** What the provider says about when to try again, in whichever place it says it. Milliseconds. */
export function readRetryAfter(headers: HttpHeaders, body: unknown, now: number): number | undefined {
  const milliseconds = headers.get('retry-after-ms')
  const exact = milliseconds === null || milliseconds.trim() === '' ? Number.NaN : Number(milliseconds)
  if (!Number.isNaN(exact)) return bound(exact)
  const header = headers.get('retry-after')
  const delay = header === null ? undefined : parseDelay(header, now)
  return delay ?? readRetryInfo(body, now) ?? readResets(headers, now)
}

/** Google puts the delay into the body's details. */
function readRetryInfo(body: unknown, now: number): number | undefined {
  const first: unknown = Array.isArray(body) ? body[0] : body
  const error = isRecord(first) ? first['error'] : undefined
  for (const detail of arrayAt(error, 'details')) {
    const delay = textAt(detail, 'retryDelay')
    if (delay !== undefined) return parseDelay(delay, now)
  }
  return undefined
}

/** The latest reset among the limits that have nothing left. */
function readResets(headers: HttpHeaders, now: number): number | undefined {
  let latest: number | undefined
  for (const [name, value] of headers) {
    if (!/ratelimit-.*remaining|ratelimit-remaining/.test(name) || Number(value) > 0) continue
    const reset = headers.get(name.replace('remaining', 'reset'))
    const delay = reset === null ? undefined : parseMoment(reset, now)
    if (delay !== undefined && (latest === undefined || delay > latest)) latest = delay
  }
  return latest
}

/** As `parseDelay`; some servers give the moment itself: seconds or milliseconds since the epoch. */
export function parseMoment(value: string, now: number): number | undefined {
  const moment = Number(value)
  if (!(moment >= 1e9)) return parseDelay(value, now)
  return bound((moment >= 1e11 ? moment : moment * 1000) - now)
}
