// Drives a real VS Code in a browser: the packed extension, a fresh profile, no display.
//
//   const workbench = await openWorkbench({ settings: { … }, files: { 'notes.md': '…' } })
//   await workbench.runCommand('Roundhouse: Add Connection')   // the title as the palette shows it
//   await workbench.quickInput.pick('Ollama')                  // a row with exactly this label
//   await workbench.quickInput.type('http://127.0.0.1:11434')  // replaces the box's text and presses Enter
//   await workbench.chat.enable()                              // once: past VS Code's sign-in
//   const answer = await workbench.chat.ask('What is this?')
//   const other = await workbench.openWindow()                 // a second window of the same user
//   await workbench.screenshot('chat')                         // docs/pictures/chat.png with --pictures
//   await workbench.close()                                    // always, in `after`
//
// `workbench.page` is playwright's page, for everything else. Every wait ends with an error after a minute.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumFlags, requireChromium } from '../../scripts/lib/chromium.mjs'
import { installVsix, startCodeServer } from '../../scripts/lib/code-server.mjs'
import { root } from '../../scripts/lib/paths.mjs'
import { createProfile, testEnvironment } from '../../scripts/lib/profile.mjs'
import { locateVsix } from '../../scripts/lib/vsix.mjs'
import { countChatStarts } from './chatStarts.js'
import { type ChatView, createChatView } from './chatView.js'
import { createModelTree, type ModelTree } from './modelTree.js'
import { createNotices, type Notices } from './notices.js'
import { createQuickInput, type QuickInput } from './quickInput.js'
import { createStatusBar, type StatusBar } from './statusBar.js'
import { insist, limitMs } from './until.js'

export interface WorkbenchOptions {
  /** User settings of the fresh profile. */
  settings?: Record<string, unknown>
  /** Variables that the extension sees. The machine's own keys and server addresses are never passed on. */
  env?: NodeJS.ProcessEnv
  /** The contents of the workspace folder, by path. */
  files?: Record<string, string>
  /** Default: 1280 × 800. */
  viewport?: { width: number; height: number }
}

/** One window of a running VS Code. */
export interface WorkbenchWindow {
  readonly page: Page
  readonly quickInput: QuickInput
  readonly chat: ChatView
  readonly notices: Notices
  readonly tree: ModelTree
  readonly statusBar: StatusBar
  /** Runs a command by its full title in the palette, such as `View: Toggle Terminal`. */
  runCommand(title: string): Promise<void>
  /** Closes the editor that VS Code shows above the window (its settings, models, extensions); commands wait behind it. */
  closeModalEditor(): Promise<void>
  /** Writes a picture of the window, or of a part of it, and resolves with its path. */
  screenshot(name: string, clip?: Clip): Promise<string>
  /** Errors that the page has logged about this extension since it opened, and uncaught ones of anybody. */
  consoleErrors(): readonly string[]
  /** Loads the window again, with the same profile. */
  reload(): Promise<void>
  close(): Promise<void>
}

/** The first window, whose end is the end of all. */
export interface Workbench extends WorkbenchWindow {
  /** The workspace folder on disk. */
  readonly folder: string
  /** VS Code's whole state on disk: user-data/, extensions/, code-server.log. */
  readonly profile: string
  /** Another window of the same user on the same VS Code. */
  openWindow(): Promise<WorkbenchWindow>
}

/** In pixels. */
interface Clip {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Starts VS Code with the extension and waits until its workbench is there. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const profile = await mkdtemp(join(tmpdir(), 'roundhouse-e2e-'))
  const closers: (() => Promise<unknown>)[] = [() => rm(profile, { recursive: true, force: true })]
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer()
  }
  try {
    const folder = await prepareFolders(profile, options)
    const server = await startCodeServer({ profile, env: testEnvironment(profile, options.env) })
    closers.push(server.stop)
    const browser = await launchBrowser()
    closers.push(() => browser.close())
    const context = await browser.newContext({ viewport: options.viewport ?? { width: 1280, height: 800 } })
    const url = `${server.origin}/?folder=${encodeURIComponent(folder)}`
    const openWindow = () => openPage(context, url, () => countChatStarts(profile))
    return { ...(await openWindow()), openWindow, profile, folder, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Of a test that fails, what was on the screen is kept in out/failures. */
export function pictureFailures(open: () => WorkbenchWindow | undefined): void {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return
    const name = this.currentTest
      .fullTitle()
      .replaceAll(/[^a-z0-9]+/gi, '-')
      .slice(0, 100)
    await open()?.page.screenshot({ path: join(root, 'out', 'failures', `${name}.png`) })
  })
}

async function prepareFolders(
  profile: string,
  { settings = {}, files = {} }: WorkbenchOptions,
): Promise<string> {
  const folder = join(profile, 'workspace')
  await mkdir(folder, { recursive: true })
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  // The tests' servers are not for forwarding, and their text is typed as it is.
  const quiet = {
    'remote.autoForwardPorts': false,
    'editor.autoClosingBrackets': 'never',
    'editor.autoClosingQuotes': 'never',
  }
  await createProfile({ profile, test: true, settings: { ...quiet, ...settings } })
  await installVsix({ profile, vsix: await locateVsix() })
  return folder
}

async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await requireChromium(), args: [...chromiumFlags] })
}

async function openPage(
  context: BrowserContext,
  url: string,
  countStarts: () => Promise<number>,
): Promise<WorkbenchWindow> {
  let earlierStarts = await countStarts()
  const page = await context.newPage()
  const errors = collectErrors(page)
  await page.goto(url)
  await waitForWorkbench(page)
  const quickInput = createQuickInput(page)
  const runCommand = (title: string) => runFromPalette(quickInput, title)
  return {
    page,
    quickInput,
    chat: createChatView(page, {
      runCommand,
      hasStarted: async () => (await countStarts()) > earlierStarts,
    }),
    notices: createNotices(page),
    tree: createModelTree(page),
    statusBar: createStatusBar(page),
    consoleErrors: () => errors,
    runCommand,
    async closeModalEditor() {
      const block = page.locator('.monaco-modal-editor-block')
      await insist(
        'the editor above the window closed',
        () => page.keyboard.press('Escape'),
        () => block.isHidden(),
      )
    },
    screenshot: (name, clip) => takeScreenshot(page, name, clip),
    async reload() {
      earlierStarts = await countStarts()
      await page.reload()
      await waitForWorkbench(page)
    },
    // As a user closes it: the page's own end runs.
    close: () => page.close({ runBeforeUnload: false }),
  }
}

/** The palette does not refresh by itself, so it is opened again until an extension's late command is in it. */
async function runFromPalette(quickInput: QuickInput, title: string): Promise<void> {
  const filter = `>${title}`
  const choose = async () => {
    await quickInput.openPalette()
    if (await quickInput.has(title, filter)) return quickInput.pick(title, filter)
    await quickInput.cancel()
    throw new Error(`The palette has no command "${title}".`)
  }
  // What the command asks comes in the same box, and must not be typed into the palette.
  await insist(`the command "${title}" run`, choose, async () => (await quickInput.value()) !== filter)
}

async function waitForWorkbench(page: Page): Promise<void> {
  page.setDefaultTimeout(limitMs)
  await page.locator('.monaco-workbench').waitFor()
  // The extensions' own items come last; before them the palette lacks their commands.
  await page.locator('.statusbar-item').first().waitFor()
}

async function takeScreenshot(page: Page, name: string, clip?: Clip): Promise<string> {
  const folder = env['ROUNDHOUSE_PICTURES'] ?? join(root, 'out', 'pictures')
  const path = join(folder, `${name}.png`)
  await page.screenshot({
    path,
    animations: 'disabled',
    caret: 'hide',
    ...(clip === undefined ? {} : { clip }),
  })
  return path
}

function collectErrors(page: Page): readonly string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    // VS Code itself, without network and account, logs many errors; ours carry the extension's id or its path.
    const isOurs = message.text().includes('roundhouse.roundhouse')
    // A request that its user stops is an error only to VS Code's log.
    const isStopped = message.text().includes('Canceled: Canceled')
    if (message.type() === 'error' && isOurs && !isStopped) errors.push(message.text())
  })
  return errors
}
