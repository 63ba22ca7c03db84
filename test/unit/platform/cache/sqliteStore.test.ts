import assert from 'node:assert/strict'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CacheStore } from '../../../../src/core/cache/store.js'
import { createSqliteStore } from '../../../../src/platform/cache/sqliteStore.js'
import { createClock } from '../../../../src/platform/clock.js'
import { createEntry } from '../../../fakes/cacheEntries.js'
import { faultCounts, faultSeed } from '../../../fakes/faultCounts.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { startProcessorClock } from '../../../fakes/processorTime.js'
import { createRandom } from '../../../fakes/seededRandom.js'

/** Milliseconds of the processor, so that a busy machine fails nothing. */
const rebuiltWithin = 2_000

const entries = Array.from({ length: 60 }, (_, index) =>
  createEntry(`entry ${index}`, { value: `${index} `.repeat(200 + 40 * (index % 7)) }),
)

function openStore(path: string): Promise<CacheStore> {
  const limits = () => ({ maximumEntries: 1_000, maximumBytes: 10_000_000 })
  const notices = { notice: () => {} }
  return createSqliteStore({ path, limits, clock: createClock(), log: createMemoryLog(), notices })
}

/** Every entry is as it was or gone, and the store takes a new one. How many are as they were. */
async function useStore(store: CacheStore): Promise<number> {
  let whole = 0
  for (const entry of entries) {
    const found = await store.get(entry.key)
    if (found === undefined) continue
    assert.deepEqual(found, entry)
    whole++
  }
  const entry = createEntry('one more', { value: 'new' })
  await store.set(entry)
  assert.deepEqual(await store.get(entry.key), entry)
  assert.ok((await store.size()).entries > 0)
  return whole
}

type Damage = (bytes: Buffer, random: () => number) => Buffer

/** Whatever a disk, a crash or another program makes of a file. */
const damages: Readonly<Record<string, Damage>> = {
  'one bit turned': (bytes, random) => {
    const at = Math.floor(random() * bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    return bytes
  },
  'one bit turned in its first page': (bytes, random) => {
    const at = Math.floor(random() * 4_096)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    return bytes
  },
  'twenty bytes changed': (bytes, random) => {
    for (let count = 0; count < 20; count++) bytes[Math.floor(random() * bytes.length)] = random() * 256
    return bytes
  },
  'its end cut off': (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.length)),
  'a page overwritten with zeros': (bytes, random) => {
    const at = Math.floor((random() * bytes.length) / 4_096) * 4_096
    return bytes.fill(0, at, Math.min(bytes.length, at + 4_096))
  },
  'a stretch of noise': (bytes, random) => {
    const at = Math.floor(random() * bytes.length)
    const end = Math.min(bytes.length, at + Math.floor(random() * 10_000))
    for (let index = at; index < end; index++) bytes[index] = random() * 256
    return bytes
  },
  'a stretch of another place': (bytes, random) => {
    const [from, to] = [Math.floor(random() * bytes.length), Math.floor(random() * bytes.length)]
    bytes.copy(bytes, to, from, from + Math.floor(random() * 10_000))
    return bytes
  },
}

describe('SQLite cache, damaged', () => {
  let folder: string
  let sound: { readonly database: Buffer; readonly log: Buffer }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'roundhouse-cache-'))
    const path = join(folder, 'sound', 'cache.db')
    const store = await openStore(path)
    for (const entry of entries.slice(0, 40)) await store.set(entry)
    store.dispose()
    const second = await openStore(path)
    for (const entry of entries.slice(40)) await second.set(entry)
    // As a killed window leaves them: the log has entries that the database itself has not.
    sound = { database: readFileSync(path), log: readFileSync(`${path}-wal`) }
    second.dispose()
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  function place(name: string, database: Buffer, log: Buffer): string {
    const path = join(folder, name, 'cache.db')
    mkdirSync(join(folder, name))
    writeFileSync(path, database)
    writeFileSync(`${path}-wal`, log)
    writeFileSync(join(folder, name, 'roundhouse.db'), 'the ledger')
    return path
  }

  it('has every entry where nothing is damaged', async () => {
    const store = await openStore(place('whole', sound.database, sound.log))
    assert.equal(await useStore(store), entries.length)
    store.dispose()
  })

  for (const [what, damage] of Object.entries(damages)) {
    const rounds = Math.ceil(faultCounts.damagedCaches / Object.keys(damages).length)
    it(`works within 2 s with ${what}, gives no entry that is not as it was, and leaves the ledger (seed ${faultSeed})`, async function () {
      this.timeout(rounds * 10 * rebuiltWithin)
      const random = createRandom(faultSeed)
      for (let round = 0; round < rounds; round++) {
        const isLog = random() < 0.3
        const database = isLog ? sound.database : damage(Buffer.from(sound.database), random)
        const log = isLog ? damage(Buffer.from(sound.log), random) : sound.log
        const name = `${what} ${round}`
        const path = place(name, database, log)
        const processorMs = startProcessorClock()
        const store = await openStore(path)
        await useStore(store).catch((error: unknown) => assert.fail(`round ${round}: ${String(error)}`))
        const took = processorMs()
        store.dispose()
        assert.ok(took < rebuiltWithin, `round ${round}: ${took} ms`)
        assert.equal(readFileSync(join(folder, name, 'roundhouse.db'), 'utf8'), 'the ledger')
        rmSync(join(folder, name), { recursive: true })
      }
    })
  }

  it('is set aside while it is open, and the other window follows', async () => {
    const path = place('open', sound.database, sound.log)
    const stores = [await openStore(path), await openStore(path)]
    truncateSync(path, 5_000)
    truncateSync(`${path}-wal`, 0)
    for (const store of stores) await useStore(store)
    // Whoever keeps entries in memory asks this every second.
    for (const store of stores) await store.deletions()
    await stores[0]?.set(createEntry('shared'))
    assert.deepEqual(await stores[1]?.get(createEntry('shared').key), createEntry('shared'))
    const aside = readdirSync(join(folder, 'open')).filter((name) => name.includes('damaged'))
    assert.equal(aside.length, 1)
    for (const store of stores) store.dispose()
  })

  it('is left to the newer Roundhouse that has made it', async () => {
    const path = place('newer', sound.database, sound.log)
    const first = await openStore(path)
    first.dispose()
    const bytes = readFileSync(path)
    bytes.writeUInt32BE(99, 60)
    writeFileSync(path, bytes)
    const store = await openStore(path)
    assert.deepEqual(await store.get(entries[0]?.key ?? ''), entries[0])
    await store.set(createEntry('more'))
    assert.equal(await store.get(createEntry('more').key), undefined)
    await assert.rejects(store.delete({}), { code: 'not-saved' })
    store.dispose()
    copyFileSync(path, `${path}.copy`)
    assert.deepEqual(readFileSync(`${path}.copy`), bytes)
  })
})
