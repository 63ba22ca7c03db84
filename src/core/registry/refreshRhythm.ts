import { hourMs, minuteMs, secondMs } from '../durations.js'
import type { ModelError } from '../errors.js'
import type { Connection, Provider } from '../provider.js'
import { sourceOf } from './keptLists.js'

/** Milliseconds between refreshes, and between tries of a server that cannot be reached (doubled up to the most). */
const rhythms = {
  cloud: { interval: hourMs, firstRetry: 30 * secondMs, mostRetry: 15 * minuteMs },
  local: { interval: minuteMs, firstRetry: 10 * secondMs, mostRetry: minuteMs },
} as const

/** The longest that a server's own wish for a pause is honoured. */
const longestPause = hourMs

/** Milliseconds after which a list is due again. */
export function refreshInterval(location: Provider['location']): number {
  return rhythms[location].interval
}

/** Milliseconds to wait after the `failures`th failure in a row; what the user must mend is not tried more often. */
export function retryDelay(location: Provider['location'], failures: number, error: ModelError): number {
  const { interval, firstRetry, mostRetry } = rhythms[location]
  const needsUser = error.code === 'unauthorized' || error.code === 'forbidden'
  if (needsUser && location === 'cloud') return interval
  const backoff = Math.min(mostRetry, firstRetry * 2 ** Math.min(failures - 1, 20))
  return Math.min(longestPause, Math.max(backoff, error.retryAfterMs ?? 0))
}

/** Whether a changed configuration may get another answer from the server. */
export function asksAgain(before: Connection, after: Connection): boolean {
  const asked = ({ enabled, fields, location }: Connection): string =>
    JSON.stringify([enabled, fields, location])
  return sourceOf(before) !== sourceOf(after) || asked(before) !== asked(after)
}
