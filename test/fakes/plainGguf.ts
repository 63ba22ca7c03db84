/** What a GGUF file says, read in the plainest way from all its bytes: for comparison with the product’s reader. */
export interface PlainHeader {
  readonly values: Readonly<Record<string, unknown>>
  readonly lists: Readonly<Record<string, number>>
  readonly tensorCount: number
}

const sizes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
}

/** Undefined where a length leads beyond the file, or a type is unknown. */
export function readPlainly(bytes: Buffer): PlainHeader | undefined {
  try {
    return read(bytes)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function read(bytes: Buffer): PlainHeader {
  let at = 8
  const advance = (length: number): number => {
    if (length > bytes.length - at) throw new RangeError('beyond the file')
    const from = at
    at += length
    return from
  }
  const u32 = (): number => bytes.readUInt32LE(advance(4))
  const u64 = (): number => Number(bytes.readBigUInt64LE(advance(8)))
  const text = (): string => {
    const length = u64()
    const from = advance(length)
    return bytes.toString('utf8', from, from + length)
  }
  const single = (type: number): unknown => {
    if (type === 8) return text()
    const size = sizes[type]
    if (size === undefined) throw new RangeError('an unknown type')
    return number(bytes, type, advance(size))
  }
  const tensorCount = u64()
  const entries = u64()
  const values: Record<string, unknown> = Object.create(null)
  const lists: Record<string, number> = Object.create(null)
  for (let index = 0; index < entries; index++) {
    const key = text()
    const type = u32()
    if (type !== 9) {
      values[key] = single(type)
      continue
    }
    const of = u32()
    const count = u64()
    lists[key] = count
    for (let each = 0; each < count; each++) single(of)
  }
  for (let index = 0; index < tensorCount; index++) {
    text()
    for (let dimensions = u32(); dimensions > 0; dimensions--) u64()
    u32()
    u64()
  }
  return { values: { ...values }, lists: { ...lists }, tensorCount }
}

function number(bytes: Buffer, type: number, at: number): unknown {
  switch (type) {
    case 0:
      return bytes.readUInt8(at)
    case 1:
      return bytes.readInt8(at)
    case 2:
      return bytes.readUInt16LE(at)
    case 3:
      return bytes.readInt16LE(at)
    case 4:
      return bytes.readUInt32LE(at)
    case 5:
      return bytes.readInt32LE(at)
    case 6:
      return bytes.readFloatLE(at)
    case 7:
      return bytes.readUInt8(at) !== 0
    case 10:
      return bytes.readBigUInt64LE(at)
    case 11:
      return bytes.readBigInt64LE(at)
    default:
      return bytes.readDoubleLE(at)
  }
}
