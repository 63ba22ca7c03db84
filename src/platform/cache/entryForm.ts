import type { CacheEntry } from '../../core/cache/store.js'
import { sha256 } from './sha256.js'

/** Bytes of an entry besides its value, about. */
const overhead = 256

export function entryBytes({ value }: CacheEntry): number {
  return Buffer.byteLength(value) + overhead
}

/** Over everything that an entry says: a damaged one is never given back. */
export function checksum({ key, kind, connection, model, createdAt, value }: CacheEntry): string {
  return sha256(`${key}\n${kind}\n${connection}\n${model}\n${createdAt}\n${value}`)
}
