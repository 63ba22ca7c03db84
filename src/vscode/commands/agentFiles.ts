import * as vscode from 'vscode'
import type { Environment } from '../../core/ports.js'
import { orNotSaved } from './notSaved.js'
import type { AgentFiles, AgentFolder } from './ui.js'

/** VS Code's setting of the folders it reads agents from, each with whether it is on. */
const foldersSetting = 'chat.agentFilesLocations'

/** Folders with a format of another tool's. */
const foreign = /(^|\/)\.claude(\/|$)/

/** The user's folder on the machine that runs this. */
function homeOf(environment: Environment): string | undefined {
  return environment['HOME'] ?? environment['USERPROFILE']
}

function foldersFor(environment: Environment): readonly AgentFolder[] {
  const named: unknown = vscode.workspace.getConfiguration().get(foldersSetting)
  if (typeof named !== 'object' || named === null) return []
  const on = Object.entries(named).flatMap(([name, isOn]) =>
    isOn === true && !foreign.test(name) ? [name] : [],
  )
  const home = homeOf(environment)
  const own = home === undefined ? [] : on.filter((name) => name.startsWith('~/'))
  const relative = on.filter((name) => !/^(~|\/|[A-Za-z]:)/.test(name))
  const workspace = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')
  return [
    ...own.map((name) => ({
      label: 'For You, in All Workspaces',
      path: `${vscode.Uri.file(home ?? '').path}${name.slice(1)}`,
    })),
    ...(workspace === undefined
      ? []
      : relative.map((name) => ({
          label: `In This Workspace (${name})`,
          path: vscode.Uri.joinPath(workspace.uri, name).path,
        }))),
  ]
}

async function isThere(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file)
    return true
  } catch {
    return false
  }
}

const mustBeUsable = (path: string) =>
  `${path} could not be used. Make it and its folder readable and writable for you, then try again.`

async function read(path: string): Promise<string | undefined> {
  const file = vscode.Uri.file(path)
  if (!(await isThere(file))) return undefined
  const bytes = await orNotSaved(mustBeUsable(path), () => vscode.workspace.fs.readFile(file))
  return new TextDecoder().decode(bytes)
}

async function write(path: string, text: string | undefined): Promise<void> {
  const file = vscode.Uri.file(path)
  await orNotSaved(mustBeUsable(path), async () => {
    if (text !== undefined) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text))
    else if (await isThere(file)) await vscode.workspace.fs.delete(file)
  })
}

export function createAgentFiles(environment: Environment): AgentFiles {
  return { folders: () => foldersFor(environment), read, write }
}
