import { createHeaderBytes, type HeaderBytes, type HeaderSource, type Tick } from './headerBytes.js'
import { malformed } from './malformed.js'
import type { GgufHeader, Reading } from './reading.js'
import { readTensors } from './tensors.js'
import { readMetadata } from './values.js'

const magic = 0x46554747
const supported = new Set([2, 3])

/** More than any model has; a hundred bytes of bookkeeping each stay far below what the process may use. */
const mostEntries = 100_000
const leastMetadataBytes = 14
const leastTensorBytes = 24
/** Of names and texts. */
const mostKeptBytes = 64 * 1024 * 1024

/**
 * Reads what a GGUF file says of itself, and believes none of it before it has been held against the bytes that there are.
 * Rejects with `malformed`.
 */
export async function readHeader(source: HeaderSource, tick: Tick): Promise<GgufHeader> {
  const bytes = createHeaderBytes(source)
  let kept = 0
  const reading: Reading = {
    bytes,
    tick,
    keep(more) {
      kept += more
      if (kept > mostKeptBytes) throw malformed('its header holds more text than a model needs')
    },
  }
  const version = await readVersion(bytes)
  const tensorCount = await readCount(bytes, leastTensorBytes)
  const entryCount = await readCount(bytes, leastMetadataBytes)
  const { values, lists } = await readMetadata(reading, entryCount)
  const data = await readTensors(reading, { count: tensorCount, alignment: values.get('general.alignment') })
  return { version, values, lists, tensorCount, ...data }
}

async function readVersion(bytes: HeaderBytes): Promise<number> {
  if (bytes.left() < 24 || (await bytes.u32()) !== magic) throw malformed('it is not a GGUF file')
  const version = await bytes.u32()
  if (supported.has(version)) return version
  if (version % 0x10000 === 0) throw malformed('it was made for machines of another byte order')
  throw malformed(`its GGUF version is ${version}, and 2 and 3 are known`)
}

async function readCount(bytes: HeaderBytes, leastEach: number): Promise<number> {
  const count = await bytes.u64()
  if (count > mostEntries || count * leastEach > bytes.left())
    throw malformed('it states more entries than it can hold')
  return count
}
