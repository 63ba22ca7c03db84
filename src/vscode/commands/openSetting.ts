import type { Host } from './ui.js'

/** Opens settings.json at a setting. Where it is not there yet, VS Code writes its default for the user to change. */
export async function openSettingInJson(host: Host, key: string): Promise<void> {
  const edit = host.readSetting(key) === undefined
  await host.execute('workbench.action.openSettingsJson', { revealSetting: { key, edit } })
}
