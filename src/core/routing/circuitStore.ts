import { type ErrorCode, errorCodes } from '../errors.js'
import { formatModelRef, type ModelRef } from '../model.js'
import type { Database, Row } from '../ports.js'
import type { Circuit } from './circuit.js'

/** Where windows share how models fail. */
export interface CircuitStore {
  /** By `connection/id`; a model that works has none. */
  load(): ReadonlyMap<string, Circuit>
  /** Changes one under the lock of all windows, and gives what it has become; undefined forgets it. */
  change(model: ModelRef, next: (known: Circuit | undefined) => Circuit | undefined): Circuit | undefined
}

/** For one window alone, where no database can be written. */
export function createMemoryCircuitStore(): CircuitStore {
  const circuits = new Map<string, Circuit>()
  return {
    load: () => new Map(circuits),
    change(model, next) {
      const ref = formatModelRef(model)
      const circuit = next(circuits.get(ref))
      if (circuit === undefined) circuits.delete(ref)
      else circuits.set(ref, circuit)
      return circuit
    },
  }
}

const knownCodes: ReadonlySet<unknown> = new Set(errorCodes)

function isErrorCode(value: unknown): value is ErrorCode {
  return knownCodes.has(value)
}

const columns = 'failures, failed_at, code, cool_until, open_until, openings, probe_until'

function readCircuit(row: Row): Circuit {
  const number = (name: string): number => Number(row[name] ?? 0)
  return {
    failures: number('failures'),
    failedAt: number('failed_at'),
    // Of a newer version, perhaps.
    code: isErrorCode(row['code']) ? row['code'] : 'provider-error',
    coolUntil: number('cool_until'),
    openUntil: number('open_until'),
    openings: number('openings'),
    probeUntil: number('probe_until'),
  }
}

const select = `SELECT ${columns} FROM circuit WHERE connection = ? AND model = ?`
const selectAll = `SELECT connection, model, ${columns} FROM circuit`
const remove = 'DELETE FROM circuit WHERE connection = ? AND model = ?'
const replace = `INSERT OR REPLACE INTO circuit (connection, model, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** In the memory of this window where the database cannot be written. */
export function createSharedCircuitStore(database: Database): CircuitStore {
  if (database.readOnly) return createMemoryCircuitStore()
  return {
    load() {
      const rows = database.all(selectAll)
      return new Map(
        rows.map((row) => {
          const model = { connection: String(row['connection']), id: String(row['model']) }
          return [formatModelRef(model), readCircuit(row)]
        }),
      )
    },
    change: (model, next) =>
      database.transaction(() => {
        const key = [model.connection, model.id] as const
        const row = database.get(select, ...key)
        const known = row === undefined ? undefined : readCircuit(row)
        const circuit = next(known)
        if (circuit === undefined) {
          if (known !== undefined) database.run(remove, ...key)
        } else if (circuit !== known) {
          const { failures, failedAt, code, coolUntil, openUntil, openings, probeUntil } = circuit
          const times = [coolUntil, openUntil, openings, probeUntil] as const
          database.run(replace, ...key, failures, failedAt, code, ...times)
        }
        return circuit
      }),
  }
}
