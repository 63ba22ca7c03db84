import { compact } from '../../core/compact.js'
import { isCredibleCount } from '../../core/credible.js'
import type { HttpAnswer, HttpHeaders } from '../../core/ports.js'
import type { ProviderContext } from '../../core/provider.js'
import type { LimitedUnit, RateLimit, RateLimits } from '../../core/rateLimits.js'
import { lookUp } from './json.js'
import { parseMoment, readRetryAfter } from './retryAfter.js'

type Figure = 'limit' | 'remaining' | 'resetMs'

/** The words of a header's name that say which figure of a limit it is. */
const figures: Readonly<Record<string, Figure>> = { limit: 'limit', remaining: 'remaining', reset: 'resetMs' }

/** The other words, without the window's: what is counted. */
const units: Readonly<Record<string, LimitedUnit>> = {
  '': 'requests',
  req: 'requests',
  request: 'requests',
  requests: 'requests',
  token: 'tokens',
  tokens: 'tokens',
  'input-tokens': 'inputTokens',
  'output-tokens': 'outputTokens',
}

const windows = new Set(['second', 'minute', 'hour', 'day', 'month'])

const family = /^(?:x-|anthropic-)?(?:rate|token)limit-(.+)$/

interface HeaderName {
  readonly unit: LimitedUnit
  readonly window: string | undefined
  readonly figure: Figure
}

/** `x-ratelimit-remaining-tokens-minute` and its like, in whichever order a provider has the words. */
function parseName(name: string): HeaderName | undefined {
  if (!name.includes('limit')) return undefined
  const rest = family.exec(name)?.[1]
  if (rest === undefined) return undefined
  const words = rest.split('-')
  const figure = words.find((word) => Object.hasOwn(figures, word))
  if (figure === undefined) return undefined
  const window = words.find((word) => windows.has(word))
  const counted = words.filter((word) => word !== figure && word !== window).join('-')
  const unit = counted === '' && name.includes('tokenlimit') ? 'tokens' : lookUp(units, counted)
  const found = lookUp(figures, figure)
  return unit === undefined || found === undefined ? undefined : { unit, window, figure: found }
}

function count(text: string): number | undefined {
  const value = Number(text)
  return text.trim() !== '' && isCredibleCount(value) ? value : undefined
}

/** The IETF's draft: `"api";r=42;t=17`, several of them with commas between. */
function readStructured(value: string | null, now: number): readonly RateLimit[] {
  if (value === null) return []
  return value.split(',').flatMap((item): RateLimit[] => {
    const [name = '', ...members] = item.split(';').map((part) => part.trim())
    const values = new Map(members.map((member) => [member.slice(0, 1), member.slice(2)]))
    const remaining = count(values.get('r') ?? '')
    if (remaining === undefined) return []
    const window = name.replaceAll('"', '')
    const resetMs = parseMoment(values.get('t') ?? '', now)
    return [{ unit: 'requests', remaining, ...compact({ window, resetMs }) }]
  })
}

/**
 * What an answer's headers say about limits, whatever its status: OpenAI's and Anthropic's families of names, the
 * plain `x-ratelimit-*`, the IETF's draft, and the pause that is asked for. Undefined where they say nothing.
 */
export function readRateLimits(headers: HttpHeaders, now: number): RateLimits | undefined {
  const found = new Map<string, { unit: LimitedUnit; window?: string } & Partial<Record<Figure, number>>>()
  for (const [name, value] of headers) {
    const parsed = parseName(name)
    if (parsed === undefined) continue
    const { unit, window, figure } = parsed
    const read = figure === 'resetMs' ? parseMoment(value, now) : count(value)
    if (read === undefined) continue
    const key = `${unit} ${window ?? ''}`
    found.set(key, { unit, ...(window === undefined ? {} : { window }), ...found.get(key), [figure]: read })
  }
  const limits = [...found.values(), ...readStructured(headers.get('ratelimit'), now)]
  const pause = headers.has('retry-after') || headers.has('retry-after-ms')
  const retryAfterMs = pause ? readRetryAfter(headers, undefined, now) : undefined
  if (limits.length === 0 && retryAfterMs === undefined) return undefined
  return { at: now, limits, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

/** Reports what an answer's headers say about limits to the context that wants it. */
export function tellRateLimits(
  { onRateLimits, clock }: Pick<ProviderContext, 'onRateLimits' | 'clock'>,
  { headers }: Pick<HttpAnswer, 'headers'>,
): void {
  const limits = onRateLimits === undefined ? undefined : readRateLimits(headers, clock.now())
  if (limits !== undefined) onRateLimits?.(limits)
}
