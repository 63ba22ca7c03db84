import type { DatabaseSync } from 'node:sqlite'
import { isBusy } from './errors.js'

/** Milliseconds that a statement waits for other windows. */
export const busyTimeoutMs = 5_000

/**
 * SQLite waits in steps that soon grow to 100 ms, and whoever asks in between goes first. Most locks are held for less
 * than a millisecond, so the first waits are short ones, up to so many.
 */
const shortWaits = 60
const shortWaitMs = 0.5

/**
 * Begins a transaction with the write lock. Waits synchronously, as every statement does: first in short steps, then as
 * SQLite does. Throws what `node:sqlite` throws.
 */
export function createWriteLock(sqlite: DatabaseSync): () => void {
  const cell = new Int32Array(new SharedArrayBuffer(4))

  function tryToBegin(): boolean {
    try {
      sqlite.exec('BEGIN IMMEDIATE')
      return true
    } catch (error) {
      if (!isBusy(error)) throw error
      return false
    }
  }

  function beginSoon(): boolean {
    sqlite.exec('PRAGMA busy_timeout = 0')
    try {
      for (let wait = 0; wait < shortWaits; wait++) {
        if (tryToBegin()) return true
        Atomics.wait(cell, 0, 0, shortWaitMs)
      }
      return false
    } finally {
      sqlite.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    }
  }

  return () => {
    if (!beginSoon()) sqlite.exec('BEGIN IMMEDIATE')
  }
}
