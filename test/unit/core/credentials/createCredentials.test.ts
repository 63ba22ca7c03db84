import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createCredentials } from '../../../../src/core/credentials/createCredentials.js'
import { isModelError } from '../../../../src/core/errors.js'
import type { Environment } from '../../../../src/core/ports.js'
import type { KeyField } from '../../../../src/core/provider.js'
import { createMemoryLog, createMemorySecrets } from '../../../fakes/memoryStores.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

const required: KeyField = { required: true, environmentVariables: ['SCRIPTED_API_KEY', 'SCRIPTED_TOKEN'] }
const optional: KeyField = { required: false, environmentVariables: ['SCRIPTED_API_KEY', 'SCRIPTED_TOKEN'] }
const own = createConnection()
const proxied = createConnection({ baseUrl: 'https://proxy.test/v1' })

function setUp(field: KeyField | undefined = required, environment: Environment = {}) {
  const secrets = createMemorySecrets()
  const log = createMemoryLog()
  const registered: string[] = []
  const provider = createScriptedProvider(field === undefined ? {} : { key: field })
  const credentials = createCredentials({
    secrets,
    environment,
    log,
    providers: [provider, createScriptedProvider({ id: 'keyless' })],
    register: (secret) => void registered.push(secret),
  })
  return { secrets, log, registered, credentials }
}

const isUnauthorized = (pattern: RegExp) => (error: unknown) =>
  isModelError(error) && error.code === 'unauthorized' && pattern.test(error.message)

describe('stored keys', () => {
  it('are given out for the connection and the origin that they were stored for', async () => {
    const { credentials, secrets } = setUp()
    await credentials.store(own, 'key-1')
    assert.deepEqual(await credentials.status(own), { state: 'stored' })
    assert.equal(await credentials.resolve(own), 'key-1')
    assert.deepEqual(JSON.parse(secrets.values.get('roundhouse.key.work') ?? ''), {
      origin: 'https://api.scripted.test',
      key: 'key-1',
    })
  })

  it('stay good while only the path of the base URL changes', async () => {
    const { credentials } = setUp()
    await credentials.store(own, 'key-1')
    assert.equal(
      await credentials.resolve(createConnection({ baseUrl: 'https://api.scripted.test/v2' })),
      'key-1',
    )
  })

  it('never reach another origin, whatever the base URL', async () => {
    const { credentials } = setUp(optional)
    await credentials.store(own, 'key-1')
    const urls = fc.oneof(
      fc.webUrl({ withQueryParameters: true }),
      fc.constantFrom(
        'http://api.scripted.test/v1',
        'https://api.scripted.test:8443/v1',
        'https://api.scripted.test.evil/v1',
        'https://api.scripted.test@evil.test/v1',
        'https://evil.test/?https://api.scripted.test',
        'not a url',
        '',
      ),
    )
    await fc.assert(
      fc.asyncProperty(urls, async (baseUrl) => {
        const moved = createConnection({ baseUrl })
        assert.equal((await credentials.status(moved)).state, 'otherOrigin')
        await assert.rejects(
          credentials.resolve(moved),
          isUnauthorized(/given for https:\/\/api\.scripted\.test,/),
        )
      }),
    )
  })

  it('are the connection’s own: another one of the same provider has none', async () => {
    const { credentials } = setUp()
    await credentials.store(own, 'key-1')
    const other = createConnection({ id: 'home' })
    assert.deepEqual(await credentials.status(other), { state: 'missing', required: true })
    await assert.rejects(credentials.resolve(other), isUnauthorized(/has no key\. Enter/))
  })

  it('are bound to the origin of the moment when they are stored again', async () => {
    const { credentials } = setUp()
    await credentials.store(own, 'key-1')
    await credentials.store(proxied, 'key-2')
    assert.equal(await credentials.resolve(proxied), 'key-2')
    assert.equal((await credentials.status(own)).state, 'otherOrigin')
  })

  it('are gone once they are forgotten', async () => {
    const { credentials, secrets } = setUp()
    await credentials.store(own, 'key-1')
    await credentials.forget('work')
    assert.equal((await credentials.status(own)).state, 'missing')
    assert.equal(secrets.values.size, 0)
  })

  it('are kept without the line end that was pasted with them', async () => {
    const { credentials } = setUp()
    await credentials.store(own, '  key-1\r\n')
    assert.equal(await credentials.resolve(own), 'key-1')
  })

  it('are refused where they could not stand in a header, and the error does not repeat them', async () => {
    const { credentials, secrets } = setUp()
    for (const text of ['', '   ', 'two words', 'schlüssel', 'zero\u200Bwidth', 'line\nbreak']) {
      await assert.rejects(credentials.store(own, text), (error) => {
        assert.ok(isModelError(error) && error.code === 'invalid-request')
        assert.ok(text.trim() === '' || !error.message.includes(text))
        return true
      })
    }
    await assert.rejects(
      credentials.store(createConnection({ baseUrl: 'nowhere' }), 'key-1'),
      /no web address/,
    )
    assert.equal(secrets.values.size, 0)
  })

  it('count as missing when what is stored is damaged, and the log repeats none of it', async () => {
    const { credentials, secrets, log } = setUp()
    for (const text of [
      'sk-old-plain-key',
      '{"origin":3,"key":"x"}',
      '{"key":"x"}',
      'null',
      '[]',
      '{"origin":"a","key":""}',
    ]) {
      secrets.values.set('roundhouse.key.work', text)
      assert.equal((await credentials.status(own)).state, 'missing', text)
    }
    assert.doesNotMatch(log.lines.join('\n'), /sk-old/)
    assert.match(log.lines[0] ?? '', /damaged; enter it again/)
  })
})

describe('the environment’s key', () => {
  const environment = { SCRIPTED_API_KEY: ' env-key\n' }

  it('is used, and named, for the provider’s own server', async () => {
    const { credentials, secrets } = setUp(required, environment)
    assert.deepEqual(await credentials.status(own), { state: 'environment', variable: 'SCRIPTED_API_KEY' })
    assert.equal(await credentials.resolve(own), 'env-key')
    assert.equal(secrets.values.size, 0)
  })

  it('never goes to any other server', async () => {
    const { credentials } = setUp(optional, environment)
    await fc.assert(
      fc.asyncProperty(fc.webUrl(), async (baseUrl) => {
        assert.equal(await credentials.resolve(createConnection({ baseUrl })), undefined)
      }),
    )
  })

  it('is the first of the provider’s names that is set, and which one it is is told', async () => {
    const { credentials } = setUp(required, { SCRIPTED_API_KEY: ' ', SCRIPTED_TOKEN: 'second' })
    assert.deepEqual(await credentials.status(own), { state: 'environment', variable: 'SCRIPTED_TOKEN' })
    assert.equal(await credentials.resolve(own), 'second')
    const both = setUp(required, { ...environment, SCRIPTED_TOKEN: 'second' }).credentials
    assert.deepEqual(await both.status(own), { state: 'environment', variable: 'SCRIPTED_API_KEY' })
    assert.equal(await both.resolve(own), 'env-key')
  })

  it('is used for the server that the environment names too, where the provider has none of its own', async () => {
    const named = { ...environment, SCRIPTED_ENDPOINT: 'https://ours.test' }
    const provider = createScriptedProvider({ key: required, baseUrlVariable: 'SCRIPTED_ENDPOINT' })
    const { baseUrl: _, ...homeless } = provider
    const resolve = async (variables: Environment, baseUrl: string) => {
      const options = { secrets: createMemorySecrets(), log: createMemoryLog(), register: () => undefined }
      const credentials = createCredentials({ ...options, environment: variables, providers: [homeless] })
      return (await credentials.status(createConnection({ baseUrl }))).state
    }
    assert.equal(await resolve(named, 'https://ours.test/openai/v1'), 'environment')
    assert.equal(await resolve(named, 'https://theirs.test/openai/v1'), 'missing')
    assert.equal(await resolve(environment, 'https://ours.test'), 'missing')
  })

  it('gives way to a stored one', async () => {
    const { credentials } = setUp(required, environment)
    await credentials.store(own, 'key-1')
    assert.equal(await credentials.resolve(own), 'key-1')
  })

  it('does not step in for a key of another origin: that is asked for again', async () => {
    const { credentials } = setUp(required, environment)
    await credentials.store(proxied, 'key-2')
    assert.deepEqual(await credentials.status(own), { state: 'otherOrigin', origin: 'https://proxy.test' })
  })

  it('is none where it is empty', async () => {
    const { credentials } = setUp(required, { SCRIPTED_API_KEY: '  ' })
    assert.equal((await credentials.status(own)).state, 'missing')
  })
})

describe('connections without a key', () => {
  it('need none where the provider knows none, and do not touch the store', async () => {
    const { credentials, secrets } = setUp()
    secrets.breakWith(new Error('no keyring'))
    const keyless = createConnection({ provider: 'keyless' })
    assert.deepEqual(await credentials.status(keyless), { state: 'notNeeded' })
    assert.equal(await credentials.resolve(keyless), undefined)
  })

  it('may do without where the key is optional', async () => {
    const { credentials } = setUp(optional)
    assert.deepEqual(await credentials.status(own), { state: 'missing', required: false })
    assert.equal(await credentials.resolve(own), undefined)
  })
})

describe('a key store that fails', () => {
  it('is a status and an error with the next step, and never throws anything else', async () => {
    const { credentials, secrets, log } = setUp()
    secrets.breakWith(new Error('keyring is locked'))
    const status = await credentials.status(own)
    assert.equal(status.state, 'unavailable')
    await assert.rejects(credentials.resolve(own), isUnauthorized(/could not be read\. Unlock or repair it/))
    await assert.rejects(credentials.store(own, 'key-1'), isUnauthorized(/could not be written\. Unlock/))
    await assert.rejects(credentials.forget('work'), isUnauthorized(/could not be written/))
    assert.match(log.lines.join('\n'), /keyring is locked/)
    assert.doesNotMatch(log.lines.join('\n'), /key-1/)
  })

  it('is forgiven once it works again', async () => {
    const { credentials, secrets } = setUp()
    await credentials.store(own, 'key-1')
    secrets.breakWith(new Error('keyring is locked'))
    await credentials.status(own)
    secrets.breakWith(undefined)
    assert.equal(await credentials.resolve(own), 'key-1')
  })
})

describe('key changes', () => {
  it('are announced with the connection, those of other windows too, and nothing else is', async () => {
    const { credentials, secrets } = setUp()
    const announced: string[] = []
    credentials.onDidChange((id) => void announced.push(id))
    await credentials.store(own, 'key-1')
    await secrets.set('roundhouse.key.home', '{}')
    await secrets.set('another.extension', 'x')
    await credentials.forget('work')
    assert.deepEqual(announced, ['work', 'home', 'work'])
  })

  it('are not announced any more after disposal', async () => {
    const { credentials, secrets } = setUp()
    const announced: string[] = []
    credentials.onDidChange((id) => void announced.push(id))
    credentials.dispose()
    await secrets.set('roundhouse.key.work', '{}')
    assert.deepEqual(announced, [])
  })

  it('tell the redactor of every key before it is used', async () => {
    const { credentials, registered, secrets } = setUp(required, { SCRIPTED_API_KEY: 'env-key' })
    await credentials.resolve(own)
    secrets.values.set('roundhouse.key.work', '{"origin":"https://api.scripted.test","key":"key-0"}')
    await credentials.resolve(own)
    await credentials.store(own, 'key-1')
    assert.deepEqual(registered, ['env-key', 'key-0', 'key-1'])
  })
})
