/** What `import … from 'vscode'` finds in unit tests: the API of the window that is open, as far as the product uses it. */
import { currentEditor, type FakeEditor, type Rows } from './editor.js'
import { EventEmitter, type Uri } from './values.js'

export {
  CancellationError,
  CancellationTokenSource,
  ConfigurationTarget,
  Disposable,
  EventEmitter,
  LanguageModelChatMessage,
  LanguageModelChatMessageRole,
  LanguageModelChatToolMode,
  LanguageModelDataPart,
  LanguageModelPromptTsxPart,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  LanguageModelToolResultPart,
  MarkdownString,
  ProgressLocation,
  QuickInputButtons,
  QuickPickItemKind,
  StatusBarAlignment,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
} from './values.js'

type Parameters1<K extends keyof FakeEditor['user']['dialogs']> = Parameters<FakeEditor['user']['dialogs'][K]>

/** Adds to a map until it is disposed of. */
function register<V>(map: Map<string, V>, key: string, value: V) {
  map.set(key, value)
  return { dispose: () => void map.delete(key) }
}

async function showPage({ contents, pages }: FakeEditor, uri: Uri): Promise<void> {
  const text = contents.get(uri.scheme)?.provideTextDocumentContent(uri) ?? ''
  pages.push({ name: uri.path.replaceAll(/^\/|\.md$/g, ''), text })
}

function isUri(value: unknown): value is Uri {
  return typeof value === 'object' && value !== null && 'scheme' in value && 'path' in value
}

export const commands = {
  registerCommand: (id: string, run: (argument: unknown) => Promise<unknown>) =>
    register(currentEditor().commands, id, run),
  getCommands: async () => [...currentEditor().commands.keys()],
  async executeCommand(command: string, ...args: unknown[]) {
    const editor = currentEditor()
    const own = editor.commands.get(command)
    if (own !== undefined) return await own(args[0])
    const [first, second] = args
    if (command === 'setContext') return void editor.contextKeys.set(String(first), second)
    editor.executed.push({ command, args })
    if (command === 'workbench.action.chat.manage') editor.extensions.add('GitHub.copilot-chat')
    if (command === 'markdown.showPreview' && isUri(first)) await showPage(editor, first)
    return undefined
  },
}

export const workspace = {
  get name() {
    return currentEditor().workspaceName
  },
  get workspaceFolders() {
    return undefined
  },
  get workspaceFile() {
    return undefined
  },
  get isTrusted() {
    return currentEditor().isTrusted
  },
  getConfiguration: (section?: string) => currentEditor().settings.configuration(section),
  onDidChangeConfiguration: (listener: Parameters<FakeEditor['settings']['onDidChange']>[0]) =>
    currentEditor().settings.onDidChange(listener),
  onDidChangeWorkspaceFolders: (listener: () => void) => currentEditor().foldersChanged.event(listener),
  registerTextDocumentContentProvider: (
    scheme: string,
    provider: { provideTextDocumentContent(uri: Uri): string },
  ) => register(currentEditor().contents, scheme, provider),
  fs: {
    async writeFile(uri: Uri, bytes: Uint8Array) {
      currentEditor().saved.set(uri.fsPath, new TextDecoder().decode(bytes))
    },
  },
}

function createOutputChannel() {
  const { log, executed } = currentEditor()
  const write = (level: string) => (text: string) => void log.push(`${level} ${text}`)
  return {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    show: () => void executed.push({ command: 'showOutput', args: [] }),
    dispose() {},
  }
}

function createTreeView(id: string, { treeDataProvider }: { readonly treeDataProvider: Rows }) {
  const { trees } = currentEditor()
  trees.set(id, treeDataProvider)
  const never = new EventEmitter<never>().event
  return {
    visible: false,
    message: '',
    onDidExpandElement: never,
    onDidCollapseElement: never,
    onDidChangeVisibility: never,
    dispose: () => void trees.delete(id),
  }
}

function createStatusBarItem() {
  const { statusItems } = currentEditor()
  const item = { text: '', isShown: false, show: () => void (item.isShown = true), dispose() {} }
  statusItems.push(item)
  return item
}

const tell =
  (level: Parameters1<'show'>[0]) =>
  async (message: string, ...rest: readonly unknown[]) =>
    await currentEditor().user.dialogs.show(level, message, rest)

const neverCancelled = { isCancellationRequested: false, onCancellationRequested: new EventEmitter().event }

export const window = {
  get state() {
    return { focused: currentEditor().isFocused }
  },
  tabGroups: { all: [], close: async () => true },
  createOutputChannel,
  createTreeView,
  createStatusBarItem,
  createQuickPick: () => currentEditor().user.dialogs.createQuickPick(),
  createInputBox: () => currentEditor().user.dialogs.createInputBox(),
  showInformationMessage: tell('info'),
  showWarningMessage: tell('warning'),
  showErrorMessage: tell('error'),
  setStatusBarMessage: (message: string) => currentEditor().user.dialogs.flash(message),
  withProgress: async (_: unknown, task: (report: object, token: object) => Promise<unknown>) =>
    await task({ report() {} }, neverCancelled),
  async showOpenDialog() {
    const paths = await currentEditor().user.dialogs.open()
    return paths?.map((path) => ({ scheme: 'file', path, fsPath: path }))
  },
  async showSaveDialog() {
    const path = await currentEditor().user.dialogs.save()
    return path === undefined ? undefined : { scheme: 'file', path, fsPath: path }
  },
}

export const env = {
  clipboard: { writeText: async (text: string) => void (currentEditor().clipboard = text) },
  openExternal: async (uri: Uri) => void currentEditor().opened.push(uri.toString()),
}

export const extensions = {
  getExtension: (id: string) => (currentEditor().extensions.has(id) ? { id, isActive: false } : undefined),
}

export const lm = {
  registerLanguageModelChatProvider: (
    vendor: string,
    provider: ReturnType<FakeEditor['chatProviders']['get']> & object,
  ) => register(currentEditor().chatProviders, vendor, provider),
}
