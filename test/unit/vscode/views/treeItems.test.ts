import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import type { ModelInfo } from '../../../../src/core/model.js'
import { commandTable } from '../../../../src/vscode/commands/table.js'
import { buildTree, type TreeInput, type TreeRow } from '../../../../src/vscode/views/treeItems.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createModel, createView, embeddedProvider, localProvider, now, routes } from './samples.js'

const error = new ModelError({ code: 'unreachable', message: 'It does not answer.' })

const cloud = createView({
  models: [
    createModel({
      id: 'large',
      contextWindow: 200_000,
      pricing: { input: 3, output: 15 },
      capabilities: { toolCalling: true, imageInput: true },
    }),
    createModel({ id: 'small' }),
  ],
})
const local = createView({
  connection: createConnection({ id: 'box', name: 'Box' }),
  provider: localProvider,
  key: { state: 'notNeeded' },
  models: [createModel({ connection: 'box', id: 'tiny', location: 'local' })],
})

function tree(input: Partial<TreeInput> = {}): readonly TreeRow[] {
  return buildTree({
    views: [cloud, local],
    lastCheck: () => undefined,
    problems: [],
    filter: '',
    defaultModel: undefined,
    now,
    ...input,
  })
}

function flatten(rows: readonly TreeRow[]): readonly TreeRow[] {
  return rows.flatMap((row) => [row, ...flatten(row.children)])
}

function find(rows: readonly TreeRow[], id: string): TreeRow {
  const row = flatten(rows).find((candidate) => candidate.id === id)
  assert.ok(row !== undefined, `no row ${id}`)
  return row
}

describe('the tree', () => {
  it('has cloud and local, their connections, and the models of each', () => {
    assert.deepEqual(
      flatten(tree()).map(({ id }) => id),
      [
        'group:cloud',
        'connection:work',
        'model:work/large',
        'model:work/small',
        'group:local',
        'connection:box',
        'model:box/tiny',
      ],
    )
  })

  it('has the routes below, apart from the connections, each with what it is for', () => {
    const rows = tree({ views: [cloud, local, routes], defaultModel: 'auto' })
    assert.deepEqual(
      rows.map(({ label, expansion }) => [label, expansion]),
      [
        ['Cloud', 'expanded'],
        ['Local', 'expanded'],
        ['Routes', 'collapsed'],
      ],
    )
    assert.equal(rows[0]?.spoken, 'Cloud models, 1 connection')
    const row = find(rows, 'model:auto')
    assert.deepEqual(
      [row.description, row.spoken, row.context],
      ['default · The right model.', 'Auto, route, default model, The right model.', 'route default'],
    )
  })

  it('finds a route by its name', () => {
    const rows = tree({ views: [cloud, routes], filter: 'auto' })
    assert.deepEqual(
      flatten(rows).map(({ id }) => id),
      ['group:routes', 'model:auto'],
    )
  })

  it('is empty where nothing is configured, so that the welcome view shows', () => {
    assert.deepEqual(tree({ views: [] }), [])
  })

  it('shows context and price of a model, and says them to a screen reader', () => {
    const row = find(tree(), 'model:work/large')
    assert.equal(row.description, '200K · $3 / $15')
    assert.equal(
      row.spoken,
      'large, model of Work, context 200,000 tokens, tools, images, price $3 / $15 per million tokens',
    )
  })

  it('marks the default model', () => {
    const row = find(tree({ defaultModel: 'work/small' }), 'model:work/small')
    assert.deepEqual(
      [row.description, row.icon.id, row.context],
      ['default', 'star-full', 'model chat default'],
    )
  })

  it('marks a model that its server could not load, the default model too', () => {
    const broken = createModel({ id: 'large', loadFailure: 'its process ended with exit code 1' })
    const views = [createView({ models: [broken] })]
    for (const defaultModel of [undefined, 'work/large']) {
      const row = find(tree({ views, defaultModel }), 'model:work/large')
      assert.equal(row.icon.id, 'error')
      assert.match(row.description, /^failed to load/)
      assert.match(row.spoken, /failed to load/)
      assert.match(row.tooltip?.(now) ?? '', /exit code 1/)
    }
  })

  it('names every row for a screen reader', () => {
    const problems = [{ path: 'roundhouse.connections[2]', message: 'must be an object.' }]
    assert.deepEqual(
      flatten(tree({ problems })).filter(({ spoken }) => spoken.trim() === ''),
      [],
    )
  })

  it('has no id twice', () => {
    const ids = flatten(tree({ problems: [{ path: 'a', message: 'b' }] })).map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
  })

  it('says how long a connection has been unreachable and how old its list is', () => {
    const view = {
      ...cloud,
      state: { kind: 'unreachable', since: now - 60_000, error },
      listedAt: now - 7_200_000,
    } as const
    const row = find(tree({ views: [view] }), 'connection:work')
    assert.match(row.description, /^unreachable since .+ · 2 models · listed 2 h ago$/)
    assert.equal(row.children.length, 2)
  })

  it('says a connection’s provider once where that is its name', () => {
    const spoken = (name: string) => {
      const view = { ...cloud, connection: createConnection({ ...cloud.connection, name }) }
      return find(tree({ views: [view] }), 'connection:work').spoken
    }
    assert.equal(spoken('Cloudy'), 'Cloudy connection, ready, 2 models')
    assert.equal(spoken('Mine'), 'Mine, Cloudy connection, ready, 2 models')
  })

  it('says where a key comes from', () => {
    const view = { ...cloud, key: { state: 'environment', variable: 'CLOUDY_API_KEY' } } as const
    const row = find(tree({ views: [view] }), 'connection:work')
    assert.equal(row.description, '2 models · key from CLOUDY_API_KEY')
    assert.equal(row.context, 'connection enabled keyEnvironment')
  })

  it('offers the key where it is missing', () => {
    const view = {
      ...cloud,
      state: { kind: 'noKey' },
      key: { state: 'missing', required: true },
      models: [],
    } as const
    const row = find(tree({ views: [view] }), 'connection:work')
    assert.deepEqual([row.description, row.context], ['no key', 'connection enabled keyMissing'])
    assert.deepEqual(row.children[0]?.command, {
      id: 'roundhouse.enterKey',
      title: 'Enter the key…',
      argument: 'connection:work',
    })
  })

  it('offers files to an embedded runtime that has none, and to remove them from one that has', () => {
    const empty = { ...local, provider: embeddedProvider, models: [] }
    assert.equal(
      find(tree({ views: [empty] }), 'connection:box').children[0]?.command?.id,
      'roundhouse.addModelFile',
    )
    const full = { ...local, provider: embeddedProvider }
    assert.equal(find(tree({ views: [full] }), 'model:box/tiny').context, 'model chat file')
  })

  it('tells models that only embed or rank from those that chat, for which templates and Chat are', () => {
    const [model] = local.models
    assert.ok(model)
    const flags = (capabilities: ModelInfo['capabilities']) =>
      find(tree({ views: [{ ...local, models: [{ ...model, capabilities }] }] }), 'model:box/tiny').context
    assert.equal(flags({}), 'model chat')
    assert.equal(flags({ embedding: true }), 'model')
    assert.equal(flags({ reranking: true }), 'model')
  })

  it('offers to add a connection where a group has none', () => {
    const rows = tree({ views: [local] })
    assert.equal(find(rows, 'add:cloud').command?.id, 'roundhouse.addConnection')
  })

  it('leads from a problem of the settings to the settings', () => {
    const path = 'roundhouse.connections[2].baseUrl'
    const rows = tree({ problems: [{ path, message: 'must be an address.' }] })
    assert.equal(rows[0]?.label, '1 problem in settings')
    const row = find(rows, 'problem:0')
    assert.deepEqual([row.label, row.description], ['connections[2].baseUrl', 'must be an address.'])
    assert.deepEqual(row.command, {
      id: 'roundhouse.editConnectionsJson',
      title: 'connections[2].baseUrl',
      argument: 'roundhouse.connections',
    })
  })

  it('shows problems even where no connection can be read', () => {
    assert.equal(
      tree({ views: [], problems: [{ path: 'roundhouse.connections', message: 'must be a list.' }] }).length,
      1,
    )
  })

  it('keeps only what matches every word of the filter, and opens it', () => {
    const rows = tree({ filter: 'images WORK' })
    assert.deepEqual(
      flatten(rows).map(({ id }) => id),
      ['group:cloud', 'connection:work', 'model:work/large'],
    )
    const { expansion, description } = find(rows, 'connection:work')
    assert.deepEqual([expansion, description], ['expanded', '1 of 2 models'])
    assert.deepEqual(tree({ filter: 'no such model' }), [])
  })

  it('runs only commands that exist', () => {
    const ids = new Set<string>(commandTable.map(({ id }) => id))
    const kinds = [
      { kind: 'ready' },
      { kind: 'refreshing' },
      { kind: 'noKey' },
      { kind: 'disabled' },
      { kind: 'unreachable', since: now, error },
    ] as const
    const rows = kinds.flatMap((state) =>
      flatten(
        tree({
          views: [
            { ...cloud, models: [], state },
            { ...local, provider: embeddedProvider, models: [], state },
          ],
        }),
      ),
    )
    const commands = rows.flatMap(({ command }) => (command === undefined ? [] : [command.id]))
    assert.ok(commands.length > 5)
    assert.deepEqual(
      commands.filter((id) => !ids.has(id)),
      [],
    )
  })
})
