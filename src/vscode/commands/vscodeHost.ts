import * as vscode from 'vscode'
import type { Host } from './ui.js'

const chatExtension = 'GitHub.copilot-chat'

export function createHost(memory: vscode.Memento): Host {
  return {
    execute: async (command, ...args) => vscode.commands.executeCommand(command, ...args),
    openExternal: async (url) => {
      await vscode.env.openExternal(vscode.Uri.parse(url))
    },
    copy: async (text) => vscode.env.clipboard.writeText(text),
    readSetting: (key) => vscode.workspace.getConfiguration().inspect(key)?.globalValue,
    writeSetting: async (key, value) =>
      vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global),
    chatIsEnabled: () => vscode.extensions.getExtension(chatExtension) !== undefined,
    memory: {
      get: (key) => memory.get(key),
      update: async (key, value) => memory.update(key, value),
    },
  }
}
