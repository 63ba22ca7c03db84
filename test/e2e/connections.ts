import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { userSettingsPath } from '../../scripts/lib/code-server.mjs'
import type { Workbench, WorkbenchWindow } from './harness.js'
import { actionTimeout, insist, until } from './until.js'

/** An entry of the setting `roundhouse.connections`. */
export interface ConnectionEntry {
  readonly id: string
  readonly provider: string
  readonly [field: string]: unknown
}

const setting = 'roundhouse.connections'

/** The settings as they are on disk; for a moment, while VS Code writes them, they are none. */
async function readSettings({ profile }: Workbench): Promise<Record<string, unknown>> {
  const read = () => readFile(userSettingsPath(profile), 'utf8')
  const isWhole = (text: string) => text.trimEnd().endsWith('}')
  return JSON.parse(await until('whole settings', read, isWhole))
}

export async function readConnections(workbench: Workbench): Promise<readonly ConnectionEntry[]> {
  const entries = (await readSettings(workbench))[setting]
  if (!Array.isArray(entries)) throw new Error('The settings have no connections.')
  return entries
}

/** Changes the connections as a user does in settings.json; VS Code does not watch the file. */
export async function editConnections(
  workbench: Workbench,
  change: (entries: readonly ConnectionEntry[]) => readonly unknown[],
): Promise<void> {
  const changed = change(await readConnections(workbench))
  const text = JSON.stringify({ ...(await readSettings(workbench)), [setting]: changed })
  await workbench.runCommand('Preferences: Open User Settings (JSON)')
  const isWritten = async () => JSON.stringify(await readConnections(workbench)) === JSON.stringify(changed)
  await insist('the settings on disk', () => overwrite(workbench.page, text), isWritten)
  await workbench.closeModalEditor()
}

async function overwrite(page: Page, text: string): Promise<void> {
  const editor = page.locator('.monaco-modal-editor-block .monaco-editor[data-uri$="settings.json"]')
  await editor.click(actionTimeout)
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text)
  await page.keyboard.press('Control+S')
}

/** Enters the key of a connection that has none, as a user does in the tree, and waits until it is tested and stored. */
export async function enterKey(window: WorkbenchWindow, connection: string, key: string): Promise<void> {
  await window.tree.choose(connection, 'Enter Key…')
  await window.quickInput.waitForTitle(`Enter the Key of ${connection}`)
  await window.quickInput.type(key)
  await window.notices.waitFor(`The key of “${connection}” works and is stored`)
  await window.notices.dismiss()
}
