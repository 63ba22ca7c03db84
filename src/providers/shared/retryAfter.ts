import { dayMs, hourMs, minuteMs } from '../../core/durations.js'
import { isRecord } from '../../core/json.js'
import type { HttpHeaders } from '../../core/ports.js'
import { arrayAt, numberAt, recordAt, textAt } from './json.js'

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
  return delay ?? readBody(body, now) ?? readResets(headers, now)
}

/** Members that say it in milliseconds, and in seconds or as `parseDelay` reads it. */
const millisecondMembers = ['retry_after_ms', 'retryAfterMs']
const delayMembers = ['retry_after', 'retryAfter', 'retry_after_seconds', 'retryAfterSeconds', 'retryDelay']

/** Google puts the delay into the error's details, OpenRouter into its metadata, others beside the message or into it. */
function readBody(body: unknown, now: number): number | undefined {
  const first: unknown = Array.isArray(body) ? body[0] : body
  const inner = isRecord(first) ? (first['error'] ?? first['detail']) : undefined
  const error: unknown = Array.isArray(inner) ? inner[0] : inner
  const metadata = recordAt(error, 'metadata')
  const places = [error, first, metadata, ...arrayAt(error, 'details')]
  for (const place of places) {
    const stated = readMembers(place, now)
    if (stated !== undefined) return stated
  }
  const told = new Headers(Object.entries(recordAt(metadata, 'headers')).flatMap(headerOf))
  const retryAfter = told.get('retry-after')
  const headed = retryAfter === null ? undefined : parseDelay(retryAfter, now)
  const reset = told.get('x-ratelimit-reset')
  return headed ?? (reset === null ? undefined : parseMoment(reset, now)) ?? readWords(error ?? first)
}

function readMembers(place: unknown, now: number): number | undefined {
  for (const member of millisecondMembers) {
    const ms = numberAt(place, member)
    if (ms !== undefined) return bound(ms)
  }
  for (const member of delayMembers) {
    const delay = textAt(place, member) ?? numberAt(place, member)
    const ms = delay === undefined ? undefined : parseDelay(String(delay), now)
    if (ms !== undefined) return ms
  }
  return undefined
}

/** What a body calls headers may be anything. */
function headerOf([name, value]: readonly [string, unknown]): readonly [string, string][] {
  const isText = typeof value === 'string' || typeof value === 'number'
  return isText && /^[\w-]+$/.test(name) ? [[name, String(value).replace(/[^\x20-\x7e]/g, '')]] : []
}

const inWords =
  /\b(?:try again|retry)(?: your request)? (?:in|after) ((?:\d+(?:\.\d+)?\s?(?:ms|milliseconds?|s|sec(?:ond)?s?|m|min(?:ute)?s?|h|hours?)\b\s?|\d+m(?=\d))+)/i

/** As in “Please try again in 1m26.4s.” */
function readWords(error: unknown): number | undefined {
  const text = typeof error === 'string' ? error : (textAt(error, 'message') ?? '')
  const found = inWords.exec(text.slice(0, 4_000))?.[1]
  if (found === undefined) return undefined
  const short = found
    .toLowerCase()
    .replace(/\s/g, '')
    .replace(/milliseconds?/g, 'ms')
    .replace(/(sec(ond)?s?)/g, 's')
    .replace(/min(ute)?s?/g, 'm')
    .replace(/hours?/g, 'h')
  const duration = parseDuration(short)
  return duration === undefined ? undefined : bound(duration)
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
