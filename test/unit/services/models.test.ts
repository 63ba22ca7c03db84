import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { closeExtensions, closeLater, openExtension, until } from '../../fakes/extension.js'
import { createWireServer } from '../../fakes/wireServer.js'
import { openWork, type Work } from '../../fakes/work.js'

describe('The settings of connections and models, in the extension as a whole', () => {
  closeExtensions()

  it('roundhouse.connections: offers their models as soon as they are written, and no longer', async () => {
    const work = await openWork()
    assert.ok((await work.models()).includes('work/small'))
    work.write('roundhouse.connections', [{ ...work.connection, id: 'other' }])
    await work.untilListed('other/small')
    work.write('roundhouse.connections', [])
    await until('nothing is offered', async () => (await work.models()).length === 0)
  })

  it('roundhouse.defaultModel: is the model of the status bar, and changes with it', async () => {
    const work = await openWork({
      models: ['small', 'large'],
      settings: { 'roundhouse.defaultModel': 'work/large' },
    })
    const bar = (text: RegExp) =>
      until(`the status bar shows ${text}`, async () => text.test(work.editor.statusItems[0]?.text ?? ''))
    await bar(/large/)
    work.write('roundhouse.defaultModel', 'work/small')
    await bar(/small/)
    assert.equal(work.editor.contextKeys.get('roundhouse.hasDefaultModel'), true)
  })

  describe('of the catalogue', () => {
    async function openCatalog(settings: Readonly<Record<string, unknown>>) {
      const server = await createWireServer()
      closeLater(() => server.close())
      const json = { 'content-type': 'application/json' }
      const list = { object: 'list', data: [{ id: 'fast-1', object: 'model', created: 0 }] }
      const published = {
        groq: {
          id: 'groq',
          models: { 'fast-1': { id: 'fast-1', name: 'Fast One', limit: { context: 77_000 } } },
        },
      }
      server.answer(({ path }) => ({
        headers: json,
        body: JSON.stringify(path.startsWith('/catalogue') ? published : list),
      }))
      const extension = await openExtension({
        hosts: { 'https://api.groq.com': server.origin, 'https://published.test': server.origin },
        settings: { 'roundhouse.connections': [{ id: 'groq', provider: 'groq' }], ...settings },
      })
      await extension.run('roundhouse.enterKey', 'groq', { type: 'gsk-a-key-of-this-test' })
      await extension.untilListed('groq/fast-1')
      const asked = () => server.requests.filter(({ path }) => path.startsWith('/catalogue'))
      return { ...extension, asked }
    }

    const url = 'https://published.test/catalogue.json'

    it('roundhouse.catalog.url: what is published of models is read there', async () => {
      const extension = await openCatalog({
        'roundhouse.catalog.enabled': true,
        'roundhouse.catalog.url': url,
      })
      await until('the catalogue was asked', async () => extension.asked().length > 0)
      const api = await extension.exports.getApi(1, 'acme.helper')
      await until('its facts are known', async () =>
        (await api.models()).some(({ contextWindow }) => contextWindow === 77_000),
      )
      assert.ok(extension.asked().every(({ headers }) => headers['authorization'] === undefined))
    })

    it('roundhouse.catalog.enabled: off, it is never asked', async () => {
      const extension = await openCatalog({
        'roundhouse.catalog.enabled': false,
        'roundhouse.catalog.url': url,
      })
      await extension.run('roundhouse.refreshModels')
      await extension.clock.skip(25 * 3_600_000)
      assert.deepEqual(extension.asked(), [])
      extension.write('roundhouse.catalog.enabled', true)
      // A refresh that was under way is not begun anew.
      await until('the catalogue was asked', async () => {
        await extension.run('roundhouse.refreshModels')
        return extension.asked().length > 0
      })
    })
  })
})

describe('The settings of the cache, in the extension as a whole', () => {
  closeExtensions()

  const cold = { modelOptions: { temperature: 0 } }
  const on = { 'roundhouse.cache.completions': true }
  /** How many of these questions reached the server. */
  async function asked(work: Work, ...texts: readonly string[]): Promise<number> {
    const before = work.chats().length
    for (const text of texts) await work.ask('work/small', text, cold)
    return work.chats().length - before
  }

  it('roundhouse.cache.completions: an answer is given again for the same request, and not before it is on', async () => {
    const work = await openWork()
    assert.equal(await asked(work, 'One', 'One'), 2)
    work.write('roundhouse.cache.completions', true)
    assert.equal(await asked(work, 'One', 'One', 'One'), 1)
  })

  it('roundhouse.cache.sampled: also an answer of a temperature that nothing sets', async () => {
    const work = await openWork({ settings: on })
    const twice = async () => {
      const before = work.chats().length
      for (const text of ['One', 'One']) await work.ask('work/small', text)
      return work.chats().length - before
    }
    assert.equal(await twice(), 2)
    work.write('roundhouse.cache.sampled', true)
    assert.equal(await twice(), 1)
  })

  it('roundhouse.cache.ttlHours: an answer is given again for so long', async () => {
    const work = await openWork({ settings: { ...on, 'roundhouse.cache.ttlHours': 3 } })
    assert.equal(await asked(work, 'One'), 1)
    await work.clock.skip(2.9 * 3_600_000)
    assert.equal(await asked(work, 'One'), 0)
    await work.clock.skip(0.2 * 3_600_000)
    assert.equal(await asked(work, 'One'), 1)
  })

  /** Answers are kept a moment after they are given. */
  async function kept(work: Work): Promise<number> {
    const page = await work.page('roundhouse.showCache')
    return Number(/\| Answers \| (\d+) \|/.exec(page)?.[1])
  }

  it('roundhouse.cache.maximumEntries: what was not used for the longest time leaves first', async () => {
    const work = await openWork({
      settings: { ...on, 'roundhouse.cache.maximumEntries': 2, 'roundhouse.cache.store': 'memory' },
    })
    assert.equal(await asked(work, 'One', 'Two', 'Three'), 3)
    assert.equal(await kept(work), 2)
    assert.equal(await asked(work, 'Three', 'Two'), 0)
    assert.equal(await asked(work, 'One'), 1)
  })

  it('roundhouse.cache.maximumMegabytes: no more than so many bytes are kept', async () => {
    const work = await openWork({ settings: { ...on, 'roundhouse.cache.maximumMegabytes': 0.000_1 } })
    await asked(work, 'One')
    assert.equal(await kept(work), 0)
    work.write('roundhouse.cache.maximumMegabytes', 5)
    await asked(work, 'Two')
    assert.equal(await kept(work), 1)
  })

  it('roundhouse.cache.store: memory is gone with the window, sqlite and file are not', async () => {
    for (const [store, calls] of [
      ['memory', 2],
      ['file', 1],
      ['sqlite', 1],
    ] as const) {
      const settings = { ...on, 'roundhouse.cache.store': store }
      const first = await openWork({ settings })
      await first.ask('work/small', 'One', cold)
      assert.equal(await kept(first), 1)
      await first.close()
      const { connection, folder } = first
      const second = await openExtension({
        folder,
        settings: { ...settings, 'roundhouse.connections': [connection] },
      })
      await second.untilListed('work/small')
      await second.ask('work/small', 'One', cold)
      await second.close()
      assert.equal(first.chats().length, calls, store)
      assert.equal(existsSync(join(folder, 'cache')), store === 'file')
    }
  })

  it('roundhouse.cache.embeddings: a text that was embedded is not embedded again', async () => {
    const server = await createWireServer()
    closeLater(() => server.close())
    const json = (value: unknown) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    })
    server.answer(({ method }) =>
      method === 'GET'
        ? json({ object: 'list', data: [{ id: 'embed-1', object: 'model', created: 0 }] })
        : json({ data: [{ index: 0, embedding: [0.6, 0.8] }], usage: { prompt_tokens: 1, total_tokens: 1 } }),
    )
    const connection = {
      id: 'work',
      provider: 'openai-compatible',
      baseUrl: `${server.origin}/v1`,
      models: { 'embed-1': { capabilities: { embedding: true } } },
    }
    const extension = await openExtension({ settings: { 'roundhouse.connections': [connection] } })
    const api = await extension.exports.getApi(1, 'acme.helper')
    await until('the model is listed', async () => (await api.models()).length === 1)
    const embedded = async () => {
      const before = server.requests.length
      for (let turn = 0; turn < 2; turn++) await api.embed({ texts: ['A text'], model: 'work/embed-1' })
      return server.requests.length - before
    }
    extension.write('roundhouse.cache.embeddings', false)
    assert.equal(await embedded(), 2)
    extension.write('roundhouse.cache.embeddings', true)
    assert.equal(await embedded(), 1)
  })
})
