import assert from 'node:assert/strict'
import { createEmitter } from '../../../../src/core/event.js'
import type { ModelInfo } from '../../../../src/core/model.js'
import type { ConnectionView, Registry } from '../../../../src/core/registry/registry.js'
import { createActiveModel } from '../../../../src/vscode/views/activeModel.js'
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
    refresh: async () => {},
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
  models: [
    createModel({ id: 'vectors', capabilities: { embedding: true } }),
    createModel({ id: 'large' }),
    createModel({ id: 'small' }),
  ],
})
const home = createView({
  connection: createConnection({ id: 'home' }),
  models: [createModel({ connection: 'home', id: 'tiny' })],
})

describe('the active model', () => {
  it('is the one that the setting names', () => {
    const { registry } = createRegistry([welcome, work])
    const active = createActiveModel(registry, createSetting('work/large')).get()
    assert.deepEqual(
      [active?.id, active?.model?.id, active?.view?.connection.id, active?.chosen],
      ['work/large', 'large', 'work', true],
    )
  })

  it('is, where nothing is chosen, the first real model that can chat', () => {
    for (const [views, id, connection] of [
      [[welcome, work, home], 'work/large', 'work'],
      [[welcome, home, work], 'home/tiny', 'home'],
    ] as const) {
      const { registry } = createRegistry(views)
      const active = createActiveModel(registry, createSetting()).get()
      assert.deepEqual(
        [active?.id, active?.model?.connection, active?.view?.connection.id, active?.chosen],
        [id, connection, connection, false],
      )
    }
  })

  it('is the built-in model where there is no other', () => {
    const { registry } = createRegistry([welcome])
    assert.equal(createActiveModel(registry, createSetting()).get()?.id, 'llamacpp/welcome')
  })

  it('keeps its name where it is gone, so that the loss can be shown', () => {
    const { registry } = createRegistry([work])
    const active = createActiveModel(registry, createSetting('work/gone')).get()
    assert.deepEqual(
      [active?.id, active?.model, active?.view?.connection.id],
      ['work/gone', undefined, 'work'],
    )
  })

  it('announces changes of the registry and of the setting until it is disposed', async () => {
    const { registry, changed } = createRegistry([work])
    const setting = createSetting()
    const active = createActiveModel(registry, setting)
    let times = 0
    active.onDidChange(() => void (times += 1))
    changed.fire()
    await setting.set('work/large')
    assert.equal(times, 2)
    active.dispose()
    changed.fire()
    assert.equal(times, 2)
  })
})
