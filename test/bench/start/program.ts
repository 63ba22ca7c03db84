/**
 * Activates the built extension in a window that is played, and prints which of its files that window has loaded a second
 * later: one JSON list of paths and bytes. Arguments: the folder of the build, and the user's settings as JSON.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { argv, exit } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as vscode from 'vscode'
import type * as extension from '../../../src/extension.js'
import type { UsedContext } from '../../../src/vscode/extensionContext.js'
import { createEditor, useEditor } from '../../fakes/vscode/editor.js'
import { readManifest } from '../../fakes/vscode/settings.js'

const [, , dist = '', settings = '{}'] = argv

/** Files of the build, in the order in which they were loaded. */
const loaded: string[] = []

registerHooks({
  load(url, context, next) {
    const path = url.startsWith('file:') ? fileURLToPath(url) : ''
    if (path.startsWith(dist + sep)) loaded.push(path)
    return next(url, context)
  },
})

function createContext(folder: string): UsedContext {
  return {
    extensionPath: join(dist, '..'),
    subscriptions: [],
    globalStorageUri: vscode.Uri.file(folder),
    secrets: {
      keys: async () => [],
      get: async () => undefined,
      store: async () => {},
      delete: async () => {},
      onDidChange: new vscode.EventEmitter<vscode.SecretStorageChangeEvent>().event,
    },
    globalState: { get: () => undefined, update: async () => {} },
    extension: { packageJSON: readManifest() },
  }
}

const folder = await mkdtemp(join(tmpdir(), 'roundhouse-start-'))
const editor = createEditor(JSON.parse(settings))
useEditor(editor)
const { activate, deactivate }: typeof extension = await import(
  pathToFileURL(join(dist, 'extension.js')).href
)
activate(createContext(folder))
const second = setTimeout(1_000)
// VS Code asks for the models as soon as there is a provider of them.
const { token } = new vscode.CancellationTokenSource()
await editor.chatProviders.get('roundhouse')?.provideLanguageModelChatInformation({ silent: true }, token)
await second
const files = loaded.map(async (path) => ({
  path: relative(dist, path).replaceAll(sep, '/'),
  bytes: (await stat(path)).size,
}))
console.log(JSON.stringify(await Promise.all(files)))
await deactivate()
await rm(folder, { recursive: true, force: true, maxRetries: 3 })
exit(0)
