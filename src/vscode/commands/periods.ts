import { dayMs } from '../../core/durations.js'
import type { Period } from '../../core/usage/rollups.js'
import { createWindows, resolveTimeZone, type WindowKind } from '../../core/usage/windows.js'

export interface UsagePeriod {
  readonly name: string
  readonly span: (now: number, timeZone: string) => Period
}

type Span = UsagePeriod['span']

const windowAt = (kind: WindowKind, instant: number, timeZone: string) =>
  createWindows(kind, resolveTimeZone(timeZone))(instant)

const sinceStartOf =
  (kind: WindowKind): Span =>
  (now, timeZone) => ({ from: windowAt(kind, now, timeZone).start, to: now + 1 })

const lastDays =
  (days: number): Span =>
  (now) => ({ from: now - days * dayMs, to: now + 1 })

/** As it is on a bill. */
const lastMonth: Span = (now, timeZone) => {
  const { start, end } = windowAt('month', windowAt('month', now, timeZone).start - 1, timeZone)
  return { from: start, to: end }
}

/** What a user asks about. */
export const usagePeriods: readonly UsagePeriod[] = [
  { name: 'today', span: sinceStartOf('day') },
  { name: 'this week', span: sinceStartOf('week') },
  { name: 'this month', span: sinceStartOf('month') },
  { name: 'last month', span: lastMonth },
  { name: 'the last 30 days', span: lastDays(30) },
  { name: 'the last year', span: lastDays(365) },
]
