import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Provider } from '../../../src/core/provider.js'
import { providers as known } from '../../../src/providers/index.js'
import { createConnectionReader } from '../../../src/vscode/connectionSettings.js'
import { storedConnection } from '../../../src/vscode/storedConnection.js'
import { readBlocks } from '../../fakes/pages.js'

function provider(row: Partial<Provider> & { readonly id: string }): Provider {
  return {
    name: row.id.toUpperCase(),
    location: 'cloud',
    description: 'for this test',
    fields: [],
    listModels: () => Promise.resolve([]),
    async *chat() {},
    ...row,
  }
}

const cloud = provider({
  id: 'cloud',
  baseUrl: 'https://api.cloud.test/v1',
  fields: [
    { id: 'organization', label: 'Organization', type: 'text', description: 'Billed one.' },
    { id: 'headers', label: 'Headers', type: 'record', description: 'Sent along.' },
    { id: 'body', label: 'Body', type: 'json', description: 'Sent too.' },
    { id: 'timeout', label: 'Timeout', type: 'number', description: 'Seconds.', minimum: 1 },
  ],
})
const any = provider({ id: 'any' })
const local = provider({
  id: 'local',
  location: 'local',
  baseUrl: 'http://127.0.0.1:11434',
  baseUrlVariable: 'LOCAL_HOST',
})
const providers = [cloud, any, local]
const read = createConnectionReader(providers, {})

describe('createConnectionReader', () => {
  it('describes a hundred of 300,000 wrong connections and counts the others', () => {
    for (const entry of [7, { provider: 'nobody' }, { provider: providers[0]?.id, id: 7 }]) {
      const { connections, problems } = read(Array.from({ length: 300_000 }, () => entry))
      assert.deepEqual([connections.length, problems.length], [0, 101])
      assert.match(problems.at(-1)?.message ?? '', /more entries that were not read/)
    }
  })

  it('reads the connection of docs/usage.md with its price, its limits and the length of its answers', () => {
    const example: unknown = JSON.parse(readBlocks('usage.md', 'json')[1] ?? '')
    const { connections, problems } = createConnectionReader(known, {})([example])
    assert.deepEqual(problems, [])
    const [connection] = connections
    assert.deepEqual(connection?.limits?.requestsAtOnce, 4)
    assert.deepEqual(connection.models['large']?.pricing, { input: 1.5, output: 6 })
    assert.deepEqual(connection.parameters, { maxOutputTokens: 8_000 })
  })

  it('takes the user’s word for where a server of their own is, and says where it counts for nothing', () => {
    const { connections, problems } = read([
      { id: 'proxy', provider: 'any', baseUrl: 'http://127.0.0.1:8000/v1', location: 'local' },
      { id: 'work', provider: 'cloud', location: 'local' },
    ])
    assert.deepEqual(
      connections.map(({ location }) => location),
      ['local', 'local'],
    )
    assert.deepEqual(problems, [
      {
        path: 'roundhouse.connections[1].location',
        message: 'says local, but https://api.cloud.test/v1 is CLOUD’s own cloud; it counts as a cloud.',
      },
    ])
  })

  it('fills in what an entry leaves out', () => {
    const { connections, problems } = read([{ id: 'work', provider: 'cloud' }])
    assert.deepEqual(problems, [])
    assert.deepEqual(connections, [
      {
        id: 'work',
        name: 'CLOUD',
        provider: 'cloud',
        enabled: true,
        baseUrl: 'https://api.cloud.test/v1',
        maker: 'CLOUD',
        fields: {},
        include: [],
        exclude: [],
        models: {},
      },
    ])
  })

  it('knows a maker’s cloud below another provider, and says that no word makes it local', () => {
    const entry = {
      id: 'mine',
      provider: 'local',
      baseUrl: 'https://api.cloud.test/other',
      location: 'local',
    }
    const { connections, problems } = read([entry])
    assert.equal(connections[0]?.maker, 'CLOUD')
    assert.deepEqual(problems, [
      {
        path: 'roundhouse.connections[0].location',
        message: 'says local, but https://api.cloud.test/other is CLOUD’s own cloud; it counts as a cloud.',
      },
    ])
  })

  it('takes the base URL of the environment over the default, and the connection’s own over both', () => {
    const readThere = createConnectionReader(providers, { LOCAL_HOST: 'gpu:11434' })
    const entries = [
      { id: 'a', provider: 'local' },
      { id: 'b', provider: 'local', baseUrl: 'http://10.0.0.1:1' },
    ]
    assert.deepEqual(
      readThere(entries).connections.map(({ baseUrl }) => baseUrl),
      ['http://gpu:11434', 'http://10.0.0.1:1'],
    )
  })

  const malformed = [
    { entry: 7, path: 'roundhouse.connections[0]' },
    { entry: { id: 'x', provider: 'nobody' }, path: 'roundhouse.connections[0].provider' },
    { entry: { id: 'No Good', provider: 'cloud' }, path: 'roundhouse.connections[0].id' },
    { entry: { provider: 'cloud' }, path: 'roundhouse.connections[0].id' },
    { entry: { id: 'x', provider: 'any' }, path: 'roundhouse.connections[0].baseUrl' },
    {
      entry: { id: 'x', provider: 'cloud', baseUrl: 'ftp://host' },
      path: 'roundhouse.connections[0].baseUrl',
    },
    {
      entry: { id: 'x', provider: 'cloud', baseUrl: 'https://me:pw@host' },
      path: 'roundhouse.connections[0].baseUrl',
    },
  ]
  for (const { entry, path } of malformed) {
    it(`names ${path} in ${JSON.stringify(entry)} and still loads the next connection`, () => {
      const { connections, problems } = read([entry, { id: 'good', provider: 'cloud' }])
      assert.deepEqual(
        connections.map(({ id }) => id),
        ['good'],
      )
      assert.deepEqual(
        problems.map((problem) => problem.path),
        [path],
      )
    })
  }

  const wrongInPart = [
    { entry: { id: 'x', provider: 'cloud', timeout: 0 }, path: 'roundhouse.connections[0].timeout' },
    { entry: { id: 'x', provider: 'cloud', headers: { a: 1 } }, path: 'roundhouse.connections[0].headers.a' },
    {
      entry: { id: 'x', provider: 'cloud', models: { m: { pricing: { input: -1 } } } },
      path: 'roundhouse.connections[0].models.m.pricing.input',
    },
    {
      entry: { id: 'x', provider: 'cloud', parameters: { temperature: 'hot' } },
      path: 'roundhouse.connections[0].parameters.temperature',
    },
    {
      entry: { id: 'x', provider: 'cloud', models: { m: { parameters: { topP: 2 } } } },
      path: 'roundhouse.connections[0].models.m.parameters.topP',
    },
    {
      entry: { id: 'x', provider: 'cloud', models: { m: { refusedParameters: ['top_p'] } } },
      path: 'roundhouse.connections[0].models.m.refusedParameters.0',
    },
    {
      entry: { id: 'x', provider: 'cloud', body: ['no'] },
      path: 'roundhouse.connections[0].body',
    },
    { entry: { id: 'x', provider: 'cloud', baseUrl: null }, path: 'roundhouse.connections[0].baseUrl' },
    { entry: { id: 'x', provider: 'cloud', exclude: null }, path: 'roundhouse.connections[0].exclude' },
    { entry: { id: 'x', provider: 'cloud', '//': 'mine' }, path: 'roundhouse.connections[0].//' },
    {
      entry: { id: 'x', provider: 'cloud', models: { m: { contxt: 1, maxOutputTokens: 5 } } },
      path: 'roundhouse.connections[0].models.m',
    },
    {
      entry: { id: 'x', provider: 'cloud', models: { m: { pricing: { tiers: [{ input: 1 }] } } } },
      path: 'roundhouse.connections[0].models.m.pricing.tiers.0.aboveInputTokens',
    },
  ]
  for (const { entry, path } of wrongInPart) {
    it(`names ${path} in ${JSON.stringify(entry)} and leaves out that value alone`, () => {
      const { connections, problems } = read([entry])
      assert.deepEqual(
        [connections.map(({ id, enabled }) => [id, enabled]), problems.map((problem) => problem.path)],
        [[['x', true]], [path]],
      )
    })
  }

  it('keeps what is right beside what is wrong', () => {
    const models = {
      a: { maxOutputTokens: 5, contxt: 1, pricing: { input: -1, output: 2 } },
      b: { name: 'B', capabilities: { toolCalling: 'yes', imageInput: true } },
    }
    const { connections, problems } = read([
      { id: 'x', provider: 'cloud', headers: { a: 1, b: 'c' }, models },
    ])
    assert.deepEqual(connections[0]?.models, {
      a: { maxOutputTokens: 5, pricing: { output: 2 } },
      b: { name: 'B', capabilities: { imageInput: true } },
    })
    assert.deepEqual(connections[0]?.fields, { headers: { b: 'c' } })
    assert.equal(problems.length, 4)
    for (const { message } of problems) assert.match(message, /\. It is left out until this is corrected\.$/)
  })

  it('disables a connection whose switch is neither on nor off', () => {
    const { connections, problems } = read([{ id: 'x', provider: 'cloud', enabled: 'false' }])
    assert.equal(connections[0]?.enabled, false)
    assert.deepEqual(problems, [
      {
        path: 'roundhouse.connections[0].enabled',
        message: 'must be true or false. The connection is disabled until this is corrected.',
      },
    ])
  })

  it('takes the base URL out of an address of a single call, and says so', () => {
    const baseUrl = 'https://host.test/v1/chat/completions?stream=true#top'
    const { connections, problems } = read([{ id: 'x', provider: 'cloud', baseUrl }])
    assert.equal(connections[0]?.baseUrl, 'https://host.test/v1')
    assert.deepEqual(problems, [
      {
        path: 'roundhouse.connections[0].baseUrl',
        message:
          'The base URL ends before “/chat/completions” and “?stream=true” and “#top”: https://host.test/v1 is used.',
      },
    ])
  })

  it('says that a property is unknown and loads the connection without it', () => {
    const { connections, problems } = read([{ id: 'work', provider: 'cloud', apikey: 'sk' }])
    assert.equal(connections.length, 1)
    assert.deepEqual(connections[0]?.fields, {})
    assert.equal(problems[0]?.path, 'roundhouse.connections[0].apikey')
  })

  it('keeps the first of two connections with one id and names the second', () => {
    const { connections, problems } = read([
      { id: 'work', provider: 'cloud', name: 'First' },
      { id: 'work', provider: 'cloud', name: 'Second' },
    ])
    assert.deepEqual(
      connections.map(({ name }) => name),
      ['First'],
    )
    assert.equal(problems[0]?.path, 'roundhouse.connections[1].id')
  })

  it('never throws, whatever the setting holds', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => Array.isArray(read(value).connections)))
  })
})

describe('storedConnection', () => {
  it('writes what reads back as the same connection', () => {
    const entry = fc.record(
      {
        id: fc.constant('work'),
        provider: fc.constant('cloud'),
        name: fc.string({ minLength: 1 }),
        enabled: fc.boolean(),
        baseUrl: fc.webUrl(),
        organization: fc.string(),
        include: fc.array(fc.string()),
        exclude: fc.array(fc.string()),
        body: fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
        template: fc.string({ minLength: 1 }),
        parameters: fc.constantFrom({}, { temperature: null, stop: ['END'] }),
        models: fc.constantFrom(
          {},
          { m: { template: 'coding', parameters: { topK: 1 }, extraBody: { a: [1] } } },
        ),
      },
      { requiredKeys: ['id', 'provider'] },
    )
    fc.assert(
      fc.property(entry, (written) => {
        const [connection] = read([written]).connections
        assert.ok(connection !== undefined)
        assert.deepEqual(read([storedConnection(connection, cloud, {})]).connections, [connection])
      }),
    )
  })

  it('leaves out what equals a default, so that a changed default still reaches it', () => {
    const [connection] = read([
      { id: 'work', provider: 'cloud', baseUrl: 'https://api.cloud.test/v1', enabled: true },
    ]).connections
    assert.ok(connection !== undefined)
    assert.deepEqual(storedConnection(connection, cloud, {}), { id: 'work', provider: 'cloud' })
  })
})
