import { toStoredWhole } from './storedNumbers.js'

/** Databases add up whole billionths of a USD: sums of fractions would drift, and a limit would not be one. */
const perUsd = 1e9

/** To the nearest billionth, as far as the database counts: nine million USD. */
export function toStoredMoney(usd: number): number {
  return toStoredWhole(usd * perUsd)
}

/** Never less than the money itself, for what is reserved. */
export function toReservedMoney(usd: number): number {
  return toStoredWhole(Math.ceil(usd * perUsd))
}

export function fromStoredMoney(stored: number): number {
  return stored / perUsd
}
