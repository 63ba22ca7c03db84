type Vector = readonly number[]

/** How many characters `fromCharCode` may be given at once. */
const mostArguments = 8_192

function writeBytes(numbers: Float32Array | Float64Array): string {
  const bytes = new Uint8Array(numbers.buffer)
  let text = ''
  for (let start = 0; start < bytes.length; start += mostArguments) {
    // A spread would go through the iterator, at fifteen times the time.
    text += String(
      Reflect.apply(String.fromCharCode, undefined, bytes.subarray(start, start + mostArguments)),
    )
  }
  return btoa(text)
}

/** By loops, which take a tenth of the time that `from` takes. */
function readBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const characters = atob(text)
    const bytes = new Uint8Array(characters.length)
    for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index)
    return bytes
  } catch {
    return undefined
  }
}

function toNumbers(values: Float32Array | Float64Array): Vector {
  const numbers: number[] = []
  for (let index = 0; index < values.length; index++) numbers.push(values[index] ?? 0)
  return numbers
}

/**
 * A quarter as long as JSON where every number is one of 32 bits, as those of most models are, and half as long
 * otherwise; read again, each is what it was to the last bit. By the order of bytes of this machine.
 */
export function writeVector(vector: Vector): string {
  const isShort = vector.every((value) => Object.is(Math.fround(value), value))
  return isShort ? `f${writeBytes(Float32Array.from(vector))}` : `d${writeBytes(Float64Array.from(vector))}`
}

/** Undefined where the text is no vector. */
export function readVector(text: string): Vector | undefined {
  const bytes = readBytes(text.slice(1))
  const size = text.startsWith('f') ? 4 : 8
  const isWhole = bytes !== undefined && bytes.length % size === 0
  if (!isWhole || !/^[df]/.test(text)) return undefined
  return toNumbers(size === 4 ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer))
}
