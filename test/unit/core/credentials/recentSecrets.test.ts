import assert from 'node:assert/strict'
import { rememberSecrets } from '../../../../src/core/credentials/recentSecrets.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createMemorySecrets } from '../../../fakes/memoryStores.js'

function createRemembered() {
  const clock = createManualClock()
  const store = createMemorySecrets()
  let reads = 0
  const counted = {
    ...store,
    get(name: string) {
      reads += 1
      return store.get(name)
    },
  }
  return { clock, store, secrets: rememberSecrets(counted, clock), reads: () => reads }
}

describe('rememberSecrets', () => {
  it('asks the store once for questions that follow each other', async () => {
    const { secrets, store, reads } = createRemembered()
    store.values.set('a', 'one')
    assert.deepEqual(await Promise.all([secrets.get('a'), secrets.get('a')]), ['one', 'one'])
    assert.equal(await secrets.get('a'), 'one')
    assert.equal(reads(), 1)
    assert.equal(await secrets.get('b'), undefined)
    assert.equal(await secrets.get('b'), undefined)
    assert.equal(reads(), 2)
  })

  it('sees what another window has announced at once', async () => {
    const { secrets, store } = createRemembered()
    await secrets.get('a')
    await store.set('a', 'new')
    assert.equal(await secrets.get('a'), 'new')
    await store.delete('a')
    assert.equal(await secrets.get('a'), undefined)
  })

  it('sees its own changes at once, though the store announces none', async () => {
    const store = createMemorySecrets()
    const silent = { ...store, onDidChange: () => ({ dispose: () => {} }) }
    const secrets = rememberSecrets(silent, createManualClock())
    assert.equal(await secrets.get('a'), undefined)
    await secrets.set('a', 'new')
    assert.equal(await secrets.get('a'), 'new')
    await secrets.delete('a')
    assert.equal(await secrets.get('a'), undefined)
  })

  it('believes itself for half a minute where another window says nothing', async () => {
    const { clock, secrets, store } = createRemembered()
    store.values.set('a', 'old')
    assert.equal(await secrets.get('a'), 'old')
    store.values.set('a', 'new')
    await clock.advance(29_999)
    assert.equal(await secrets.get('a'), 'old')
    await clock.advance(1)
    assert.equal(await secrets.get('a'), 'new')
  })

  it('reads anew once it is told to forget', async () => {
    const { secrets, store } = createRemembered()
    assert.equal(await secrets.get('a'), undefined)
    store.values.set('a', 'new')
    secrets.forget()
    assert.equal(await secrets.get('a'), 'new')
  })

  it('keeps no failure', async () => {
    const { secrets, store } = createRemembered()
    store.values.set('a', 'one')
    store.breakWith(new Error('locked'))
    await assert.rejects(secrets.get('a'), /locked/)
    store.breakWith(undefined)
    assert.equal(await secrets.get('a'), 'one')
  })

  it('passes announcements on', async () => {
    const { secrets } = createRemembered()
    const heard: string[] = []
    const subscription = secrets.onDidChange((name) => heard.push(name))
    await secrets.set('a', 'one')
    subscription.dispose()
    await secrets.set('b', 'two')
    assert.deepEqual(heard, ['a'])
  })
})
