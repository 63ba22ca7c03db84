import assert from 'node:assert/strict'
import type { HostProvider } from '../../../src/vscode/chatProvider.js'
import { createSettings, type FakeSettings, type SettingsOptions } from './settings.js'
import { createUser, type FakeUser } from './user.js'
import { EventEmitter, type Uri } from './values.js'

interface ContentProvider {
  provideTextDocumentContent(uri: Uri): string
}

export interface Rows {
  getChildren(id?: string): Promise<readonly string[]>
  getTreeItem(id: string): { readonly label: string; readonly description?: string }
}

interface StatusItem {
  text: string
  tooltip?: { readonly value: string }
  readonly isShown: boolean
}

/** One window of VS Code, as far as the extension can tell. */
export interface FakeEditor {
  readonly settings: FakeSettings
  readonly user: FakeUser
  readonly commands: Map<string, (argument: unknown) => Promise<unknown>>
  /** Commands of VS Code itself that the extension has run, with their arguments. */
  readonly executed: { readonly command: string; readonly args: readonly unknown[] }[]
  readonly contextKeys: Map<string, unknown>
  readonly contents: Map<string, ContentProvider>
  readonly pages: { readonly name: string; readonly text: string }[]
  readonly saved: Map<string, string>
  readonly statusItems: StatusItem[]
  readonly trees: Map<string, Rows>
  /** Of the log channel: `level text`. */
  readonly log: string[]
  readonly chatProviders: Map<string, HostProvider>
  /** Extensions that run beside ours. */
  readonly extensions: Set<string>
  readonly opened: string[]
  clipboard: string
  isFocused: boolean
  isTrusted: boolean
  /** Of the folder that is open. */
  workspaceName: string | undefined
  readonly foldersChanged: EventEmitter<unknown>
}

export function createEditor(
  settings: Readonly<Record<string, unknown>>,
  { ignoresScopes = false }: Partial<Pick<SettingsOptions, 'ignoresScopes'>> = {},
): FakeEditor {
  const editor: FakeEditor = {
    settings: createSettings(settings, { isTrusted: () => editor.isTrusted, ignoresScopes }),
    user: createUser(),
    commands: new Map(),
    executed: [],
    contextKeys: new Map(),
    contents: new Map(),
    pages: [],
    saved: new Map(),
    statusItems: [],
    trees: new Map(),
    log: [],
    chatProviders: new Map(),
    extensions: new Set(['GitHub.copilot-chat']),
    opened: [],
    clipboard: '',
    isFocused: true,
    isTrusted: true,
    workspaceName: undefined,
    foldersChanged: new EventEmitter<unknown>(),
  }
  return editor
}

let current: FakeEditor | undefined

/** The window that the module `vscode` is of from now on; undefined when it is closed. */
export function useEditor(editor: FakeEditor | undefined): void {
  current = editor
}

export function currentEditor(): FakeEditor {
  return current ?? assert.fail('There is a window only while a test has one open.')
}
