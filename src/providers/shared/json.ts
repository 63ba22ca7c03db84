import { isRecord, type JsonRecord } from '../../core/json.js'

/** Reading what a server sent: nothing of it is trusted to have the shape its documentation promises. */

/** Shared: every event is asked for members that it does not have. */
const noRecord: JsonRecord = Object.freeze({})
const noItems: readonly unknown[] = Object.freeze([])

/** The record at `key`, or an empty one. */
export function recordAt(value: unknown, key: string): JsonRecord {
  const found = isRecord(value) ? value[key] : undefined
  return isRecord(found) ? found : noRecord
}

export function arrayAt(value: unknown, key: string): readonly unknown[] {
  const found = isRecord(value) ? value[key] : undefined
  return Array.isArray(found) ? found : noItems
}

/** Undefined for anything but a string with something in it. */
export function textAt(value: unknown, key: string): string | undefined {
  const found = isRecord(value) ? value[key] : undefined
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** Undefined for anything but a finite number, or a string that spells one. */
export function numberAt(value: unknown, key: string): number | undefined {
  const found = isRecord(value) ? value[key] : undefined
  const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : found
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

export function booleanAt(value: unknown, key: string): boolean | undefined {
  const found = isRecord(value) ? value[key] : undefined
  return typeof found === 'boolean' ? found : undefined
}

/** A row of a table by a name that a server sent, which may be `constructor`. */
export function lookUp<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined
}
