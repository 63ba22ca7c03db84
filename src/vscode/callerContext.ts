import * as vscode from 'vscode'
import type { Caller } from '../core/chat.js'

const gitExtension = 'vscode.git'
const gitApiVersion = 1

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The branch of the first repository, where VS Code's own Git extension runs; it is never started for this. */
function currentBranch(): string | undefined {
  const git = vscode.extensions.getExtension<unknown>(gitExtension)
  const getApi = git?.isActive === true ? propertyOf(git.exports, 'getAPI') : undefined
  if (typeof getApi !== 'function') return undefined
  try {
    const api: unknown = Reflect.apply(getApi, git?.exports, [gitApiVersion])
    const repositories = propertyOf(api, 'repositories')
    const first: unknown = Array.isArray(repositories) ? repositories[0] : undefined
    const name = propertyOf(propertyOf(propertyOf(first, 'state'), 'HEAD'), 'name')
    return typeof name === 'string' ? name : undefined
  } catch {
    // Its API is not to be had while Git is turned off.
    return undefined
  }
}

/** What the requests of this window are counted by; undefined without a folder. */
export function readWorkspaceName(): string | undefined {
  return vscode.workspace.name
}

/** Where in the user's work a request comes from. */
export function readCallerContext(): Pick<Caller, 'workspace' | 'branch'> {
  const workspace = readWorkspaceName()
  const branch = currentBranch()
  return {
    ...(workspace === undefined ? {} : { workspace }),
    ...(branch === undefined ? {} : { branch }),
  }
}
