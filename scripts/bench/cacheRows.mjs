// What a hit of the response cache costs, by itself and through the whole middleware.
import { present } from './figures.mjs'
import { median } from './statistics.mjs'

/**
 * @typedef {import('./rows.mjs').RowDefinition} RowDefinition
 * @typedef {import('../../test/bench/cache/program.js').CacheFigures} CacheFigures
 */

const setting =
  '10,000 answers of 2 KB each, asked for in a seeded order; a process of its own without VS Code, the code bundled as the product is, after a warm-up'

/** @param {{ id: string, what: string, target?: number, includes: string, key: keyof CacheFigures, reference?: keyof CacheFigures }} row */
const cacheRow = ({ key, reference, includes, ...row }) => ({
  ...row,
  unit: 'µs',
  need: /** @type {const} */ ('cache'),
  includes: `${includes}; ${setting}`,
  read: (/** @type {{ cache?: CacheFigures }} */ { cache }) => ({
    value: median(present(cache)[key]),
    ...(reference === undefined ? {} : { reference: median(present(cache)[reference]) }),
  }),
})

/** @type {readonly RowDefinition[]} */
export const cacheRows = [
  cacheRow({
    id: 'cache.memory',
    what: 'cache hit, memory, p50',
    target: 20,
    key: 'memory',
    reference: 'plainMap',
    includes:
      'from a key to the parts of its answer, the decoding included; the reference is a Map and JSON.parse',
  }),
  cacheRow({
    id: 'cache.sqlite',
    what: 'cache hit, SQLite, p50',
    target: 80,
    key: 'sqlite',
    reference: 'plainSqlite',
    includes:
      'from a key to the parts of its answer out of cache.db, nothing in memory in front of it, checksum and decoding included; the reference is node:sqlite’s own prepared get and JSON.parse',
  }),
  cacheRow({
    id: 'cache.request',
    what: 'cached answer, from request to end, p50',
    target: 300,
    key: 'request',
    includes:
      'from the request to the last part of its answer, through the middleware as the product sets it up (memory in front of SQLite, 500 of the 10,000 in memory): policy, key, look-up, decoding, replay, statistics; excludes the door',
  }),
  cacheRow({
    id: 'cache.key',
    what: 'key of a request of 4 KB, p50',
    key: 'key',
    includes: 'the canonical form and its SHA-256',
  }),
]
