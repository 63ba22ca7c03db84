import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CacheStore } from '../../../../src/core/cache/store.js'
import { createFileStore } from '../../../../src/platform/cache/fileStore.js'
import { createEntry } from '../../../fakes/cacheEntries.js'
import { faultCounts, faultSeed } from '../../../fakes/faultCounts.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createRandom } from '../../../fakes/seededRandom.js'

describe('file cache', () => {
  let folder: string
  let store: CacheStore
  const clock = createManualClock()
  const limits = { maximumEntries: 1_000, maximumBytes: 10_000_000 }
  const entry = createEntry('a', { value: 'word '.repeat(100) })
  const pathOf = (key: string) => join(folder, key.slice(0, 2), `${key}.entry`)

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'roundhouse-cache-'))
    store = createFileStore({ folder, limits: () => limits, clock })
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it(`gives no damaged entry, and takes a new one in its place (seed ${faultSeed})`, async () => {
    const random = createRandom(faultSeed)
    await store.set(entry)
    const sound = readFileSync(pathOf(entry.key))
    for (let round = 0; round < faultCounts.damagedCaches; round++) {
      const bytes = Buffer.from(sound)
      const at = Math.floor(random() * bytes.length)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
      writeFileSync(pathOf(entry.key), random() < 0.5 ? bytes : sound.subarray(0, at))
      assert.equal(await store.get(entry.key), undefined, `round ${round}, byte ${at}`)
      await store.set(entry)
      assert.deepEqual(await store.get(entry.key), entry)
    }
  })

  it('gives no entry that lies under another one’s name', async () => {
    const other = createEntry('b')
    await store.set(entry)
    mkdirSync(join(folder, other.key.slice(0, 2)), { recursive: true })
    writeFileSync(pathOf(other.key), readFileSync(pathOf(entry.key)))
    assert.equal(await store.get(other.key), undefined)
  })

  it('refuses a key that could name another file', async () => {
    await assert.rejects(store.get('../../roundhouse.db'), RangeError)
    await assert.rejects(store.set({ ...entry, key: `${'0'.repeat(62)}/..` }), RangeError)
  })

  it('clears away what a window that was killed was writing', async () => {
    await store.set(entry)
    const left = `${pathOf(entry.key)}.0123.tmp`
    writeFileSync(left, 'half an entr')
    utimesSync(left, clock.now() / 1_000 - 120, clock.now() / 1_000 - 120)
    assert.equal((await store.size()).entries, 1)
    assert.deepEqual(readdirSync(join(folder, entry.key.slice(0, 2))), [`${entry.key}.entry`])
  })
})
