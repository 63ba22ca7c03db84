/** In milliseconds, as every duration whose name ends in `Ms`. */
export const secondMs = 1_000
export const minuteMs = 60 * secondMs
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

/** For a sentence: whole seconds up to two minutes, then minutes, hours and days, rounded up. */
export function writeDuration(ms: number): string {
  const units = [
    { ms: secondMs, below: 2 * minuteMs, name: 's' },
    { ms: minuteMs, below: 2 * hourMs, name: 'min' },
    { ms: hourMs, below: 2 * dayMs, name: 'h' },
  ]
  const { ms: unit, name } = units.find(({ below }) => ms <= below) ?? { ms: dayMs, name: 'days' }
  return `${Math.max(1, Math.ceil(ms / unit)).toLocaleString('en')} ${name}`
}
