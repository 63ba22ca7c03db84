import assert from 'node:assert/strict'
import { closeExtensions, until } from '../../../fakes/extension.js'
import { openWork, type Work } from '../../../fakes/work.js'

const two = { models: ['small', 'large'] }
const setting = (work: Work, key: string) => work.editor.settings.user.get(key)
const executed = (work: Work, command: string) =>
  work.editor.executed.filter((call) => call.command === command).map(({ args }) => args)

async function treeLabels(work: Work): Promise<readonly string[]> {
  const tree = work.editor.trees.get('roundhouse.models') ?? assert.fail('there is no tree')
  const labels: string[] = []
  const walk = async (id?: string): Promise<void> => {
    for (const child of await tree.getChildren(id)) {
      labels.push(tree.getTreeItem(child).label)
      await walk(child)
    }
  }
  await walk()
  return labels
}

describe('The commands about models, in the extension as a whole', () => {
  closeExtensions()

  it('roundhouse.selectModel: makes the model that is picked the default, and Chat’s', async () => {
    const work = await openWork(two)
    await work.run('roundhouse.selectModel', undefined, { pick: 'large' })
    assert.equal(setting(work, 'roundhouse.defaultModel'), 'work/large')
    assert.match(JSON.stringify(executed(work, 'workbench.action.chat.changeModel')), /work\/large/)
    assert.match(work.editor.statusItems[0]?.text ?? '', /large/)
  })

  it('roundhouse.setDefaultModel: makes a model the default', async () => {
    const work = await openWork(two)
    await work.run('roundhouse.setDefaultModel', 'work/large')
    assert.equal(setting(work, 'roundhouse.defaultModel'), 'work/large')
    assert.deepEqual(executed(work, 'workbench.action.chat.open'), [])
  })

  it('roundhouse.useInChat: opens Chat with the model', async () => {
    const work = await openWork(two)
    await work.run('roundhouse.useInChat', 'work/large')
    assert.match(JSON.stringify(executed(work, 'workbench.action.chat.open')), /work\/large/)
  })

  it('roundhouse.copyModelId: puts its id on the clipboard', async () => {
    const work = await openWork(two)
    await work.run('roundhouse.copyModelId', 'work/large')
    assert.equal(work.editor.clipboard, 'work/large')
  })

  it('roundhouse.hideModel: offers it no longer', async () => {
    const work = await openWork(two)
    await work.run('roundhouse.hideModel', 'work/large')
    await until('it is hidden', async () => !(await work.models()).includes('work/large'))
    assert.ok((await work.models()).includes('work/small'))
  })

  it('roundhouse.setUtilityModels: writes VS Code’s own settings', async () => {
    const work = await openWork(two)
    await work.run('roundhouse.setUtilityModels', undefined, { pick: 'small' }, { pick: 'large' })
    assert.equal(setting(work, 'chat.utilitySmallModel'), 'roundhouse/work/small')
    assert.equal(setting(work, 'chat.utilityModel'), 'roundhouse/work/large')
    await until(
      'the walkthrough knows',
      async () => work.editor.contextKeys.get('roundhouse.utilityModelsSet') === true,
    )
  })

  it('roundhouse.setTaskModels: writes VS Code’s own settings of tasks, and one click restores them', async () => {
    const work = await openWork(two)
    work.write('chat.planAgent.defaultModel', 'Claude (copilot)')
    await work.run('roundhouse.setTaskModels', undefined, { pick: 'Plan Agent' }, { pick: 'large' })
    assert.equal(setting(work, 'chat.planAgent.defaultModel'), 'large (roundhouse)')
    await work.run('roundhouse.setTaskModels', undefined, { pick: 'Undo the Last Change' })
    assert.equal(setting(work, 'chat.planAgent.defaultModel'), 'Claude (copilot)')
  })

  it('roundhouse.filterModels and roundhouse.clearFilter: show what matches, and everything again', async () => {
    const work = await openWork(two)
    assert.ok((await treeLabels(work)).includes('small'))
    await work.run('roundhouse.filterModels', undefined, { type: 'large' })
    const filtered = await treeLabels(work)
    assert.ok(filtered.includes('large') && !filtered.includes('small'), filtered.join())
    assert.equal(work.editor.contextKeys.get('roundhouse.filtered'), true)
    await work.run('roundhouse.clearFilter')
    assert.ok((await treeLabels(work)).includes('small'))
    assert.equal(work.editor.contextKeys.get('roundhouse.filtered'), false)
  })
})

describe('The commands about Chat and help, in the extension as a whole', () => {
  closeExtensions()

  it('roundhouse.setUpChat: turns Chat on without an account, with a group of Roundhouse’s', async () => {
    const work = await openWork()
    work.editor.extensions.delete('GitHub.copilot-chat')
    await work.run('roundhouse.setUpChat')
    assert.equal(executed(work, 'workbench.action.chat.manage').length, 1)
    assert.match(JSON.stringify(executed(work, 'lm.addLanguageModelsProviderGroup')), /"vendor":"roundhouse"/)
  })

  it('roundhouse.askInChat: opens Chat with the default model', async () => {
    const work = await openWork({ ...two, settings: { 'roundhouse.defaultModel': 'work/large' } })
    await work.run('roundhouse.askInChat')
    assert.match(JSON.stringify(executed(work, 'workbench.action.chat.open')), /work\/large/)
  })

  it('roundhouse.showLog: opens the log', async () => {
    const work = await openWork()
    await work.run('roundhouse.showLog')
    assert.equal(executed(work, 'showOutput').length, 1)
  })

  it('roundhouse.openSettings: opens the settings of the extension', async () => {
    const work = await openWork()
    await work.run('roundhouse.openSettings')
    assert.deepEqual(executed(work, 'workbench.action.openSettings'), [['@ext:roundhouse.roundhouse']])
  })

  it('roundhouse.openWalkthrough: opens the walkthrough', async () => {
    const work = await openWork()
    await work.run('roundhouse.openWalkthrough')
    assert.match(JSON.stringify(executed(work, 'workbench.action.openWalkthrough')), /roundhouse\.start/)
  })
})
