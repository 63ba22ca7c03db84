import { fromBase64, toBase64 } from './base64.js'

type Vector = readonly number[]

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
  return isShort
    ? `f${toBase64(new Uint8Array(Float32Array.from(vector).buffer))}`
    : `d${toBase64(new Uint8Array(Float64Array.from(vector).buffer))}`
}

/** Undefined where the text is no vector. */
export function readVector(text: string): Vector | undefined {
  const bytes = fromBase64(text.slice(1))
  const size = text.startsWith('f') ? 4 : 8
  const isWhole = bytes !== undefined && bytes.length % size === 0
  if (!isWhole || !/^[df]/.test(text)) return undefined
  return toNumbers(size === 4 ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer))
}
