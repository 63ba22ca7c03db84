import type { HeaderBytes, Tick } from './headerBytes.js'

export type Scalar = number | bigint | boolean | string

export interface GgufHeader {
  readonly version: number
  /** Numbers, texts and booleans by their keys; of a list its length, see `lists`. */
  readonly values: ReadonlyMap<string, Scalar>
  /** How many entries each list has. */
  readonly lists: ReadonlyMap<string, number>
  readonly tensorCount: number
  /** Of all tensors, where the file’s part for them begins. */
  readonly dataStart: number
  readonly dataBytes: number
}

export interface Reading {
  readonly bytes: HeaderBytes
  readonly tick: Tick
  /** Counts what is kept in memory of the header; throws above the limit. */
  readonly keep: (bytes: number) => void
}
