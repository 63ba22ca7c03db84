import assert from 'node:assert/strict'
import { dayMs, hourMs } from '../../../src/core/durations.js'
import { maximumBytes } from '../../../src/platform/modelsDev/download.js'
import { createModelsDevCatalog } from '../../../src/platform/modelsDev.js'
import { createManualClock, type ManualClock } from '../../fakes/manualClock.js'
import { createMemoryFiles, createMemoryLog, type MemoryFiles } from '../../fakes/memoryStores.js'
import { jsonReply, readFixture } from '../../fakes/providerCalls.js'
import { createScriptedProvider } from '../../fakes/scriptedProvider.js'
import { createWireServer, type Reply, useWireServer } from '../../fakes/wireServer.js'

const openai = { provider: 'openai' }
const lantern = { provider: 'compatible', baseUrl: 'https://api.lantern.test/v1/' }

const published: Reply = {
  headers: { 'content-type': 'application/json', etag: '"one"' },
  body: readFixture('models-dev/api.json'),
}

function document(price: number): Reply {
  const models = { 'gpt-9': { cost: { input: price, output: 2 } } }
  return { headers: { etag: `"${price}"` }, body: JSON.stringify({ openai: { models } }) }
}

interface Window {
  readonly clock?: ManualClock
  readonly files?: MemoryFiles
  readonly enabled?: boolean
  readonly url?: string
}

describe('models.dev catalogue', () => {
  const server = useWireServer()
  beforeEach(() => {
    server.clear()
    server.answer(published)
  })

  function open(given: Window = {}) {
    const clock = given.clock ?? createManualClock()
    const files = given.files ?? createMemoryFiles()
    const log = createMemoryLog()
    const settings = { enabled: given.enabled ?? true, url: given.url ?? `${server.origin}/api.json` }
    const providers = [
      createScriptedProvider({ id: 'openai', baseUrl: 'https://api.openai.test/v1' }),
      createScriptedProvider({ id: 'azure-openai' }),
      createScriptedProvider({ id: 'together', baseUrl: 'https://api.together.test/v1' }),
    ]
    const catalog = createModelsDevCatalog({ fetch, clock, log, files, providers, settings: () => settings })
    let changes = 0
    catalog.onDidChange?.(() => void changes++)
    const priceOf = (place: { provider: string; baseUrl?: string }, model: string) =>
      catalog.lookup(place, model)?.facts.pricing?.input
    return { catalog, clock, files, log, settings, priceOf, changes: () => changes }
  }

  /** What a connection does that has just been answered, and whatever follows in the background. */
  async function renew(
    { catalog }: ReturnType<typeof open>,
    place: { provider: string; baseUrl?: string } = openai,
  ): Promise<void> {
    await catalog.prepare?.(place)
    await catalog.settled()
    await catalog.load(place)
  }

  it('asks nobody before a cloud connection has answered, and knows nothing until it has loaded', async () => {
    const { catalog, priceOf } = open()
    await catalog.load(openai)
    assert.deepEqual(
      [server.requests.length, priceOf(openai, 'gpt-9'), catalog.version],
      [0, undefined, 'models.dev@none'],
    )
    catalog.dispose()
  })

  it('is fetched behind the connection’s back, without a key, and says so when it is there', async () => {
    const window = open()
    await window.catalog.prepare?.(openai)
    assert.equal(window.changes(), 0, 'nobody waits for it')
    await renew(window)
    assert.deepEqual([window.changes(), window.priceOf(openai, 'gpt-9')], [1, 2.5])
    assert.match(window.catalog.version, /^models\.dev@[0-9a-f]{16}$/)
    const [request, ...others] = server.requests
    assert.equal(others.length, 0)
    const names = Object.keys(request?.headers ?? {})
    assert.deepEqual(
      names.filter((name) => /auth|key|cookie/.test(name)),
      [],
    )
    window.catalog.dispose()
  })

  it('finds a provider under its other name, and one that only its address names', async () => {
    const window = open()
    await renew(window, { provider: 'together' })
    await window.catalog.load(lantern)
    const atOpenai = { provider: 'compatible', baseUrl: 'https://api.openai.test/v1' }
    await window.catalog.load(atOpenai)
    const window128 = window.catalog.lookup({ provider: 'together' }, 'meta/llama-9')
    assert.equal(window128?.facts.contextWindow, 131_072)
    assert.deepEqual([window.priceOf(lantern, 'lamp'), window.priceOf(atOpenai, 'gpt-9')], [1, 2.5])
    for (const baseUrl of ['https://proxy.test/v1', 'https://api.lantern.test.evil.test/v1']) {
      await window.catalog.load({ provider: 'openai', baseUrl })
      assert.equal(window.priceOf({ provider: 'openai', baseUrl }, 'gpt-9'), undefined, baseUrl)
    }
    for (const model of ['gpt-10', '__proto__', 'constructor'])
      assert.equal(window.catalog.lookup(openai, model), undefined, model)
    window.catalog.dispose()
  })

  it('knows the resources that customers of Azure have, by their deployments’ names', async () => {
    server.answer(jsonReply({ azure: { models: { 'gpt-9': { cost: { input: 3, output: 4 } } } } }))
    const window = open()
    const resource = { provider: 'azure-openai', baseUrl: 'https://ours.openai.azure.com/openai/v1' }
    const elsewhere = { provider: 'azure-openai', baseUrl: 'https://openai.azure.com.evil.test/v1' }
    await renew(window, resource)
    await window.catalog.load(elsewhere)
    assert.deepEqual([window.priceOf(resource, 'gpt-9'), window.priceOf(elsewhere, 'gpt-9')], [3, undefined])
    window.catalog.dispose()
  })

  it('is not asked for by a server of this machine or of a private network', async () => {
    const window = open()
    const hosts = ['http://127.0.0.1:1234/v1', 'http://10.0.0.7/v1', 'http://[::1]/v1', 'http://gpu-box:8000']
    for (const baseUrl of [...hosts, 'http://llm.corp/v1', 'http://nas.local/v1'])
      await renew(window, { provider: 'compatible', baseUrl })
    assert.equal(server.requests.length, 0)
    window.catalog.dispose()
  })

  it('is asked for again after a day, and an unchanged one is not sent again', async () => {
    const window = open()
    await renew(window)
    await window.clock.advance(23 * hourMs)
    await renew(window)
    assert.equal(server.requests.length, 1)
    server.answer(({ headers }) => ({ status: headers['if-none-match'] === '"one"' ? 304 : 500 }))
    await window.clock.advance(hourMs)
    await renew(window)
    assert.deepEqual([server.requests.length, window.changes(), window.priceOf(openai, 'gpt-9')], [2, 1, 2.5])
    await window.clock.advance(23 * hourMs)
    await renew(window)
    assert.equal(server.requests.length, 2, 'it counts as new again')
    window.catalog.dispose()
  })

  it('tells a changed copy from one whose models are as before', async () => {
    const window = open()
    server.answer(document(1))
    await renew(window)
    const first = window.catalog.version
    await window.clock.advance(dayMs)
    server.answer({ ...document(1), headers: { etag: '"other"' } })
    await renew(window)
    assert.deepEqual([window.catalog.version, window.changes()], [first, 1])
    await window.clock.advance(dayMs)
    server.answer(document(7))
    await renew(window)
    assert.deepEqual([window.changes(), window.priceOf(openai, 'gpt-9')], [2, 7])
    window.catalog.dispose()
  })

  it('serves from disk in the next window, however old, while the network is gone', async () => {
    const first = open()
    await renew(first)
    first.catalog.dispose()
    const gone = await createWireServer()
    await gone.close()
    const clock = createManualClock(first.clock.now() + 400 * dayMs)
    const second = open({ files: first.files, clock, url: `${gone.origin}/api.json` })
    await renew(second)
    assert.equal(second.priceOf(openai, 'gpt-9'), 2.5)
    assert.equal(second.catalog.version, first.catalog.version)
    assert.match(second.log.lines.join('\n'), /could not be reached; what is known of models stays/)
    second.catalog.dispose()
  })

  it('takes over what another window has fetched, without fetching it too', async () => {
    const first = open()
    const second = open({ files: first.files, clock: first.clock })
    await renew(first)
    await renew(second)
    assert.deepEqual([server.requests.length, second.priceOf(openai, 'gpt-9')], [1, 2.5])
    await first.clock.advance(dayMs)
    server.answer(document(7))
    await renew(first)
    await renew(second)
    assert.deepEqual([server.requests.length, second.priceOf(openai, 'gpt-9')], [2, 7])
    first.catalog.dispose()
    second.catalog.dispose()
  })

  const refused: readonly (readonly [string, Reply, RegExp])[] = [
    ['no JSON', { body: '<html>' }, /sent something that is not JSON/],
    ['another shape', { body: '{"providers":[]}' }, /has a shape that is not known/],
    ['an error', { status: 503, body: 'later' }, /answered 503/],
    [
      'more than 16 MB',
      { body: Array.from({ length: 17 }, () => ({ write: new Uint8Array(maximumBytes / 16) })) },
      /sent more than 16 MB/,
    ],
    ['a broken connection', { body: [{ write: '{"openai"' }, { reset: true }] }, /could not be reached/],
  ]
  for (const [what, reply, line] of refused) {
    it(`ignores ${what} with a line in the log, keeps what it has, and asks again after an hour`, async () => {
      const window = open()
      await renew(window)
      await window.clock.advance(dayMs)
      server.clear()
      server.answer(reply)
      await renew(window)
      assert.match(window.log.lines.join('\n'), line)
      assert.equal(window.priceOf(openai, 'gpt-9'), 2.5)
      await renew(window)
      assert.equal(server.requests.length, 1)
      await window.clock.advance(hourMs)
      server.answer(document(7))
      await renew(window)
      assert.deepEqual([server.requests.length, window.priceOf(openai, 'gpt-9')], [2, 7])
      window.catalog.dispose()
    })
  }

  it('waits a minute at most, and lets the server go', async () => {
    const window = open()
    server.answer({ silent: true })
    await window.catalog.prepare?.(openai)
    await server.received(() => true)
    await window.clock.advance(60_000)
    await server.idle()
    await window.catalog.settled()
    assert.match(window.log.lines.join('\n'), /took longer than a minute/)
    assert.equal(window.clock.sleeping(), 0)
    window.catalog.dispose()
  })

  it('stops asking when it is disposed of, and says nothing more', async () => {
    const window = open()
    server.answer({ silent: true })
    await window.catalog.prepare?.(openai)
    await server.received(() => true)
    window.catalog.dispose()
    await server.idle()
    await window.catalog.settled()
    assert.deepEqual([window.clock.sleeping(), window.log.lines, window.changes()], [0, [], 0])
  })

  it('asks for nothing and knows nothing when it is turned off, or when its address is none', async () => {
    for (const given of [{ enabled: false }, { url: 'file:///etc/passwd' }, { url: '' }]) {
      const window = open(given)
      await renew(window)
      assert.equal(window.catalog.lookup(openai, 'gpt-9'), undefined)
      window.catalog.dispose()
    }
    assert.equal(server.requests.length, 0)
    const window = open()
    await renew(window)
    const version = window.catalog.version
    Object.assign(window.settings, { enabled: false })
    assert.equal(window.catalog.lookup(openai, 'gpt-9'), undefined)
    assert.notEqual(window.catalog.version, version)
    window.catalog.dispose()
  })

  it('asks a new address at once', async () => {
    const window = open()
    await renew(window)
    await window.clock.advance(hourMs)
    Object.assign(window.settings, { url: `${server.origin}/mirror.json` })
    server.answer(document(7))
    await renew(window)
    assert.deepEqual(
      [server.requests.at(-1)?.path, server.requests.at(-1)?.headers['if-none-match']],
      ['/mirror.json', undefined],
    )
    assert.equal(window.priceOf(openai, 'gpt-9'), 7)
    window.catalog.dispose()
  })

  it('is fetched whole again when its copy on disk is damaged or lost', async () => {
    for (const damage of ['{"version":1', '{"version":1,"hash":"x","providers":{}}', undefined]) {
      const first = open()
      await renew(first)
      first.catalog.dispose()
      if (damage === undefined) first.files.texts.delete('catalog/providers.json')
      else first.files.texts.set('catalog/providers.json', damage)
      const second = open({ files: first.files, clock: first.clock })
      await renew(second)
      assert.equal(second.priceOf(openai, 'gpt-9'), undefined)
      await renew(second)
      assert.equal(second.priceOf(openai, 'gpt-9'), 2.5)
      assert.equal(server.requests.at(-1)?.headers['if-none-match'], undefined)
      second.catalog.dispose()
    }
  })

  it('works from memory where nothing can be kept on disk', async () => {
    const window = open()
    window.files.breakWith(new Error('read-only'))
    await renew(window)
    assert.equal(window.priceOf(openai, 'gpt-9'), 2.5)
    assert.match(window.log.lines.join('\n'), /could not be kept on disk: read-only/)
    window.catalog.dispose()
  })

  it('keeps the facts on disk and in memory, not the document', async () => {
    const window = open()
    await renew(window)
    const text = window.files.texts.get('catalog/providers.json') ?? ''
    assert.ok(text.length < readFixture('models-dev/api.json').length / 2, String(text.length))
    assert.doesNotMatch(text, /bedrock|knowledge|last_updated|npm/)
    window.catalog.dispose()
  })
})
