import { isRecord, type JsonRecord } from '../../../core/json.js'
import { numberAt, textAt } from '../../shared/json.js'

type Container = Record<string, unknown> | unknown[]

export interface PartialArguments {
  /** Takes the pieces of one event; false where one of them cannot be put in its place. */
  add(pieces: readonly unknown[]): boolean
  /** What was put together. */
  whole(): JsonRecord
}

/** The arguments of a call that come value by value, each under its JSON Path, texts in several pieces. */
export function createPartialArguments(): PartialArguments {
  const root: Record<string, unknown> = {}
  return {
    add: (pieces) => pieces.every((piece) => place(root, piece)),
    whole: () => root,
  }
}

function place(root: Container, piece: unknown): boolean {
  const value = valueOf(piece)
  const path = parsePath(textAt(piece, 'jsonPath') ?? '')
  if (path === undefined) return false
  // The last piece of a text may hold nothing but the word that it is the last.
  if (value === undefined) return true
  let container = root
  for (const [at, step] of path.entries()) {
    const next = path[at + 1]
    if (next === undefined) return put(container, step, value)
    const inner = innerAt(container, step, typeof next === 'number')
    if (inner === undefined) return false
    container = inner
  }
  return false
}

/** Undefined where a piece says no value. */
function valueOf(piece: unknown): unknown {
  if (!isRecord(piece)) return undefined
  if (typeof piece['stringValue'] === 'string') return piece['stringValue']
  if (typeof piece['boolValue'] === 'boolean') return piece['boolValue']
  if (piece['nullValue'] !== undefined) return null
  return numberAt(piece, 'numberValue')
}

/** A text goes on where it stopped; of anything else there is only one. */
function put(container: Container, step: string | number, value: unknown): boolean {
  const before = valueAt(container, step)
  if (before === undefined) return set(container, step, value)
  if (typeof before === 'string' && typeof value === 'string') return set(container, step, before + value)
  return before === value
}

function innerAt(container: Container, step: string | number, isList: boolean): Container | undefined {
  const known = valueAt(container, step)
  if (known !== undefined) {
    if (Array.isArray(known)) return isList ? known : undefined
    return isRecord(known) && !isList ? known : undefined
  }
  const made: Container = isList ? [] : {}
  return set(container, step, made) ? made : undefined
}

function valueAt(container: Container, step: string | number): unknown {
  return Object.hasOwn(container, step) ? Reflect.get(container, step) : undefined
}

/** False for a name in a list, a number in an object, and a place in a list behind a gap. */
function set(container: Container, step: string | number, value: unknown): boolean {
  if (Array.isArray(container) !== (typeof step === 'number')) return false
  if (typeof step === 'number' && Array.isArray(container) && step > container.length) return false
  return Reflect.defineProperty(container, step, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

const stepPattern = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/gy
const longestPath = 64

/** The steps of a JSON Path that names one value; undefined for any other. */
function parsePath(path: string): readonly (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined
  const steps: (string | number)[] = []
  stepPattern.lastIndex = 1
  let end = 1
  for (let found = stepPattern.exec(path); found !== null; found = stepPattern.exec(path)) {
    const [, name, index, single, double] = found
    steps.push(index === undefined ? (name ?? unescape(single ?? double ?? '')) : Number(index))
    end = stepPattern.lastIndex
  }
  return end === path.length && steps.length > 0 && steps.length <= longestPath ? steps : undefined
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, '$1')
}
