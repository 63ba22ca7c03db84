import { malformed } from './malformed.js'

/** Where a header is read from. */
export interface HeaderSource {
  /** Bytes of the whole file. */
  readonly size: number
  /** Fills as much of the buffer as there is; the number of bytes that came. */
  read(into: Uint8Array, position: number): Promise<number>
}

/** The bytes of a header from its beginning; everything that it says is checked against the bytes that are left. */
export interface HeaderBytes {
  /** From the file’s beginning. */
  position(): number
  left(): number
  u32(): Promise<number>
  /** A length or a count; refused above 2^53. */
  u64(): Promise<number>
  number(read: (view: DataView, offset: number) => number | bigint, bytes: number): Promise<number | bigint>
  /** UTF-8. */
  text(bytes: number): Promise<string>
  skip(bytes: number): void
  /** Each with its length before it: a vocabulary has hundreds of thousands. */
  skipTexts(count: number, tick: Tick): Promise<void>
}

/** Ends a reading that takes too long: throws. To be called now and then. */
export type Tick = () => void

const chunkBytes = 1024 * 1024
const lengthBytes = 8
const ticksEvery = 1024

/** A text is read at once, and no longer one is. */
export const longestText = chunkBytes

/** A piece of the file that moves on; where what is wanted is there already, nothing is waited for. */
function createWindow(source: HeaderSource) {
  const chunk = new Uint8Array(chunkBytes)
  let start = 0
  let filled = 0
  let at = 0
  const left = (): number => source.size - start - at
  const moveOn = (): void => {
    start += at
    at = 0
    filled = 0
  }
  return {
    chunk,
    left,
    position: () => start + at,
    has: (bytes: number) => at + bytes <= filled,
    async fill(bytes: number): Promise<void> {
      if (bytes > left()) throw cutOff()
      moveOn()
      while (filled < bytes) {
        const came = await source.read(chunk.subarray(filled), start + filled)
        if (came <= 0) throw cutOff()
        filled += came
      }
    },
    /** The offset in the chunk of that many bytes, which are there. */
    take(bytes: number): number {
      const offset = at
      at += bytes
      return offset
    },
    skip(bytes: number): void {
      if (bytes > left()) throw cutOff()
      at += bytes
      if (at > filled) moveOn()
    },
  }
}

function cutOff(): Error {
  return malformed('it ends in the middle of its header')
}

export function createHeaderBytes(source: HeaderSource): HeaderBytes {
  const window = createWindow(source)
  const { chunk } = window
  const view = new DataView(chunk.buffer)
  const number: HeaderBytes['number'] = async (read, bytes) => {
    if (!window.has(bytes)) await window.fill(bytes)
    return read(view, window.take(bytes))
  }
  return {
    position: window.position,
    left: window.left,
    skip: (bytes) => window.skip(bytes),
    number,
    u32: async () => Number(await number((from, offset) => from.getUint32(offset, true), 4)),
    async u64() {
      const value = Number(await number((from, offset) => from.getBigUint64(offset, true), lengthBytes))
      if (!Number.isSafeInteger(value)) throw malformed('it states a length that no file has')
      return value
    },
    async text(bytes) {
      if (bytes > longestText) throw malformed('a text in its header is too long')
      if (!window.has(bytes)) await window.fill(bytes)
      return Buffer.from(chunk.buffer, window.take(bytes), bytes).toString('utf8')
    },
    async skipTexts(count, tick) {
      for (let index = 0; index < count; index++) {
        if (index % ticksEvery === 0) tick()
        if (!window.has(lengthBytes)) await window.fill(lengthBytes)
        const offset = window.take(lengthBytes)
        window.skip(view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32)
      }
    },
  }
}
