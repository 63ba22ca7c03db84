import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeTinyGguf } from '../../../../scripts/tiny-gguf.mjs'
import { isRecord } from '../../../../src/core/json.js'
import { leastPauseMs } from '../../../../src/core/registry/pace.js'
import { createChatServer } from '../../../fakes/chatServer.js'
import {
  closeExtensions,
  closeLater,
  type OpenExtension,
  openExtension,
  until,
} from '../../../fakes/extension.js'
import { hello, openWork, type Work } from '../../../fakes/work.js'

function entries(extension: OpenExtension): readonly Record<string, unknown>[] {
  const value = extension.editor.settings.user.get('roundhouse.connections')
  return Array.isArray(value) ? value.filter(isRecord) : []
}

const entry = (work: Work) => entries(work)[0] ?? assert.fail('there is no connection')
const last = (work: OpenExtension) => work.editor.user.told.at(-1)?.message ?? ''

describe('The commands about connections, in the extension as a whole', () => {
  closeExtensions()

  it('roundhouse.addConnection: asks for what a provider needs, tests it and saves it', async () => {
    const server = await createChatServer(['small'], hello)
    closeLater(() => server.close())
    const extension = await openExtension()
    await extension.run(
      'roundhouse.addConnection',
      undefined,
      { pick: 'OpenAI-compatible' },
      { type: `${server.origin}/v1` },
      { type: '' },
    )
    const [added] = entries(extension)
    assert.equal(added?.['baseUrl'], `${server.origin}/v1`)
    await extension.untilListed(`${String(added?.['id'])}/small`)
    assert.match(last(extension), /is ready: 1 model found/)
  })

  it('roundhouse.manageConnections: leads from a connection to what can be done with it', async () => {
    const work = await openWork()
    await work.run('roundhouse.manageConnections', undefined, { pick: 'Work' }, { pick: 'Disable' })
    assert.equal(entry(work)['enabled'], false)
  })

  it('roundhouse.editConnection: changes its name', async () => {
    const work = await openWork()
    await work.run('roundhouse.editConnection', 'work', { pick: 'Name' }, { type: 'Other Work' })
    assert.equal(entry(work)['name'], 'Other Work')
  })

  it('roundhouse.duplicateConnection: adds another with the same address', async () => {
    const work = await openWork()
    await work.run('roundhouse.duplicateConnection', 'work', { type: 'Second' }, { type: '' })
    assert.deepEqual(
      entries(work).map(({ name, baseUrl }) => [name, baseUrl]),
      [
        ['Work', work.connection['baseUrl']],
        ['Second', work.connection['baseUrl']],
      ],
    )
  })

  it('roundhouse.chooseParameterTemplate: requests carry the template from then on', async () => {
    const work = await openWork()
    await work.run('roundhouse.chooseParameterTemplate', 'work', { pick: 'Precise' })
    assert.equal(entry(work)['template'], 'precise')
    await work.ask('work/small', 'Hi')
    assert.match(work.chats()[0]?.body ?? '', /"temperature":/)
  })

  it('roundhouse.enableConnection and roundhouse.disableConnection: offer its models, or none', async () => {
    const work = await openWork()
    await work.run('roundhouse.disableConnection', 'work')
    assert.equal(entry(work)['enabled'], false)
    await until('nothing is offered', async () => (await work.models()).length === 0)
    await work.run('roundhouse.enableConnection', 'work')
    await work.untilListed('work/small')
  })

  it('roundhouse.removeConnection: removes it after a question, and Undo brings it back', async () => {
    const work = await openWork()
    await work.run('roundhouse.removeConnection', 'work', { press: 'Remove' })
    assert.deepEqual(entries(work), [])
    await until('nothing is offered', async () => (await work.models()).length === 0)
  })

  it('roundhouse.testConnection: asks the server for its models and says how it went', async () => {
    const work = await openWork()
    const before = work.lists()
    await work.run('roundhouse.testConnection', 'work')
    assert.ok(work.lists() > before)
    assert.match(last(work), /^Work .*1 model/)
  })

  it('roundhouse.showConnection: says what its state is', async () => {
    const work = await openWork()
    await work.run('roundhouse.showConnection', 'work')
    const { detail = '' } = work.editor.user.told.at(-1) ?? {}
    assert.ok(detail.includes(String(work.connection['baseUrl'])), detail)
  })

  it('roundhouse.editConnectionsJson: opens settings.json at the connections', async () => {
    const work = await openWork()
    await work.run('roundhouse.editConnectionsJson')
    assert.match(JSON.stringify(work.editor.executed.at(-1)), /openSettingsJson.*roundhouse\.connections/)
  })

  it('roundhouse.refreshModels and roundhouse.refreshConnection: ask for the models again', async () => {
    const work = await openWork()
    for (const command of ['roundhouse.refreshModels', 'roundhouse.refreshConnection']) {
      await work.clock.skip(leastPauseMs)
      const before = work.lists()
      await work.run(command, 'work')
      assert.ok(work.lists() > before, command)
    }
  })
})

describe('The commands about keys, in the extension as a whole', () => {
  closeExtensions()

  const bearer = (work: Work) => work.server.requests.at(-1)?.headers['authorization']

  it('roundhouse.enterKey: tests the key and keeps it; requests carry it', async () => {
    const work = await openWork()
    await work.run('roundhouse.enterKey', 'work', { type: 'sk-first-5b8e2d9f' })
    assert.match(JSON.stringify([...work.secrets]), /sk-first-5b8e2d9f/)
    await work.ask('work/small', 'Hi')
    assert.equal(bearer(work), 'Bearer sk-first-5b8e2d9f')
  })

  it('roundhouse.rotateKey: another key takes its place', async () => {
    const work = await openWork()
    await work.run('roundhouse.enterKey', 'work', { type: 'sk-first-5b8e2d9f' })
    await work.run('roundhouse.rotateKey', 'work', { type: 'sk-second-1c7a4036' })
    assert.doesNotMatch(JSON.stringify([...work.secrets]), /sk-first/)
    await work.ask('work/small', 'Hi')
    assert.equal(bearer(work), 'Bearer sk-second-1c7a4036')
  })

  it('roundhouse.forgetKey: deletes it after a question', async () => {
    const work = await openWork()
    await work.run('roundhouse.enterKey', 'work', { type: 'sk-first-5b8e2d9f' })
    await work.run('roundhouse.forgetKey', 'work', { press: 'Forget' })
    assert.doesNotMatch(JSON.stringify([...work.secrets]), /sk-first/)
  })

  it('roundhouse.openKeyPage: opens the page where the provider makes keys', async () => {
    const extension = await openExtension({
      hosts: {},
      settings: { 'roundhouse.connections': [{ id: 'groq', provider: 'groq' }] },
    })
    await extension.run('roundhouse.openKeyPage', 'groq')
    assert.match(extension.editor.opened.join(), /^https:\/\/console\.groq\.com\//)
  })
})

describe('The commands about GGUF files, in the extension as a whole', () => {
  closeExtensions()

  it('roundhouse.addModelFile and roundhouse.removeModelFile: put a file into the list, and take it out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'roundhouse-gguf-'))
    closeLater(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'tiny.gguf')
    await writeFile(file, makeTinyGguf({ kind: 'script', reply: 'Hello' }))
    const extension = await openExtension()
    await extension.run('roundhouse.addModelFile', undefined, { files: [file] })
    assert.deepEqual(entries(extension)[0]?.['files'], [file], last(extension))
    await extension.untilListed('llamacpp/tiny')
    await extension.run('roundhouse.removeModelFile', 'llamacpp/tiny')
    assert.deepEqual(entries(extension)[0]?.['files'] ?? [], [])
  })
})
