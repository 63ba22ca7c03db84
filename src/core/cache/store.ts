import type { Disposable } from '../ports.js'

export interface CacheEntry {
  readonly key: string
  readonly kind: 'completion' | 'embedding'
  /** The connection and the model that gave the answer, also where a route was asked. */
  readonly connection: string
  readonly model: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly value: string
}

/** What is to be deleted: everything, or only what fits all that is given. */
export interface CacheFilter {
  readonly connection?: string
  /** Milliseconds since the epoch. */
  readonly createdBefore?: number
}

export interface CacheSize {
  readonly entries: number
  readonly bytes: number
}

/**
 * Where entries are kept. A store gives an entry back whole and as it was, or not at all: what is damaged is set aside
 * and counts as absent. How old an entry may be is for its reader to judge. Methods reject with whatever the platform
 * throws.
 */
export interface CacheStore extends Disposable {
  get(key: string): Promise<CacheEntry | undefined>
  /** Replaces entries of the same keys; what is beyond the limits leaves. One entry larger than all is not kept. */
  set(...entries: readonly CacheEntry[]): Promise<void>
  /** How many it has deleted. */
  delete(filter: CacheFilter): Promise<number>
  size(): Promise<CacheSize>
  /** Another number once anybody, another window too, has deleted entries by a filter. */
  deletions(): Promise<number>
}

export function fits(
  { connection, createdAt }: Pick<CacheEntry, 'connection' | 'createdAt'>,
  filter: CacheFilter,
): boolean {
  if (filter.connection !== undefined && filter.connection !== connection) return false
  return filter.createdBefore === undefined || createdAt < filter.createdBefore
}
