import type { Locator, Page } from 'playwright-core'
import { actionTimeout, insist, limitMs, until } from './until.js'

/** VS Code's own Chat view, signed out. */
export interface ChatView {
  /** Switches VS Code's chat on, which a fresh profile keeps off until its models have been looked at. */
  enable(): Promise<void>
  /** In a window that has a model: a message sent before the built-in chat runs would end at VS Code's sign-in. */
  waitUntilStarted(): Promise<void>
  open(): Promise<void>
  /** The name of the model that the next message goes to. */
  modelName(): Promise<string>
  /** Picks a model in the Chat view's own list; waits until VS Code offers it. */
  pickModel(name: string): Promise<void>
  /** The levels of reasoning effort that are offered beside the model; none for many models. */
  efforts(): Promise<readonly string[]>
  /** Chooses a level of effort beside the model. */
  pickEffort(level: string): Promise<void>
  /** Begins a conversation anew, with the same model. */
  startNew(): Promise<void>
  /** Types a message and sends it, without waiting for the answer. */
  send(text: string): Promise<void>
  /** Sends a message and resolves with the text of the finished answer, or of the error in its place. */
  ask(text: string): Promise<string>
  /** The last answer as far as it has come. */
  answer(): Promise<string>
  /** Presses the button that ends an answer. */
  stop(): Promise<void>
  /** From now on notes how the text on the screen grows; the result resolves with its lengths so far. */
  watchAnswer(): Promise<() => Promise<readonly number[]>>
}

export interface ChatViewOptions {
  readonly runCommand: (title: string) => Promise<void>
  /** Whether this window's chat takes messages. */
  readonly hasStarted: () => Promise<boolean>
}

export function createChatView(page: Page, { runCommand, hasStarted }: ChatViewOptions): ChatView {
  const input = page.locator('.interactive-input-part').last()
  const picker = input.locator('.model-picker-name')
  const answer = () => textOf(page.locator('.chat-most-recent-response'))
  const waitUntilStarted = async () =>
    void (await until('VS Code’s own chat, which takes messages', hasStarted))
  const send = async (text: string) => {
    await waitUntilStarted()
    await sendFrom(page, input, text)
  }
  return {
    async enable() {
      await runCommand('Chat: Manage Language Models')
      const models = page.locator('.ai-models-management-editor')
      await models.waitFor()
      await insist(
        'VS Code’s list of models closed',
        () => page.keyboard.press('Escape'),
        () => models.isHidden(),
      )
      await waitForActivation(page)
    },
    waitUntilStarted,
    async open() {
      await runCommand('Chat: Open Chat')
      await input.waitFor()
    },
    modelName: () => modelName(picker),
    efforts: () => listEfforts(page, input),
    pickEffort: (level) => pickEffort(page, input, level),
    pickModel: (name) => pickFromList(page, picker, name),
    startNew: () => startNew(page),
    send,
    async ask(text) {
      const before = await page.evaluate(lastAnswerIndex)
      await send(text)
      await page.waitForFunction(isAnswered, before, { timeout: 2 * limitMs })
      return answer()
    },
    answer,
    stop: () => stop(input),
    async watchAnswer() {
      const lengths = await page.evaluateHandle(noteLengths)
      return () => lengths.jsonValue()
    },
  }
}

/** Chat does not start before there is a model, so this is no more than a good moment to go on. */
async function waitForActivation(page: Page): Promise<void> {
  const activating = page.getByText('Activating Extensions...')
  await activating.waitFor({ timeout: 5000 }).catch(() => undefined)
  await activating.waitFor({ state: 'hidden' })
}

/**
 * A view that is still being made forgets what is typed into it, and takes no Enter. So the text is typed until it stands
 * there, and sent until it is in the conversation: on a busy machine that takes VS Code a while.
 */
async function sendFrom(page: Page, input: Locator, text: string): Promise<void> {
  const asked = page.locator('.interactive-request', { hasText: text })
  const before = await asked.count()
  const isAsked = async () => (await asked.count()) > before
  const written = async () => withoutSpaces(await input.locator('.view-lines').first().innerText())
  const isWritten = async () => (await written()) === withoutSpaces(text)
  // A click would meet the notifications above it.
  const focus = () => input.locator('.native-edit-context, textarea.inputarea').first().focus(actionTimeout)
  const write = async () => {
    await focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText(text)
  }
  const send = async () => {
    if (await isAsked()) return
    if (!(await isWritten())) await insist(`"${text}" typed`, write, isWritten)
    await focus()
    await page.keyboard.press('Enter')
  }
  await insist(`"${text}" sent`, send, isAsked)
}

/** A long message is broken into lines, and its spaces are no plain ones. */
function withoutSpaces(text: string): string {
  return text.replaceAll(/\s/g, '')
}

/** In a narrow view the picker shows an icon alone. */
async function modelName(picker: Locator): Promise<string> {
  return ((await picker.getAttribute('aria-label')) ?? '').replace(/^[^,]*, /, '').trim()
}

/** The button goes with the answer that it ends. */
async function stop(input: Locator): Promise<void> {
  const button = input.getByRole('button', { name: /^Cancel/ })
  await button.waitFor()
  await insist(
    'the answer stopped',
    async () => ((await button.isVisible()) ? button.click(actionTimeout) : undefined),
    () => button.isHidden(),
  )
}

const startNew = (page: Page) =>
  insist(
    'a new conversation',
    () =>
      page
        .getByRole('button', { name: /^New Chat \(/ })
        .first()
        .click(actionTimeout),
    () => page.locator('.interactive-request').first().isHidden(),
  )

const effortOf = (input: Locator) => input.locator('.model-picker-config')

const effortRows = (page: Page) =>
  page.locator('.action-widget', { hasText: 'Reasoning Effort' }).locator('.monaco-list-row.action')

const openEfforts = (page: Page, input: Locator) =>
  insist(
    'the list of reasoning efforts',
    async () =>
      (await effortRows(page).first().isVisible()) ? undefined : effortOf(input).click(actionTimeout),
    () => effortRows(page).first().isVisible(),
  )

const closeEfforts = (page: Page) =>
  insist(
    'the list of reasoning efforts closed',
    async () => ((await effortRows(page).first().isVisible()) ? page.keyboard.press('Escape') : undefined),
    () => effortRows(page).first().isHidden(),
  )

async function listEfforts(page: Page, input: Locator): Promise<readonly string[]> {
  if (!(await effortOf(input).isVisible())) return []
  await openEfforts(page, input)
  const titles = await effortRows(page).locator('.title').allInnerTexts()
  await closeEfforts(page)
  return titles
}

async function pickEffort(page: Page, input: Locator, level: string): Promise<void> {
  const isChosen = async () => (await effortOf(input).innerText()).trim() === level
  const choose = async () => {
    await openEfforts(page, input)
    await effortRows(page)
      .filter({ has: page.getByText(level, { exact: true }) })
      .click(actionTimeout)
  }
  await insist(`the effort "${level}"`, choose, isChosen)
  await closeEfforts(page)
}

/** The list is made anew while it is open, and filled while it is closed: it is opened again until the model is taken. */
async function pickFromList(page: Page, picker: Locator, name: string): Promise<void> {
  const rows = page.locator('.action-widget .monaco-list-row')
  const row = rows.filter({ hasText: name }).first()
  const moreModels = page.locator('.action-widget .chat-model-picker-section-toggle')
  await until(`the model "${name}" in Chat`, async () => {
    if ((await modelName(picker)) === name) return true
    await picker.click(actionTimeout).catch(() => undefined)
    await rows
      .first()
      .waitFor(actionTimeout)
      .catch(() => undefined)
    if (!(await row.isVisible()) && (await moreModels.isVisible()))
      await moreModels.click(actionTimeout).catch(() => undefined)
    const isTaken = await row.click({ timeout: 1000 }).then(
      () => true,
      () => false,
    )
    if (!isTaken) await page.keyboard.press('Escape')
    return false
  })
}

async function textOf(response: Locator): Promise<string> {
  const parts = response.locator('.chat-markdown-part, .chat-notification-widget .rendered-markdown')
  return (await parts.allInnerTexts()).join('\n').trim()
}

/** Runs in the page: the position of the last answer in the conversation, -1 when there is none. */
function lastAnswerIndex(): number {
  const rows = [...document.querySelectorAll('.monaco-list-row:has(.interactive-response)')]
  return Math.max(-1, ...rows.map((row) => Number(row.getAttribute('data-index'))))
}

/** Runs in the page: whether an answer after that position is there and finished. */
function isAnswered(before: number): boolean {
  const response = document.querySelector('.chat-most-recent-response')
  const index = Number(response?.closest('.monaco-list-row')?.getAttribute('data-index') ?? -1)
  const isFinished = response?.classList.contains('chat-response-loading') === false
  const footer = response?.querySelector<HTMLElement>('.chat-footer-toolbar')
  return index > before && isFinished && (footer?.offsetHeight ?? 0) > 0
}

/** Runs in the page: the lengths that the last answer's text has had, growing. */
function noteLengths(): number[] {
  const lengths: number[] = []
  const note = () => {
    const length =
      document.querySelector('.chat-most-recent-response .chat-markdown-part')?.textContent.length ?? 0
    if (length > (lengths.at(-1) ?? 0)) lengths.push(length)
  }
  new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true })
  return lengths
}
