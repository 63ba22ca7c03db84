import { dayMs, hourMs, minuteMs } from '../durations.js'

export const windowKinds = ['hour', 'day', 'week', 'month'] as const

export type WindowKind = (typeof windowKinds)[number]

/** A span of time, in milliseconds since the epoch; the end is not part of it. */
export interface Window {
  readonly start: number
  readonly end: number
}

/** A date on a wall clock, whatever its zone: the month counts from 0, and a day may lie outside of it. */
interface LocalDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Milliseconds that a wall clock in the zone is ahead of UTC. */
type Offset = (instant: number) => number

const formatOptions = {
  calendar: 'iso8601',
  numberingSystem: 'latn',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const

function createOffset(timeZone: string): Offset {
  if (timeZone === 'UTC') return () => 0
  const format = new Intl.DateTimeFormat('en', { ...formatOptions, timeZone })
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
    const at = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
    const wall = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'))
    return wall - Math.floor(instant / 1_000) * 1_000
  }
}

/** The first instant at which a wall clock shows this date: midnight, or what follows it where midnight is left out. */
function startOfDate({ year, month, day }: LocalDate, offset: Offset): number {
  const midnight = Date.UTC(year, month, day)
  const candidates = [midnight - offset(midnight - dayMs), midnight - offset(midnight + dayMs)]
  const exact = candidates.filter((instant) => instant + offset(instant) === midnight)
  if (exact.length > 0) return Math.min(...exact)
  let [before, after] = [Math.min(...candidates) - hourMs, Math.max(...candidates) + hourMs]
  while (after - before > minuteMs) {
    const middle = before + Math.floor((after - before) / 2 / minuteMs) * minuteMs
    if (middle + offset(middle) >= midnight) after = middle
    else before = middle
  }
  return after
}

function localDateOf(instant: number, offset: Offset): LocalDate & { readonly weekday: number } {
  const wall = new Date(instant + offset(instant))
  return {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth(),
    day: wall.getUTCDate(),
    // From Monday, as ISO 8601 has it.
    weekday: (wall.getUTCDay() + 6) % 7,
  }
}

/** First and following date of the window, by its kind. */
const spans: Readonly<
  Record<
    Exclude<WindowKind, 'hour'>,
    (date: ReturnType<typeof localDateOf>) => readonly [LocalDate, LocalDate]
  >
> = {
  day: ({ year, month, day }) => [
    { year, month, day },
    { year, month, day: day + 1 },
  ],
  week: ({ year, month, day, weekday }) => [
    { year, month, day: day - weekday },
    { year, month, day: day - weekday + 7 },
  ],
  month: ({ year, month }) => [
    { year, month, day: 1 },
    { year, month: month + 1, day: 1 },
  ],
}

/** `local`, or a name that this machine knows. */
export function isTimeZone(name: string): boolean {
  if (name === 'local') return true
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** The zone's own name; `local` is this machine's. An unknown zone is UTC. */
export function resolveTimeZone(timeZone: string): string {
  try {
    const asked = timeZone === 'local' ? {} : { timeZone }
    return new Intl.DateTimeFormat('en', asked).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}

/**
 * Cuts time into windows of one kind as wall clocks of a zone see it. Every instant lies in exactly one window; a day on
 * which clocks change has 23 or 25 hours, and hours are those of UTC. The last window is kept, since most questions are about now.
 */
export function createWindows(kind: WindowKind, timeZone: string): (instant: number) => Window {
  const offset = createOffset(timeZone)
  let last: Window = { start: 0, end: 0 }
  return (instant) => {
    if (instant >= last.start && instant < last.end) return last
    if (kind === 'hour') {
      const start = Math.floor(instant / hourMs) * hourMs
      last = { start, end: start + hourMs }
    } else {
      const [first, following] = spans[kind](localDateOf(instant, offset))
      last = { start: startOfDate(first, offset), end: startOfDate(following, offset) }
    }
    return last
  }
}
