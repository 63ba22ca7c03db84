import * as vscode from 'vscode'
import type { Environment } from '../../core/ports.js'
import type { Memory } from '../views/memory.js'
import { createAgentFiles } from './agentFiles.js'
import { orNotSaved } from './notSaved.js'
import type { Host } from './ui.js'

const chatExtension = 'GitHub.copilot-chat'

function openTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs)
}

async function closeModalEditor(): Promise<void> {
  const command = 'workbench.action.closeModalEditor'
  const known = await vscode.commands.getCommands()
  if (known.includes(command)) await vscode.commands.executeCommand(command)
}

export function createHost(memory: Memory, environment: Environment): Host {
  return {
    execute: async (command, ...args) => vscode.commands.executeCommand(command, ...args),
    async executeAndClose(command, until) {
      const before = new Set(openTabs())
      await vscode.commands.executeCommand(command)
      await until()
      await closeModalEditor()
      // An editor of VS Code itself has no input that extensions may see; documents have, and stay.
      const opened = openTabs().filter((tab) => !before.has(tab) && tab.input === undefined)
      if (opened.length > 0) await vscode.window.tabGroups.close(opened)
    },
    openExternal: async (url) => {
      await vscode.env.openExternal(vscode.Uri.parse(url))
    },
    copy: async (text) =>
      await orNotSaved('The clipboard took no text. Try again.', () => vscode.env.clipboard.writeText(text)),
    async saveText(name, text) {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri
      const defaultUri = folder === undefined ? vscode.Uri.file(name) : vscode.Uri.joinPath(folder, name)
      const target = await vscode.window.showSaveDialog({ defaultUri })
      if (target === undefined) return undefined
      await orNotSaved(
        `${target.fsPath} could not be written. Save it in a folder that you may write, with space left.`,
        () => vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text)),
      )
      return target.fsPath
    },
    readSetting: (key) => vscode.workspace.getConfiguration().inspect(key)?.globalValue,
    hasSetting: (key) => vscode.workspace.getConfiguration().inspect(key)?.defaultValue !== undefined,
    writeSetting: async (key, value) =>
      await orNotSaved(
        `The setting ${key} could not be written. Make sure your settings.json is writable and has no syntax error, then try again.`,
        () => vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global),
      ),
    chatIsEnabled: () => vscode.extensions.getExtension(chatExtension) !== undefined,
    memory: {
      get: (key) => memory.get(key),
      update: async (key, value) => memory.update(key, value),
    },
    agentFiles: createAgentFiles(environment),
  }
}
