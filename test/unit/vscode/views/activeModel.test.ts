import assert from 'node:assert/strict'
import { createEmitter } from '../../../../src/core/event.js'
import type { ModelInfo } from '../../../../src/core/model.js'
import type { ConnectionView, Registry } from '../../../../src/core/registry/registry.js'
import { createActiveModel } from '../../../../src/vscode/views/activeModel.js'
import { createRecentModels } from '../../../../src/vscode/views/recentModels.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createModel, createView } from './samples.js'

function createRegistry(views: readonly ConnectionView[]) {
  const changed = createEmitter<void>()
  const models = views.flatMap((view) => view.models)
  const registry: Registry = {
    start: async () => {},
    views: () => views,
    models: () => models,
    find: (ref) =>
      models.find((model: ModelInfo) => model.connection === ref.connection && model.id === ref.id),
    view: (id) => views.find((view) => view.connection.id === id),
    refresh: async () => [],
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  }
  return { registry, changed }
}

function createSetting(initial?: string) {
  const changed = createEmitter<void>()
  let value = initial
  return {
    get: () => value,
    async set(model: string) {
      value = model
      changed.fire()
    },
    onDidChange: changed.event,
  }
}

const welcome = createView({
  connection: createConnection({ id: 'llamacpp', fields: { files: [`\${builtin}/welcome.gguf`] } }),
  models: [createModel({ connection: 'llamacpp', id: 'welcome', byNameOnly: true })],
})
const work = createView({
  models: [createModel({ id: 'vectors', capabilities: { embedding: true } }), createModel({ id: 'large' })],
})

const home = createView({
  connection: createConnection({ id: 'home' }),
  models: [createModel({ connection: 'home', id: 'qwen', location: 'local' })],
})

const far = createView({
  connection: createConnection({ id: 'far' }),
  models: [createModel({ connection: 'far', id: 'tiny' })],
})

function createMemory(recent: readonly string[]) {
  const values = new Map<string, unknown>([['recentModels', recent]])
  return {
    get: (key: string) => values.get(key),
    async update(key: string, value: unknown) {
      values.set(key, value)
    },
  }
}

function setUp(registry: Registry, setting = createSetting(), recent: readonly string[] = []) {
  const recentModels = createRecentModels(createMemory(recent))
  const active = createActiveModel({ registry, setting, recentModels })
  return { active, recentModels, get: () => active.get() }
}

/** Who stands in where nothing is chosen, and as what. */
function standIn(views: readonly ConnectionView[], recent?: readonly string[]) {
  const { id, chosen, standIn: why } = setUp(createRegistry(views).registry, undefined, recent).get() ?? {}
  assert.notEqual(chosen, true)
  return [id, why]
}

describe('the active model', () => {
  it('is the one that the setting names', () => {
    const { registry } = createRegistry([welcome, home, work])
    const state = setUp(registry, createSetting('work/large'), ['home/qwen']).get()
    assert.deepEqual(
      [state?.id, state?.model?.id, state?.view?.connection.id, state?.chosen, state?.standIn],
      ['work/large', 'large', 'work', true, undefined],
    )
  })

  it('is, where nothing is chosen, the last one used on this machine, though it costs money', () => {
    assert.deepEqual(standIn([welcome, home, work], ['work/large']), ['work/large', 'lastUsed'])
    assert.deepEqual(standIn([home, work], ['work/gone', 'work/large']), ['work/large', 'lastUsed'])
  })

  it('is else a local one, else one of a cloud, and the one that comes with the extension at last', () => {
    assert.deepEqual(standIn([welcome, work, home]), ['home/qwen', 'local'])
    assert.deepEqual(standIn([welcome, work, far]), ['work/large', 'cloud'])
    assert.deepEqual(standIn([welcome, far, work]), ['far/tiny', 'cloud'])
    assert.deepEqual(standIn([welcome]), ['llamacpp/welcome', 'builtin'])
    assert.deepEqual(standIn([welcome, work], ['llamacpp/welcome']), ['work/large', 'cloud'])
    assert.deepEqual(standIn([]), [undefined, undefined])
  })

  it('is no route that nobody has chosen, and no retired model', () => {
    const retired = createModel({ id: 'old', location: 'local', lifecycle: { status: 'retired' } })
    const route = createModel({ connection: 'auto', id: '', provider: 'roundhouse', location: 'local' })
    const views = [createView({ models: [route, retired] }), work]
    assert.deepEqual(standIn(views), ['work/large', 'cloud'])
    assert.deepEqual(standIn(views, ['auto']), ['auto', 'lastUsed'])
  })

  it('keeps its name where it is gone, so that the loss can be shown', () => {
    const { registry } = createRegistry([work])
    const state = setUp(registry, createSetting('work/gone')).get()
    assert.deepEqual([state?.id, state?.model, state?.view?.connection.id], ['work/gone', undefined, 'work'])
  })

  it('announces changes of the registry, of the setting and of what was used until it is disposed', async () => {
    const { registry, changed } = createRegistry([work, home])
    const setting = createSetting()
    const { active, recentModels } = setUp(registry, setting)
    let times = 0
    active.onDidChange(() => void (times += 1))
    changed.fire()
    await setting.set('work/large')
    await recentModels.add('home/qwen')
    await recentModels.add('home/qwen')
    assert.equal(times, 3)
    active.dispose()
    changed.fire()
    await recentModels.add('work/large')
    assert.equal(times, 3)
  })
})
