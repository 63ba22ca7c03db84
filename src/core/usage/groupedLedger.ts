import type { Event } from '../event.js'
import type { Clock, Disposable } from '../ports.js'
import { createTimer } from '../timer.js'
import type { AttemptRecord } from './attemptRecord.js'
import type { Ledger } from './ledger.js'

/** A ledger whose rows are written a moment after their attempts, those of the same moment in one transaction. */
export interface GroupedLedger extends Disposable {
  /** Never throws. */
  append(record: AttemptRecord): void
  /** Writes what waits; false where nothing did. Before anything is read that attempts change, and on closing. */
  flush(): boolean
  /** As the ledger's own, with what waited. */
  read: Ledger['read']
  readonly takeIn: Ledger['takeIn']
  /** Fires once a record has been given to the ledger, written or not. */
  readonly onDidAppend: Event<AttemptRecord>
}

export interface GroupedLedgerOptions {
  readonly ledger: Ledger
  /** Told of a record at once: what was reserved for its attempt is settled with it, and not before. */
  readonly expect: (record: AttemptRecord) => void
  readonly clock: Pick<Clock, 'alarm' | 'monotonic'>
}

/**
 * Milliseconds. Nobody who has his answer waits for the disk; what a crash may take with it is so young, and its
 * reservations lapse by themselves.
 */
const groupMs = 10

/** Records after which the group is written at once. */
const fullGroup = 200

export function groupLedger({ ledger, expect, clock }: GroupedLedgerOptions): GroupedLedger {
  let waiting: AttemptRecord[] = []
  const flush = (): boolean => {
    if (waiting.length === 0) return false
    const group = waiting
    waiting = []
    timer.set(undefined)
    ledger.append(...group)
    return true
  }
  const timer = createTimer(clock, flush)
  return {
    append(record) {
      expect(record)
      waiting.push(record)
      if (waiting.length === 1) timer.set(groupMs)
      if (waiting.length >= fullGroup) flush()
    },
    flush,
    read(period) {
      flush()
      return ledger.read(period)
    },
    takeIn: (name, records) => ledger.takeIn(name, records),
    onDidAppend: ledger.onDidAppend,
    dispose() {
      flush()
      ledger.dispose()
    },
  }
}
