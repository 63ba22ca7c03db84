import { malformed } from './malformed.js'
import type { GgufHeader, Reading, Scalar } from './reading.js'
import { tensorTypes } from './tensorTypes.js'

const usualAlignment = 32
const largestAlignment = 65_536
const mostDimensions = 4
/** As ggml has it. */
const longestName = 63

interface Table {
  readonly count: number
  readonly alignment: Scalar | undefined
}

/** Where the tensors are: one behind another, each whole within the file. */
export async function readTensors(
  { bytes, tick, keep }: Reading,
  table: Table,
): Promise<Pick<GgufHeader, 'dataStart' | 'dataBytes'>> {
  const alignment = alignmentOf(table)
  const names = new Set<string>()
  let end = 0
  let padded = 0
  for (let index = 0; index < table.count; index++) {
    tick()
    const length = await bytes.u64()
    if (length > longestName) throw malformed('a tensor in it has no usable name')
    const name = await bytes.text(length)
    keep(length)
    if (names.has(name)) throw malformed('a tensor stands in it twice')
    names.add(name)
    const size = await readSize({ bytes })
    if ((await bytes.u64()) !== padded) throw malformed('its tensors do not follow one another')
    end = padded + size
    padded = pad(end, alignment)
  }
  const dataStart = pad(bytes.position(), alignment)
  const there = Math.max(0, bytes.position() + bytes.left() - dataStart)
  if (end > there) throw malformed(`it is incomplete: ${there} of its ${end} bytes of tensors are there`)
  return { dataStart, dataBytes: end }
}

function alignmentOf({ alignment = usualAlignment }: Table): number {
  const isPower = typeof alignment === 'number' && Number.isInteger(Math.log2(alignment))
  if (isPower && alignment >= 1 && alignment <= largestAlignment) return alignment
  throw malformed('its alignment is none')
}

/** Bytes of one tensor. */
async function readSize({ bytes }: Pick<Reading, 'bytes'>): Promise<number> {
  const dimensions = await bytes.u32()
  if (dimensions > mostDimensions) throw malformed('a tensor in it has too many dimensions')
  let elements = 1
  let row = 1
  for (let index = 0; index < dimensions; index++) {
    const length = await bytes.u64()
    if (index === 0) row = length
    elements *= length
    if (!Number.isSafeInteger(elements)) throw malformed('a tensor in it is larger than any file')
  }
  const type = tensorTypes.get(await bytes.u32())
  if (type === undefined) throw malformed('a tensor in it is of an unknown type')
  if (row % type.block !== 0) throw malformed('a tensor in it has rows of no whole blocks')
  const size = (elements / type.block) * type.bytes
  if (!Number.isSafeInteger(size)) throw malformed('a tensor in it is larger than any file')
  return size
}

function pad(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment
}
