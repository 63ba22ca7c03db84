import assert from 'node:assert/strict'
import { openSettingInJson } from '../../../../src/vscode/commands/openSetting.js'
import { createBench } from './bench.js'

describe('openSettingInJson', () => {
  const opened = async (key: string, ofUser?: unknown) => {
    const { host } = createBench()
    if (ofUser !== undefined) await host.writeSetting(key, ofUser)
    await openSettingInJson(host, key)
    return host.executed
  }

  it('opens the user’s settings, and has the default written where the setting is not there yet', async () => {
    const command = 'workbench.action.openSettingsJson'
    const key = 'roundhouse.budgets'
    assert.deepEqual(await opened(key), [{ command, args: [{ revealSetting: { key, edit: true } }] }])
    assert.deepEqual(await opened(key, []), [{ command, args: [{ revealSetting: { key, edit: false } }] }])
  })

  it('opens the workspace’s settings for what a workspace sets, unless it stands in the user’s', async () => {
    const key = 'roundhouse.workspaceBudgets'
    const args = [{ revealSetting: { key } }]
    assert.deepEqual(await opened(key), [{ command: 'workbench.action.openWorkspaceSettingsFile', args }])
    const [first] = await opened(key, [])
    assert.equal(first?.command, 'workbench.action.openSettingsJson')
  })
})
