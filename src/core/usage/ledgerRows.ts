import { doors, type Operation, operations } from '../chat.js'
import { compact } from '../compact.js'
import { type ErrorCode, errorCodes } from '../errors.js'
import type { Row, SqlValue } from '../ports.js'
import { type AttemptCost, type AttemptOutcome, type AttemptRecord, costSources } from './attemptRecord.js'
import { fromStoredMoney, toStoredMoney } from './money.js'
import { readStored, toStoredReal, toStoredWhole } from './storedNumbers.js'

export const sourceColumns = [
  'provider',
  'connection',
  'model',
  'route',
  'door',
  'extension',
  'terminal',
  'workspace',
  'branch',
  'operation',
  'served_model',
] as const

/** In the order of `sourceColumns`. */
export function sourceValues({
  provider,
  model,
  route,
  caller,
  operation,
  served,
}: AttemptRecord): readonly string[] {
  return [
    provider,
    model.connection,
    model.id,
    route ?? '',
    caller.door,
    caller.extension ?? '',
    caller.terminal ?? '',
    caller.workspace ?? '',
    caller.branch ?? '',
    operation ?? 'chat',
    served?.model ?? '',
  ]
}

export const attemptColumns = [
  'at',
  'source_id',
  'request_id',
  'number',
  'conversation',
  'uncached_input',
  'cache_read',
  'cache_write_short',
  'cache_write_long',
  'visible_output',
  'reasoning_output',
  'accuracy',
  'cost',
  'cost_source',
  'latency_ms',
  'first_part_ms',
  'outcome',
  'code',
  'is_cache_hit',
  'operation',
  'served_model',
  'served_provider',
  'service_tier',
] as const

const numericColumns: ReadonlySet<string> = new Set([
  'uncached_input',
  'cache_read',
  'cache_write_short',
  'cache_write_long',
  'visible_output',
  'reasoning_output',
  'cost',
  'latency_ms',
  'first_part_ms',
])

/** SQL for the columns of an attempt, as they can be read whatever stands in them. */
export const attemptSelection = attemptColumns
  .map((name) =>
    numericColumns.has(name) ? `${readStored(`attempt.${name}`)} AS ${name}` : `attempt.${name}`,
  )
  .join(', ')

/** In the order of `attemptColumns`. */
export function attemptValues(record: AttemptRecord, sourceId: number): readonly SqlValue[] {
  const { tokens, cost, outcome } = record
  return [
    Math.trunc(record.at),
    sourceId,
    record.requestId,
    record.number,
    record.caller.conversation ?? null,
    toStoredWhole(tokens.uncachedInput),
    toStoredWhole(tokens.cacheRead),
    toStoredWhole(tokens.cacheWriteShort),
    toStoredWhole(tokens.cacheWriteLong),
    toStoredWhole(tokens.visibleOutput),
    toStoredWhole(tokens.reasoningOutput),
    record.accuracy,
    cost === undefined ? null : toStoredMoney(cost.usd),
    cost?.source ?? null,
    toStoredReal(record.latencyMs),
    record.firstPartMs === undefined ? null : toStoredReal(record.firstPartMs),
    outcome.kind,
    codeOf(outcome),
    record.isCacheHit ? 1 : 0,
    record.operation ?? 'chat',
    record.served?.model ?? null,
    record.served?.provider ?? null,
    record.served?.tier ?? null,
  ]
}

/** Empty for a success. */
export function codeOf(outcome: AttemptOutcome): string {
  return outcome.kind === 'success' ? '' : outcome.code
}

export const rollupSums = [
  'attempts',
  'estimated',
  'unpriced',
  'uncached_input',
  'cache_read',
  'cache_write',
  'visible_output',
  'reasoning_output',
  'cost',
  'latency_ms',
  'billed',
  'other_tier',
] as const

/** In the order of `rollupSums`. */
export function rollupAmounts(record: AttemptRecord): number[] {
  const { tokens, cost } = record
  return [
    1,
    record.accuracy === 'estimated' ? 1 : 0,
    cost === undefined ? 1 : 0,
    toStoredWhole(tokens.uncachedInput),
    toStoredWhole(tokens.cacheRead),
    toStoredWhole(tokens.cacheWriteShort + tokens.cacheWriteLong),
    toStoredWhole(tokens.visibleOutput),
    toStoredWhole(tokens.reasoningOutput),
    cost === undefined ? 0 : toStoredMoney(cost.usd),
    toStoredReal(record.latencyMs),
    cost?.source === 'billed' ? 1 : 0,
    cost?.source === 'tier' ? 1 : 0,
  ]
}

function pick<T extends string>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find((item) => item === value) ?? otherwise
}

function text(row: Row, column: string): string {
  const value = row[column]
  return typeof value === 'string' ? value : ''
}

function number(row: Row, column: string): number {
  return Number(row[column] ?? 0)
}

/** The named text columns that are not empty. */
function texts<K extends string>(row: Row, columns: readonly K[]): { [P in K]?: string } {
  const found: { [P in K]?: string } = {}
  for (const column of columns) {
    const value = text(row, column)
    if (value !== '') found[column] = value
  }
  return found
}

function readCost(row: Row): AttemptCost | undefined {
  if (row['cost'] === null) return undefined
  return {
    usd: fromStoredMoney(number(row, 'cost')),
    source: pick(costSources, row['cost_source'], 'provider'),
  }
}

function readOutcome(row: Row): AttemptOutcome {
  if (row['outcome'] === 'success') return { kind: 'success' }
  // A newer version may know more codes than this one.
  const code = pick<ErrorCode>(errorCodes, row['code'], 'provider-error')
  return { kind: row['outcome'] === 'cancelled' ? 'cancelled' : 'failure', code }
}

/** Whose row of usage_source it is. */
export function readSubject(row: Row): Pick<AttemptRecord, 'provider' | 'model' | 'caller'> {
  const caller = texts(row, ['extension', 'terminal', 'workspace', 'branch', 'conversation'] as const)
  return {
    provider: text(row, 'provider'),
    model: { connection: text(row, 'connection'), id: text(row, 'model') },
    caller: { door: pick(doors, row['door'], 'api'), ...caller },
  }
}

function readServed(row: Row): Pick<AttemptRecord, 'served'> {
  const columns = texts(row, ['served_model', 'served_provider', 'service_tier'] as const)
  const { served_model: model, served_provider: provider, service_tier: tier } = columns
  const said = compact({ model, provider, tier })
  return Object.keys(said).length === 0 ? {} : { served: said }
}

/** A row of attempt and usage_source together. */
export function readAttempt(row: Row): AttemptRecord {
  const cost = readCost(row)
  const operation = pick<Operation>(operations, row['operation'], 'chat')
  return {
    at: number(row, 'at'),
    requestId: text(row, 'request_id'),
    number: number(row, 'number'),
    ...readSubject(row),
    ...texts(row, ['route'] as const),
    ...(operation === 'chat' ? {} : { operation }),
    tokens: {
      uncachedInput: number(row, 'uncached_input'),
      cacheRead: number(row, 'cache_read'),
      cacheWriteShort: number(row, 'cache_write_short'),
      cacheWriteLong: number(row, 'cache_write_long'),
      visibleOutput: number(row, 'visible_output'),
      reasoningOutput: number(row, 'reasoning_output'),
    },
    accuracy: row['accuracy'] === 'exact' ? 'exact' : 'estimated',
    ...(cost === undefined ? {} : { cost }),
    latencyMs: number(row, 'latency_ms'),
    ...(row['first_part_ms'] === null ? {} : { firstPartMs: number(row, 'first_part_ms') }),
    outcome: readOutcome(row),
    isCacheHit: row['is_cache_hit'] === 1,
    ...readServed(row),
  }
}
