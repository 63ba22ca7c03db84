import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import * as vscode from 'vscode'
import type { RoundhouseExports } from '../../src/api.js'
import { createExtension } from '../../src/extension.js'
import type { HostProvider } from '../../src/vscode/chatProvider.js'
import type { UsedContext } from '../../src/vscode/extensionContext.js'
import type { ModelInformation } from '../../src/vscode/modelInformation.js'
import type { Memory } from '../../src/vscode/views/memory.js'
import { createSkippingClock, type SkippingClock } from './skippingClock.js'
import { createEditor, type FakeEditor, useEditor } from './vscode/editor.js'
import { readManifest } from './vscode/settings.js'
import type { Move } from './vscode/user.js'
import { EventEmitter } from './vscode/values.js'

const root = new URL('../../', import.meta.url)
/** Milliseconds that whatever a test waits for may take on a busy machine. */
const limitMs = 20_000

export interface ExtensionOptions {
  /** The user's, by their whole keys. No connection stands in them by default. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly workspaceSettings?: Readonly<Record<string, unknown>>
  /** Of the folder that is open. */
  readonly workspaceName?: string
  /** True by default. */
  readonly isTrusted?: boolean
  /** The host shows the extension all that a workspace has written, whatever the scope. */
  readonly ignoresScopes?: boolean
  /** The extension's storage, where an earlier window has left something in it. */
  readonly folder?: string
  readonly clock?: SkippingClock
  /** What an earlier window has left in the keyring. */
  readonly secrets?: Map<string, string>
  /** Origins of the internet, and the servers of this test that stand for them. */
  readonly hosts?: Readonly<Record<string, string>>
}

interface AskOptions {
  readonly modelOptions?: Readonly<Record<string, unknown>>
  readonly signal?: AbortSignal
}

export interface OpenExtension {
  readonly clock: SkippingClock
  readonly editor: FakeEditor
  readonly exports: RoundhouseExports
  /** Of the extension. */
  readonly folder: string
  readonly secrets: Map<string, string>
  /** Runs a command of the palette or of a menu while the user makes these moves, all of them. */
  run(command: string, argument?: unknown, ...moves: readonly Move[]): Promise<void>
  /** As `run`; the text of the page that the command shows. */
  page(command: string, argument?: unknown, ...moves: readonly Move[]): Promise<string>
  write(key: string, value: unknown): void
  models(): Promise<readonly string[]>
  /** What VS Code is told of a model. */
  describe(id: string): Promise<ModelInformation>
  /** How often VS Code was told that the models are others. */
  announcements(): number
  untilListed(...ids: readonly string[]): Promise<void>
  /** Asks as another extension does through VS Code; rejects as VS Code's own call would. */
  ask(model: string, text: string, options?: AskOptions): Promise<string>
  countTokens(model: string, text: string): Promise<number>
  close(): Promise<void>
}

/** Looks until there is something to be seen. */
export async function until<T>(what: string, look: () => Promise<T | false | undefined>): Promise<T> {
  const end = performance.now() + limitMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    assert.ok(performance.now() < end, `not within ${limitMs / 1000} s: ${what}`)
    await setTimeout(2)
  }
}

function createSecrets(values: Map<string, string>): vscode.SecretStorage {
  const changed = new EventEmitter<vscode.SecretStorageChangeEvent>()
  return {
    keys: async () => [...values.keys()],
    get: async (name) => values.get(name),
    async store(name, value) {
      values.set(name, value)
      changed.fire({ key: name })
    },
    async delete(name) {
      if (values.delete(name)) changed.fire({ key: name })
    },
    onDidChange: changed.event,
  }
}

function createMemory(): Memory {
  const values = new Map<string, unknown>()
  return {
    get: (key) => values.get(key),
    update: async (key, value) => void values.set(key, value),
  }
}

/** The child of the packed extension, but from its source, with the engine of the working tree. */
const childSource = [
  `process.argv[2] ??= ${JSON.stringify(new URL('engine/node_modules/node-llama-cpp/dist/index.js', root).href)}`,
  `await import(${JSON.stringify(new URL('test/register.mjs', root).href)})`,
  `await import(${JSON.stringify(new URL('src/platform/llama/child.ts', root).href)})`,
].join('\n')

async function createInstallation(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'roundhouse-installed-'))
  await mkdir(join(path, 'dist', 'llama'), { recursive: true })
  await writeFile(join(path, 'dist', 'llama', 'child.mjs'), childSource)
  return path
}

interface Places {
  readonly extensionPath: string
  readonly folder: string
  readonly secrets: Map<string, string>
}

function createContext({ extensionPath, folder, secrets }: Places): UsedContext {
  return {
    extensionPath,
    subscriptions: [],
    globalStorageUri: vscode.Uri.file(folder),
    secrets: createSecrets(secrets),
    globalState: createMemory(),
    extension: { packageJSON: readManifest() },
  }
}

type Listed = readonly ModelInformation[]

/** The models as VS Code knows them: it asks once, and again when it is told of a change. */
function followModels(provider: HostProvider) {
  let listed: Promise<Listed> | undefined
  let announcements = 0
  provider.onDidChangeLanguageModelChatInformation?.(() => {
    announcements++
    listed = undefined
  })
  const list = async () => {
    const { token } = new vscode.CancellationTokenSource()
    return (await provider.provideLanguageModelChatInformation({ silent: true }, token)) ?? []
  }
  return { models: () => (listed ??= list()), announcements: () => announcements }
}

function findModel(listed: Listed, model: string) {
  return listed.find(({ id }) => id === model) ?? assert.fail(`${model} is not offered`)
}

async function askModel(
  provider: HostProvider,
  listed: Listed,
  [model, text, { modelOptions = {}, signal }]: [string, string, AskOptions],
): Promise<string> {
  const source = new vscode.CancellationTokenSource()
  signal?.addEventListener('abort', () => source.cancel(), { once: true })
  const found = findModel(listed, model)
  const parts: vscode.LanguageModelResponsePart[] = []
  const messages = [vscode.LanguageModelChatMessage.User(text)]
  const options = {
    modelOptions,
    toolMode: vscode.LanguageModelChatToolMode.Auto,
    requestInitiator: 'acme.helper',
  }
  await provider.provideLanguageModelChatResponse(
    found,
    messages,
    options,
    { report: (part) => void parts.push(part) },
    source.token,
  )
  return parts.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('')
}

/** Sends what is for those origins to servers of this machine, until the returned function is called. */
function redirectFetch(hosts: Readonly<Record<string, string>>): () => void {
  const original = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const origin = hosts[url.origin]
    if (origin === undefined) throw new TypeError(`No server stands for ${url.origin}.`)
    return await original(origin + url.pathname + url.search, init)
  }
  return () => void (globalThis.fetch = original)
}

const closers: (() => Promise<void>)[] = []

/** Closes it with the extensions of the test. */
export function closeLater(close: () => Promise<void>): void {
  closers.push(close)
}

/** To be called in a suite: what its tests have opened is closed after each. */
export function closeExtensions(): void {
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close()
  })
}

async function openFolder(given: string | undefined): Promise<string> {
  if (given !== undefined) return given
  const folder = await mkdtemp(join(tmpdir(), 'roundhouse-storage-'))
  // A file whose writing was under way at the end comes to its place a moment later.
  closers.push(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

function createWindow(options: ExtensionOptions): FakeEditor {
  const { settings = {}, workspaceSettings = {}, isTrusted = true, ignoresScopes = false } = options
  const none = { 'roundhouse.connections': [], 'roundhouse.catalog.enabled': false }
  const editor = createEditor({ ...none, ...settings }, { ignoresScopes })
  editor.isTrusted = isTrusted
  editor.workspaceName = options.workspaceName
  editor.extensions.add('acme.helper')
  for (const [key, value] of Object.entries(workspaceSettings)) editor.settings.writeToWorkspace(key, value)
  return editor
}

/** What a test does in a window, and sees of it. */
function describeWindow(editor: FakeEditor, models: () => Promise<Listed>) {
  const run: OpenExtension['run'] = async (command, argument, ...moves) => {
    editor.user.plan(...moves)
    const own = editor.commands.get(command) ?? assert.fail(`${command} is not registered`)
    await own(argument)
    editor.user.assertDone()
  }
  const ids = async () => (await models()).map(({ id }) => id)
  return {
    run,
    page: async (...call: Parameters<OpenExtension['run']>) => {
      const before = editor.pages.length
      await run(...call)
      return editor.pages.slice(before).at(-1)?.text ?? assert.fail(`${call[0]} showed no page`)
    },
    write: (key: string, value: unknown) => editor.settings.write(key, value),
    models: ids,
    async untilListed(...wanted: readonly string[]) {
      await until(`${wanted.join(', ')} are listed`, async () => {
        const listed = new Set(await ids())
        return wanted.every((id) => listed.has(id))
      })
    },
  }
}

/** The extension as VS Code activates it, whole, with real storage and the real network, in a window that a test plays. */
export async function openExtension(options: ExtensionOptions = {}): Promise<OpenExtension> {
  const { secrets = new Map(), hosts } = options
  const restoreFetch = hosts === undefined ? undefined : redirectFetch(hosts)
  const folder = await openFolder(options.folder)
  const extensionPath = await createInstallation()
  const editor = createWindow(options)
  useEditor(editor)
  const { clock = createSkippingClock() } = options
  const { activate, deactivate } = createExtension(clock)
  const context = createContext({ extensionPath, folder, secrets })
  const exports = activate(context)
  let isOpen = true
  const close = async (): Promise<void> => {
    if (!isOpen) return
    isOpen = false
    await deactivate()
    for (const owned of context.subscriptions) owned.dispose()
    useEditor(undefined)
    restoreFetch?.()
    await rm(extensionPath, { recursive: true, force: true })
  }
  closers.push(close)
  const provider = editor.chatProviders.get('roundhouse') ?? assert.fail('no provider is registered')
  const { models, announcements } = followModels(provider)
  return {
    clock,
    editor,
    exports,
    folder,
    secrets,
    announcements,
    ...describeWindow(editor, models),
    describe: async (id) => findModel(await models(), id),
    async countTokens(model, text) {
      const found = findModel(await models(), model)
      return await provider.provideTokenCount(found, text, new vscode.CancellationTokenSource().token)
    },
    ask: async (model, text, asked = {}) => await askModel(provider, await models(), [model, text, asked]),
    close,
  }
}
