/**
 * The largest number that the database holds. SQLite counts further, but JavaScript reads no integer above 2⁵³: one such
 * row would fail every statement that reads it.
 */
export const mostStored = 9_000_000_000_000_000

/** As an INTEGER column takes it: whole, and from 0 to the largest that can be read again. */
export function toStoredWhole(value: number): number {
  return Math.round(toStoredReal(value))
}

/** The same with fractions, for a REAL column. */
export function toStoredReal(value: number): number {
  return value > 0 ? Math.min(value, mostStored) : 0
}

/** SQL that gives a column's value within what can be read, whatever an older version has written. */
export function readStored(column: string): string {
  return `max(0, min(${mostStored}, ${column}))`
}

/** SQL for a column with an amount added to it, within what can be read. */
export function addStored(column: string, amount: string): string {
  return `min(${mostStored}, ${column} + ${amount})`
}
