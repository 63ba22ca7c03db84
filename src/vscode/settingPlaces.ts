import * as vscode from 'vscode'
import type { ReadSetting } from './settingProblem.js'

/** The setting in each place that has it. */
export interface WorkspaceValues {
  readonly user: unknown
  readonly workspace: unknown
  /** Of a workspace of several folders, by their order. */
  readonly folders: readonly unknown[]
}

/** On if any place turns it on. A value that is no boolean was meant to protect something: it counts as on. */
export function readTightening(
  key: string,
  { user, workspace, folders }: WorkspaceValues,
): ReadSetting<boolean> {
  const values = [user, workspace, ...folders].filter((value) => value !== undefined)
  const isWrong = values.some((value) => typeof value !== 'boolean')
  const message = 'must be true or false. It counts as true until this is corrected.'
  return { value: values.some((value) => value !== false), problems: isWrong ? [{ path: key, message }] : [] }
}

/** The user's value, and those that come with the workspace: its own, and its folders' where it has several. */
export function readPlaces(key: string): WorkspaceValues {
  const values = vscode.workspace.getConfiguration().inspect(key)
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace
  const folders = workspaceFile === undefined ? [] : workspaceFolders
  return {
    user: values?.globalValue,
    workspace: values?.workspaceValue,
    folders: folders.map(
      ({ uri }) => vscode.workspace.getConfiguration(undefined, uri).inspect(key)?.workspaceFolderValue,
    ),
  }
}

/** Only what the user wrote, or the default: a workspace's value is never looked at. */
export function readUserValue(key: string): unknown {
  const inspected = vscode.workspace.getConfiguration().inspect(key)
  return inspected?.globalValue ?? inspected?.defaultValue
}
