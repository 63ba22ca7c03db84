import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLayeredStore } from '../../../../src/core/cache/layeredStore.js'
import { type CacheLimits, defaultCacheSettings } from '../../../../src/core/cache/policy.js'
import type { CacheStore } from '../../../../src/core/cache/store.js'
import { hourMs } from '../../../../src/core/durations.js'
import { createFileStore } from '../../../../src/platform/cache/fileStore.js'
import { createMemoryStore } from '../../../../src/platform/cache/memoryStore.js'
import { openCacheStore } from '../../../../src/platform/cache/openCacheStore.js'
import { createSqliteStore } from '../../../../src/platform/cache/sqliteStore.js'
import { createEntry } from '../../../fakes/cacheEntries.js'
import { createManualClock, type ManualClock } from '../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

interface Setting {
  readonly folder: string
  readonly limits: () => CacheLimits
  readonly clock: ManualClock
}

const openSqlite = ({ folder, limits, clock }: Setting): Promise<CacheStore> =>
  createSqliteStore({
    path: join(folder, 'storage', 'cache.db'),
    limits,
    clock,
    log: createMemoryLog(),
    notices: { notice: () => {} },
  })

const openFiles = async ({ folder, limits, clock }: Setting): Promise<CacheStore> =>
  createFileStore({ folder: join(folder, 'storage'), limits, clock })

const openFront = (setting: Setting): Promise<CacheStore> => createMemoryStore({ ...setting, lifeMs: hourMs })

interface Kind {
  readonly name: string
  readonly open: (setting: Setting) => Promise<CacheStore>
  /** Whether another window sees its entries. */
  readonly isShared: boolean
}

const kinds: readonly Kind[] = [
  { name: 'memory', open: createMemoryStore, isShared: false },
  { name: 'files', open: openFiles, isShared: true },
  { name: 'SQLite', open: openSqlite, isShared: true },
  {
    name: 'memory in front of SQLite',
    open: async (setting) =>
      createLayeredStore(await openFront(setting), await openSqlite(setting), setting.clock),
    isShared: true,
  },
  {
    name: 'memory in front of files',
    open: async (setting) =>
      createLayeredStore(await openFront(setting), await openFiles(setting), setting.clock),
    isShared: true,
  },
]

/** The files that hold a text. */
function findText(folder: string, text: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  const paths = files.map((file) => join(file.parentPath, file.name))
  return paths.filter((path) => readFileSync(path).includes(text))
}

const start = Date.UTC(2026, 0, 1)

for (const { name, open, isShared } of kinds) {
  describe(`cache store: ${name}`, () => {
    let folder: string
    let limits: CacheLimits
    let clock: ManualClock
    let opened: CacheStore[]

    const openWindow = async (): Promise<CacheStore> => {
      const store = await open({ folder, limits: () => limits, clock })
      opened.push(store)
      return store
    }
    const isKept = async (store: CacheStore, entry: string) =>
      (await store.get(createEntry(entry).key)) !== undefined

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'roundhouse-cache-'))
      limits = { maximumEntries: 100, maximumBytes: 1_000_000 }
      clock = createManualClock(start)
      opened = []
    })
    afterEach(() => {
      for (const store of opened) store.dispose()
      rmSync(folder, { recursive: true, force: true })
    })

    it('gives an entry back as it was, and nothing for another key', async () => {
      const store = await openWindow()
      const entry = createEntry('a', { kind: 'embedding', value: 'Zeile\n\u0000 „ä“ \u{1f600}\n' })
      await store.set(entry)
      assert.deepEqual(await store.get(entry.key), entry)
      assert.equal(await store.get(createEntry('b').key), undefined)
    })

    it('replaces an entry of the same key, and counts it once', async () => {
      const store = await openWindow()
      await store.set(createEntry('a', { value: 'long '.repeat(100) }))
      const before = await store.size()
      const entry = createEntry('a', { value: 'short', connection: 'home', createdAt: start + 5 })
      await store.set(entry)
      assert.deepEqual(await store.get(entry.key), entry)
      const { entries, bytes } = await store.size()
      assert.equal(entries, 1)
      assert.ok(bytes < before.bytes, `${bytes} bytes after ${before.bytes}`)
    })

    it('lets the entry go that was not used for the longest time, once there are too many', async () => {
      limits = { ...limits, maximumEntries: 10 }
      const store = await openWindow()
      for (let index = 0; index < 10; index++) {
        await store.set(createEntry(`entry ${index}`, { createdAt: clock.now() }))
        await clock.advance(2 * hourMs)
      }
      assert.ok(await isKept(store, 'entry 0'))
      await clock.advance(2 * hourMs)
      await store.set(createEntry('one more', { createdAt: clock.now() }))
      assert.deepEqual(
        [await isKept(store, 'entry 0'), await isKept(store, 'entry 1'), await isKept(store, 'one more')],
        [true, false, true],
      )
      assert.ok((await store.size()).entries <= 10)
    })

    it('keeps to its bytes, and keeps no entry that is larger than all of them', async () => {
      limits = { ...limits, maximumBytes: 20_000 }
      const store = await openWindow()
      for (let index = 0; index < 30; index++) {
        const value = 'x'.repeat(1_000)
        await store.set(createEntry(`entry ${index}`, { value, createdAt: clock.now() }))
        await clock.advance(hourMs)
      }
      const { entries, bytes } = await store.size()
      assert.ok(bytes <= 20_000, `${bytes} bytes`)
      assert.ok(entries >= 10, `${entries} entries`)
      await store.set(createEntry('giant', { value: 'x'.repeat(20_001), createdAt: clock.now() }))
      assert.deepEqual([await isKept(store, 'giant'), await isKept(store, 'entry 29')], [false, true])
    })

    it('follows limits that have become smaller', async () => {
      const store = await openWindow()
      for (let index = 0; index < 20; index++) await store.set(createEntry(`entry ${index}`))
      limits = { ...limits, maximumEntries: 10 }
      for (let index = 0; index < 10; index++) await store.set(createEntry(`later ${index}`))
      const { entries } = await (await openWindow()).size()
      // Files are counted now and then, the others at each entry.
      assert.ok(entries <= 10 || name.endsWith('files'), `${entries} entries`)
    })

    it('deletes by connection, by age, by both, and everything', async () => {
      const store = await openWindow()
      await store.set(createEntry('work, old'))
      await store.set(createEntry('work, new', { createdAt: start + 10 }))
      await store.set(createEntry('home, old', { connection: 'home' }))
      await store.set(createEntry('home, new', { connection: 'home', createdAt: start + 10 }))
      assert.equal(await store.delete({ connection: 'home', createdBefore: start + 10 }), 1)
      assert.equal(await isKept(store, 'home, old'), false)
      assert.equal(await store.delete({ createdBefore: start + 10 }), 1)
      assert.equal(await isKept(store, 'work, old'), false)
      assert.equal(await store.delete({ connection: 'work' }), 1)
      assert.deepEqual([await isKept(store, 'work, new'), await isKept(store, 'home, new')], [false, true])
      assert.equal(await store.delete({}), 1)
      assert.deepEqual(await isKept(store, 'home, new'), false)
      assert.equal((await store.size()).entries, 0)
    })

    it('says that entries were deleted', async () => {
      const store = await openWindow()
      await store.set(createEntry('a'))
      const before = await store.deletions()
      await store.delete({})
      assert.notEqual(await store.deletions(), before)
    })

    it('takes many entries at the same time', async () => {
      const store = await openWindow()
      const names = Array.from({ length: 50 }, (_, index) => `entry ${index}`)
      await Promise.all(names.map((entry) => store.set(createEntry(entry))))
      const kept = await Promise.all(names.map((entry) => isKept(store, entry)))
      assert.deepEqual([kept.every(Boolean), (await store.size()).entries], [true, 50])
    })

    if (!isShared) return

    it('shares its entries with other windows, and with the next start', async () => {
      const [first, second] = [await openWindow(), await openWindow()]
      const entry = createEntry('a')
      await first.set(entry)
      assert.deepEqual(await second.get(entry.key), entry)
      first.dispose()
      assert.deepEqual(await (await openWindow()).get(entry.key), entry)
    })

    it('shows no window what another one has deleted, a second later at most', async () => {
      const [first, second] = [await openWindow(), await openWindow()]
      await first.set(createEntry('a'))
      assert.ok(await isKept(second, 'a'))
      await first.delete({})
      await clock.advance(1_000)
      assert.equal(await isKept(second, 'a'), false)
    })

    it('is closed to other users of the machine', async () => {
      const store = await openWindow()
      await store.set(createEntry('a'))
      const storage = join(folder, 'storage')
      assert.equal(statSync(storage).mode & 0o777, 0o700)
      const everything = readdirSync(storage, { recursive: true, encoding: 'utf8' })
      assert.notEqual(everything.length, 0)
      for (const path of everything) assert.equal(statSync(join(storage, path)).mode & 0o077, 0, path)
    })

    it('leaves nothing of what was deleted in its files', async () => {
      const store = await openWindow()
      await store.set(createEntry('a', { value: 'a secret plan' }))
      await store.set(createEntry('b', { connection: 'home' }))
      await store.delete({ connection: 'work' })
      assert.deepEqual(findText(join(folder, 'storage'), 'a secret plan'), [])
    })
  })
}

describe('the cache’s store of the user’s choice', () => {
  for (const [store, file] of [
    ['sqlite', 'cache.db'],
    ['file', 'cache'],
    ['memory', undefined],
  ] as const) {
    it(`is ${store}, with ${file ?? 'nothing'} on disk`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'roundhouse-cache-'))
      const opened = await openCacheStore({
        folder,
        settings: () => ({ ...defaultCacheSettings, store }),
        clock: createManualClock(start),
        log: createMemoryLog(),
        notices: { notice: () => {} },
      })
      try {
        const entry = createEntry('a')
        await opened.set(entry)
        assert.deepEqual(await opened.get(entry.key), entry)
        assert.deepEqual(
          readdirSync(folder).filter((name) => !/-(wal|shm)$/.test(name)),
          file === undefined ? [] : [file],
        )
      } finally {
        opened.dispose()
        rmSync(folder, { recursive: true, force: true })
      }
    })
  }
})
