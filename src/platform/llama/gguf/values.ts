import { longestText } from './headerBytes.js'
import { malformed } from './malformed.js'
import type { Reading, Scalar } from './reading.js'

interface NumberType {
  readonly bytes: number
  readonly read: (view: DataView, offset: number) => number | bigint
}

const textType = 8
const listType = 9
const booleanType = 7

/** By GGUF’s number of the type. */
const numberTypes: ReadonlyMap<number, NumberType> = new Map<number, NumberType>([
  [0, { bytes: 1, read: (view, offset) => view.getUint8(offset) }],
  [1, { bytes: 1, read: (view, offset) => view.getInt8(offset) }],
  [2, { bytes: 2, read: (view, offset) => view.getUint16(offset, true) }],
  [3, { bytes: 2, read: (view, offset) => view.getInt16(offset, true) }],
  [4, { bytes: 4, read: (view, offset) => view.getUint32(offset, true) }],
  [5, { bytes: 4, read: (view, offset) => view.getInt32(offset, true) }],
  [6, { bytes: 4, read: (view, offset) => view.getFloat32(offset, true) }],
  [booleanType, { bytes: 1, read: (view, offset) => view.getUint8(offset) }],
  [10, { bytes: 8, read: (view, offset) => view.getBigUint64(offset, true) }],
  [11, { bytes: 8, read: (view, offset) => view.getBigInt64(offset, true) }],
  [12, { bytes: 8, read: (view, offset) => view.getFloat64(offset, true) }],
])

const longestKey = 65_535
/** A length, which every text has. */
const leastTextBytes = 8

interface Metadata {
  readonly values: ReadonlyMap<string, Scalar>
  readonly lists: ReadonlyMap<string, number>
}

export async function readMetadata(reading: Reading, count: number): Promise<Metadata> {
  const { bytes, tick, keep } = reading
  const values = new Map<string, Scalar>()
  const lists = new Map<string, number>()
  for (let index = 0; index < count; index++) {
    tick()
    const length = await bytes.u64()
    if (length === 0 || length > longestKey) throw malformed('a key in its header has no usable length')
    const key = await bytes.text(length)
    keep(length)
    if (values.has(key) || lists.has(key)) throw malformed('a key stands in its header twice')
    const type = await bytes.u32()
    if (type === listType) lists.set(key, await skipList(reading))
    else {
      const value = await readScalar(reading, type)
      if (value !== undefined) values.set(key, value)
      else lists.set(key, 0)
    }
  }
  return { values, lists }
}

/** Undefined for a text that is too long to be kept. */
async function readScalar({ bytes, keep }: Reading, type: number): Promise<Scalar | undefined> {
  if (type === textType) {
    const length = await bytes.u64()
    if (length > longestText) {
      bytes.skip(length)
      return undefined
    }
    keep(length)
    return await bytes.text(length)
  }
  const kind = numberTypes.get(type)
  if (kind === undefined) throw malformed('a value in its header is of an unknown type')
  const value = await bytes.number(kind.read, kind.bytes)
  return type === booleanType ? value !== 0 : value
}

/** How many entries it has. A list of lists has no place in a model. */
async function skipList({ bytes, tick }: Reading): Promise<number> {
  const type = await bytes.u32()
  const count = await bytes.u64()
  const kind = numberTypes.get(type)
  const least = type === textType ? leastTextBytes : kind?.bytes
  if (least === undefined) throw malformed('a list in its header is of an unknown type')
  if (count * least > bytes.left()) throw malformed('a list in its header is longer than the file')
  if (kind !== undefined) {
    bytes.skip(count * kind.bytes)
    return count
  }
  await bytes.skipTexts(count, tick)
  return count
}
