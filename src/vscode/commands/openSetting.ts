import { workspaceBudgetsKey } from '../policies/budgetKeys.js'
import type { Host } from './ui.js'

/** What a workspace sets for itself. */
const ofWorkspace: ReadonlySet<string> = new Set([workspaceBudgetsKey])

/**
 * Opens settings.json at a setting: the user's, or the workspace's for one of its own that is not in the user's. Where the
 * user's does not have it yet, VS Code writes its default for the user to change.
 */
export async function openSettingInJson(host: Host, key: string): Promise<void> {
  const edit = host.readSetting(key) === undefined
  if (edit && ofWorkspace.has(key)) {
    await host.execute('workbench.action.openWorkspaceSettingsFile', { revealSetting: { key } })
    return
  }
  await host.execute('workbench.action.openSettingsJson', { revealSetting: { key, edit } })
}
