// Measures hits of the response cache, and prints every single time in microseconds.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { decodeAnswer } from '../../../src/core/cache/answer.js'
import { createCache } from '../../../src/core/cache/createCache.js'
import { completionKey } from '../../../src/core/cache/key.js'
import { type CacheSettings, defaultCacheSettings } from '../../../src/core/cache/policy.js'
import type { CacheStore } from '../../../src/core/cache/store.js'
import type { Chat, ChatRequest } from '../../../src/core/chat.js'
import { createMemoryStore } from '../../../src/platform/cache/memoryStore.js'
import { openCacheStore } from '../../../src/platform/cache/openCacheStore.js'
import { sha256 } from '../../../src/platform/cache/sha256.js'
import { createSqliteStore } from '../../../src/platform/cache/sqliteStore.js'
import { createClock } from '../../../src/platform/clock.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'
import { createRandom } from '../../fakes/seededRandom.js'

/** Microseconds, one for each hit. */
export type CacheFigures = Readonly<
  Record<'memory' | 'plainMap' | 'sqlite' | 'plainSqlite' | 'request' | 'key', readonly number[]>
>

const answers = 10_000
const hits = 4_000
const warmUp = 1_000
const answerText = 'All work and no play makes a dull boy. '.repeat(52)
const promptText = 'What does all work and no play make of a boy? '.repeat(86)

const settings: CacheSettings = { ...defaultCacheSettings, completions: true }
const clock = createClock()
const random = createRandom(7)
const folder = mkdtempSync(join(tmpdir(), 'roundhouse-bench-cache-'))
const path = join(folder, 'cache.db')
const ports = { clock, log: createMemoryLog(), notices: { notice: () => {} } }

function requestOf(index: number): ChatRequest {
  return {
    model: { connection: 'work', id: 'm' },
    messages: [{ role: 'user', content: [{ type: 'text', text: `${index}: ${promptText}` }] }],
    parameters: { temperature: 0 },
    caller: { door: 'api' },
  }
}

const keyOf = (index: number): string => completionKey(requestOf(index), 'as it is', sha256)
const pick = (): number => Math.floor(random() * answers)

const answer: Chat = async function* answer() {
  for (const text of answerText.match(/.{1,20}/g) ?? []) yield { type: 'text', text }
  yield { type: 'finish', reason: 'stop' }
}

async function time(work: (index: number) => unknown): Promise<number[]> {
  const times: number[] = []
  for (let count = 0; count < warmUp + hits; count++) {
    const index = pick()
    const begun = performance.now()
    await work(index)
    if (count >= warmUp) times.push((performance.now() - begun) * 1_000)
  }
  return times
}

async function fillThroughMiddleware(): Promise<number[]> {
  const cache = createCache({
    openStore: () => openCacheStore({ folder, settings: () => settings, ...ports }),
    policy: () => settings,
    configuration: () => ({ fingerprint: 'as it is' }),
    sha256,
    ...ports,
  })
  let asked = 0
  const chat = cache.middleware((request, signal) => {
    asked++
    return answer(request, signal)
  })
  const { signal } = new AbortController()
  const run = async (index: number): Promise<void> => {
    for await (const part of chat(requestOf(index), signal)) if (part.type === 'finish') return
  }
  for (let index = 0; index < answers; index++) await run(index)
  const times = await time(run)
  if (asked !== answers) throw new Error(`${asked} answers were asked for, not ${answers}.`)
  cache.dispose()
  return times
}

function createReader(store: CacheStore) {
  return async (key: string): Promise<void> => {
    const entry = await store.get(key)
    if (entry === undefined || decodeAnswer(entry.value) === undefined) throw new Error('There is no answer.')
  }
}

/** What a look-up costs at least: the same values with nothing around them. */
function readPlainly(): {
  readonly fromMap: (key: string) => void
  readonly fromSqlite: (key: string) => void
} {
  const database = new DatabaseSync(path)
  const statement = database.prepare('SELECT * FROM entries WHERE key = ?')
  const values = new Map<string, string>()
  for (const row of database.prepare('SELECT key, value FROM entries').all()) {
    values.set(String(row['key']), String(row['value']))
  }
  return {
    fromMap: (key) => JSON.parse(values.get(key) ?? ''),
    fromSqlite: (key) => JSON.parse(String(statement.get(key)?.['value'])),
  }
}

async function measure(): Promise<CacheFigures> {
  const request = await fillThroughMiddleware()
  const keys = Array.from({ length: answers }, (_, index) => keyOf(index))
  const atKey = (work: (key: string) => unknown) => time((index) => work(keys[index] ?? ''))
  const sqlite = await createSqliteStore({ path, limits: () => settings, ...ports })
  const memory = await createMemoryStore({ limits: () => settings, clock })
  for (const key of keys) {
    const entry = await sqlite.get(key)
    if (entry !== undefined) await memory.set(entry)
  }
  const { fromMap, fromSqlite } = readPlainly()
  return {
    request,
    memory: await atKey(createReader(memory)),
    plainMap: await atKey(fromMap),
    sqlite: await atKey(createReader(sqlite)),
    plainSqlite: await atKey(fromSqlite),
    key: await time(keyOf),
  }
}

try {
  console.log(JSON.stringify(await measure()))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
