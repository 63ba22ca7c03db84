import type { ErrorCode } from '../errors.js'
import { createEmitter, type Event } from '../event.js'
import { isRecord, parseJson } from '../json.js'
import type { Clock, Disposable, FileStore, Log } from '../ports.js'
import type { Connection } from '../provider.js'
import { createRetriedLoad } from '../retriedLoad.js'
import { sourceOf } from './keptLists.js'
import type { ConnectionTest, ConnectionTestResult, TestStep } from './testConnection.js'

interface TestFailure {
  readonly step: TestStep
  readonly code: ErrorCode
  readonly message: string
}

/** How a connection's last test went. */
export interface ConnectionTestRecord {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly outcome: ConnectionTestResult | TestFailure
}

export interface ConnectionTests extends Disposable {
  /** Throws as `testConnection` does. A test that was cancelled says nothing; any other may be remembered. */
  run(test: ConnectionTest): Promise<ConnectionTestResult>
  /** Keeps the last run's outcome: only of a connection that is saved as it was tested. Never rejects. */
  remember(connection: Connection): Promise<void>
  /** Reads what is kept on disk; `last` knows nothing before. Never rejects. */
  load(): Promise<void>
  last(connection: Connection): ConnectionTestRecord | undefined
  forget(connectionId: string): Promise<void>
  /** Fires with the id of a connection whose key, stored or only entered, a server has refused. */
  readonly onDidRefuseKey: Event<string>
  /** Fires with the id of a connection whose record has changed. */
  readonly onDidChange: Event<string>
}

export interface ConnectionTestsOptions {
  readonly files: FileStore
  readonly clock: Clock
  readonly log: Log
}

interface Entry extends ConnectionTestRecord {
  /** A test of one server is none of another. */
  readonly source: string
}

const documentName = 'connectionTests.json'
const documentVersion = 1

function isOutcome(value: unknown): value is ConnectionTestRecord['outcome'] {
  if (!isRecord(value)) return false
  if (typeof value['message'] === 'string') return value['step'] === 'list' || value['step'] === 'chat'
  const { latencyMs, modelCount, leftOut = 0, key, chat } = value
  const isChat = isRecord(chat) && typeof chat['model'] === 'string' && Number.isFinite(chat['latencyMs'])
  const isResult = [latencyMs, modelCount, leftOut].every(Number.isFinite) && typeof key === 'string'
  return isResult && (chat === undefined || isChat)
}

function isEntry(value: unknown): value is Entry {
  if (!isRecord(value) || typeof value['source'] !== 'string') return false
  return Number.isFinite(value['at']) && isOutcome(value['outcome'])
}

function parse(text: string | undefined): Map<string, Entry> {
  const document = text === undefined ? undefined : parseJson(text)
  if (!isRecord(document) || document['version'] !== documentVersion) return new Map()
  const tests = document['tests']
  if (!isRecord(tests)) return new Map()
  return new Map(
    Object.entries(tests).flatMap(([id, entry]) => (isEntry(entry) ? [[id, entry] as const] : [])),
  )
}

/** The records on disk, and those of them that were read or written here. */
function createRecords({ files, log }: ConnectionTestsOptions) {
  let entries: ReadonlyMap<string, Entry> = new Map()

  async function read(): Promise<void> {
    try {
      entries = parse(await files.read(documentName))
    } catch (error) {
      log.error('The results of earlier tests could not be read', error)
    }
  }

  async function write(changed: ReadonlyMap<string, Entry>): Promise<void> {
    entries = changed
    try {
      const tests = Object.fromEntries(changed)
      await files.write(documentName, JSON.stringify({ version: documentVersion, tests }))
    } catch (error) {
      log.error('The result of a test could not be kept on disk', error)
    }
  }

  return {
    read,
    get: (connectionId: string) => entries.get(connectionId),
    /** Another window may have tested other connections, so what is on disk is read first. */
    async set(connectionId: string, entry: Entry): Promise<void> {
      await read()
      await write(new Map([...entries, [connectionId, entry]]))
    },
    async delete(connectionId: string): Promise<void> {
      await read()
      if (entries.has(connectionId)) await write(new Map([...entries].filter(([id]) => id !== connectionId)))
    },
  }
}

/** Tests of connections, and how the last of each went: one document, which windows share. */
export function createConnectionTests(options: ConnectionTestsOptions): ConnectionTests {
  const records = createRecords(options)
  const changed = createEmitter<string>()
  const refused = createEmitter<string>()
  /** By connection id: outcomes of runs that nobody has asked to remember yet. */
  const fresh = new Map<string, Entry>()
  let loading: Promise<void> | undefined

  const loadRun = createRetriedLoad(async () => {
    const { createTestRuns } = await import('./testRuns.js')
    return createTestRuns({
      clock: options.clock,
      began: (connection) => void fresh.delete(connection.id),
      ended: (connection, outcome) =>
        void fresh.set(connection.id, { at: options.clock.now(), source: sourceOf(connection), outcome }),
      refused: (connection) => refused.fire(connection.id),
    })
  })

  return {
    onDidChange: changed.event,
    onDidRefuseKey: refused.event,
    run: async (test) => await (await loadRun())(test),
    async remember(connection) {
      const entry = fresh.get(connection.id)
      fresh.delete(connection.id)
      if (entry?.source !== sourceOf(connection)) return
      await records.set(connection.id, entry)
      changed.fire(connection.id)
    },
    load: () => (loading ??= records.read()),
    last(connection) {
      const entry = records.get(connection.id)
      return entry?.source === sourceOf(connection) ? { at: entry.at, outcome: entry.outcome } : undefined
    },
    forget: async (connectionId) => await records.delete(connectionId),
    dispose() {
      changed.dispose()
      refused.dispose()
    },
  }
}
