import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as vscode from 'vscode'
import { untilEvent } from './connections.js'

/** Writes the settings that come with the workspace, as a cloned repository has them; VS Code has read them then, and forgotten after. */
export async function writeWorkspaceSettings(settings: object): Promise<{ remove(): Promise<void> }> {
  const [folder] = vscode.workspace.workspaceFolders ?? []
  assert.ok(folder !== undefined)
  const path = join(folder.uri.fsPath, '.vscode', 'settings.json')
  const tabSize = 7
  const read = untilEvent('the workspace’s settings are read', () => isTabSize(tabSize), onDidChange)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, JSON.stringify({ ...settings, 'editor.tabSize': tabSize }))
  await read
  return {
    async remove() {
      const isGone = async () => ((await isTabSize(tabSize)) ? undefined : true)
      const forgotten = untilEvent('the workspace’s settings are forgotten', isGone, onDidChange)
      await rm(path)
      await forgotten
    },
  }
}

const onDidChange = vscode.workspace.onDidChangeConfiguration

/** A setting that any workspace may change shows that the file has been read. */
async function isTabSize(size: number): Promise<true | undefined> {
  const found = vscode.workspace.getConfiguration('editor').get<number>('tabSize')
  return found === size ? true : undefined
}
