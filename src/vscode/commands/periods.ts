import { dayMs } from '../../core/durations.js'
import { createWindows, resolveTimeZone } from '../../core/usage/windows.js'

export interface UsagePeriod {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly from: (now: number, timeZone: string) => number
}

const startOf = (kind: 'day' | 'week' | 'month') => (now: number, timeZone: string) =>
  createWindows(kind, resolveTimeZone(timeZone))(now).start

/** What a user asks about. */
export const usagePeriods: readonly UsagePeriod[] = [
  { name: 'today', from: startOf('day') },
  { name: 'this week', from: startOf('week') },
  { name: 'this month', from: startOf('month') },
  { name: 'the last 30 days', from: (now) => now - 30 * dayMs },
  { name: 'the last year', from: (now) => now - 365 * dayMs },
]
