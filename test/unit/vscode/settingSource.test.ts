import assert from 'node:assert/strict'
import { isModelError } from '../../../src/core/errors.js'
import type { Disposable } from '../../../src/core/ports.js'
import { type SettingReaders, settingReaders } from '../../../src/vscode/settingReaders.js'
import { openSettings } from '../../../src/vscode/settingSource.js'
import { settle } from '../../fakes/manualClock.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'
import { createEditor, useEditor } from '../../fakes/vscode/editor.js'
import { declaredSettings } from '../../fakes/vscode/settings.js'

const declared = Object.fromEntries([...declaredSettings()].map(([key, value]) => [key, { default: value }]))

describe('openSettings', () => {
  const owned: Disposable[] = []

  afterEach(() => {
    for (const each of owned.splice(0)) each.dispose()
    useEditor(undefined)
  })

  /** A window whose readers are loaded when the test says so. */
  async function open(written: Readonly<Record<string, unknown>> = {}) {
    const editor = createEditor(written)
    useEditor(editor)
    const log = createMemoryLog()
    const loads: PromiseWithResolvers<SettingReaders>[] = []
    const load = () => {
      const next = Promise.withResolvers<SettingReaders>()
      loads.push(next)
      return next.promise
    }
    const opening = openSettings({ declared, load, log })
    if (loads.length > 0) loads[0]?.resolve(settingReaders)
    const source = await opening
    owned.push(source)
    const told: string[] = []
    const keys = ['roundhouse.routes', 'roundhouse.budgets', 'roundhouse.localOnly']
    source.onDidChange((event) => void told.push(...keys.filter((key) => event.affectsConfiguration(key))))
    return { settings: editor.settings, source, loads, told, log }
  }

  it('loads no reader where every setting has its default, written or not', async () => {
    const { source, loads } = await open({
      'roundhouse.routes': [],
      'roundhouse.usage.retentionDays': 400,
      'roundhouse.localOnly': true,
    })
    assert.deepEqual([source.readers(), loads.length], [undefined, 0])
  })

  it('has the readers of a setting that is written when it opens', async () => {
    const { source, loads } = await open({ 'roundhouse.usage.retentionDays': 30 })
    assert.deepEqual([source.readers(), loads.length], [settingReaders, 1])
  })

  it('tells of the first changes when they can be read, in their order, and of later ones at once', async () => {
    const { settings, source, loads, told } = await open()
    settings.write('roundhouse.routes', [{ name: 'mine' }])
    settings.write('roundhouse.budgets', [{ id: 'm', limit: 1 }])
    await settle()
    assert.deepEqual([told, source.readers(), loads.length], [[], undefined, 1])
    loads[0]?.resolve(settingReaders)
    await settle()
    assert.deepEqual([told, source.readers()], [['roundhouse.routes', 'roundhouse.budgets'], settingReaders])
    settings.write('roundhouse.routes', [])
    assert.deepEqual(told.at(-1), 'roundhouse.routes')
  })

  it('tells at once of a change that nothing has to be loaded for', async () => {
    const { settings, loads, told } = await open()
    settings.write('roundhouse.localOnly', true)
    assert.deepEqual([told, loads.length], [['roundhouse.localOnly'], 0])
  })

  it('reads what a workspace sets', async () => {
    const { settings, loads } = await open()
    settings.writeToWorkspace('roundhouse.workspaceBudgets', [])
    assert.equal(loads.length, 1)
  })

  it('says in the log that readers could not be loaded, and tries again with the next change', async () => {
    const { settings, loads, told, log } = await open()
    settings.write('roundhouse.routes', [{ name: 'mine' }])
    loads[0]?.reject(new Error('no disk'))
    await settle()
    assert.match(log.lines.join(), /no disk/)
    settings.write('roundhouse.budgets', [{ id: 'm', limit: 1 }])
    loads[1]?.resolve(settingReaders)
    await settle()
    assert.deepEqual(told, ['roundhouse.routes', 'roundhouse.budgets'])
  })

  it('tells of nothing once it is disposed of, though readers come later', async () => {
    const { settings, source, loads, told } = await open()
    settings.write('roundhouse.routes', [{ name: 'mine' }])
    source.dispose()
    loads[0]?.resolve(settingReaders)
    await settle()
    assert.deepEqual(told, [])
  })

  it('can read a setting when it has written it', async () => {
    const { settings, source, loads, told } = await open()
    const writing = source.write('roundhouse.routes', () => [{ name: 'mine' }])
    loads[0]?.resolve(settingReaders)
    await writing
    assert.deepEqual(settings.user.get('roundhouse.routes'), [{ name: 'mine' }])
    assert.deepEqual([told, source.readers()], [['roundhouse.routes'], settingReaders])
  })

  it('says that nothing was changed where VS Code cannot write', async () => {
    const { settings, source, loads } = await open()
    const refuse = () => Promise.reject(new Error('syntax error'))
    Object.assign(settings, { configuration: () => ({ inspect: () => ({}), update: refuse }) })
    const writing = source.write('roundhouse.routes', () => [])
    loads[0]?.resolve(settingReaders)
    await assert.rejects(writing, (error) => isModelError(error) && error.code === 'not-saved')
  })
})
