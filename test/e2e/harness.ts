// Drives a real VS Code in a browser: the packed extension, a fresh profile, no display.
//
//   const workbench = await openWorkbench({ settings: { … }, files: { 'notes.md': '…' } })
//   await workbench.runCommand('Roundhouse: Add Connection')   // the title as the palette shows it
//   await workbench.quickInput.pick('Ollama')                  // a row with exactly this label
//   await workbench.quickInput.type('http://127.0.0.1:11434')  // replaces the box's text and presses Enter
//   await workbench.chat.enable()                              // once: past VS Code's sign-in
//   const answer = await workbench.chat.ask('What is this?')
//   await workbench.screenshot('chat')                         // docs/pictures/chat.png with --pictures
//   await workbench.close()                                    // always, in `after`
//
// `workbench.page` is playwright's page, for everything else. Every wait ends with an error after 30 seconds.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumFlags, requireChromium } from '../../scripts/lib/chromium.mjs'
import { installVsix, startCodeServer } from '../../scripts/lib/code-server.mjs'
import { root } from '../../scripts/lib/paths.mjs'
import { createProfile, testEnvironment } from '../../scripts/lib/profile.mjs'
import { locateVsix } from '../../scripts/lib/vsix.mjs'
import { type ChatView, createChatView } from './chatView.js'
import { createQuickInput, type QuickInput } from './quickInput.js'

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

export interface Workbench {
  readonly page: Page
  readonly quickInput: QuickInput
  readonly chat: ChatView
  /** The workspace folder on disk. */
  readonly folder: string
  /** VS Code's whole state on disk: user-data/, extensions/, code-server.log. */
  readonly profile: string
  /** Runs a command by its full title in the palette, such as `View: Toggle Terminal`. */
  runCommand(title: string): Promise<void>
  /** Closes the editor that VS Code shows above the window (its settings, models, extensions); commands wait behind it. */
  closeModalEditor(): Promise<void>
  /** The texts of the notifications that are on the screen now. */
  notifications(): Promise<string[]>
  /** Writes a picture of the whole window and resolves with its path. */
  screenshot(name: string): Promise<string>
  /** Errors that the page has logged about this extension since it opened, and uncaught ones of anybody. */
  consoleErrors(): readonly string[]
  /** Loads the window again, with the same profile. */
  reload(): Promise<void>
  close(): Promise<void>
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
    const page = await browser.newPage({ viewport: options.viewport ?? { width: 1280, height: 800 } })
    const errors = collectErrors(page)
    await page.goto(`${server.origin}/?folder=${encodeURIComponent(folder)}`)
    await waitForWorkbench(page)
    return { ...createActions(page), profile, folder, consoleErrors: () => errors, close }
  } catch (error) {
    await close()
    throw error
  }
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
  await createProfile({ profile, test: true, settings })
  await installVsix({ profile, vsix: await locateVsix() })
  return folder
}

async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await requireChromium(), args: [...chromiumFlags] })
}

function createActions(page: Page) {
  const quickInput = createQuickInput(page)
  const runCommand = (title: string) => runFromPalette(quickInput, title)
  return {
    page,
    quickInput,
    chat: createChatView(page, runCommand),
    runCommand,
    async closeModalEditor() {
      await page.keyboard.press('Escape')
      await page.locator('.monaco-modal-editor-block').waitFor({ state: 'hidden' })
    },
    notifications: () => page.locator('.notification-list-item-message').allInnerTexts(),
    screenshot: (name: string) => takeScreenshot(page, name),
    async reload() {
      await page.reload()
      await waitForWorkbench(page)
    },
  }
}

/** The palette does not refresh by itself, so it is opened again until an extension's late command is in it. */
async function runFromPalette(quickInput: QuickInput, title: string): Promise<void> {
  for (const end = Date.now() + 30_000; ; ) {
    await quickInput.openPalette()
    if (await quickInput.has(title, `>${title}`)) break
    if (Date.now() > end) throw new Error(`The palette has no command "${title}".`)
    await quickInput.cancel()
  }
  await quickInput.pick(title, `>${title}`)
}

async function waitForWorkbench(page: Page): Promise<void> {
  page.setDefaultTimeout(30_000)
  await page.locator('.monaco-workbench').waitFor()
  // The extensions' own items come last; before them the palette lacks their commands.
  await page.locator('.statusbar-item').first().waitFor()
}

async function takeScreenshot(page: Page, name: string): Promise<string> {
  const folder = env['ROUNDHOUSE_PICTURES'] ?? join(root, 'out', 'pictures')
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
  return path
}

function collectErrors(page: Page): readonly string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    // VS Code itself, without network and account, logs many errors; ours carry the extension's id or its path.
    const isOurs = message.text().includes('roundhouse.roundhouse')
    if (message.type() === 'error' && isOurs) errors.push(message.text())
  })
  return errors
}
