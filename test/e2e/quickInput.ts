import type { Locator, Page } from 'playwright-core'
import { onRow } from './rows.js'
import { actionTimeout, insist, limitMs } from './until.js'

/** The box at the window's top: the command palette, lists to pick from, questions with a text. */
export interface QuickInput {
  openPalette(): Promise<void>
  /** Filters by `filter` (default: the label itself), waits for the row with exactly this label, and accepts it. */
  pick(label: string, filter?: string): Promise<void>
  /** Whether filtering brings up a row that shows the label, within a second. */
  has(label: string, filter?: string): Promise<boolean>
  /** Replaces the text in the box, without accepting it. */
  filter(text: string): Promise<void>
  /** Replaces the text in the box and accepts it. */
  type(text: string): Promise<void>
  accept(): Promise<void>
  cancel(): Promise<void>
  /** The rows on the screen, each as one line of text. */
  rows(): Promise<string[]>
  /** The title and the question around the box. */
  prompt(): Promise<string>
  /** Whether the typed text is hidden, as a key must be. */
  isPassword(): Promise<boolean>
  /** The text in the box; empty where none is open. */
  value(): Promise<string>
  /** Waits for the box with this in its title: one box follows another without a gap. */
  waitForTitle(title: string): Promise<void>
  waitUntilOpen(): Promise<void>
  waitUntilClosed(): Promise<void>
}

/** Not any text: what was picked in one list may be a description in the next. */
function labelOf(page: Page, label: string): Locator {
  return page.locator('.label-name').getByText(label, { exact: true })
}

const write = (box: Locator, text: string) =>
  insist(
    'the text in the box',
    () => box.fill(text, actionTimeout),
    async () => (await box.inputValue()) === text,
  )

export function createQuickInput(page: Page): QuickInput {
  const widget = page.locator('.quick-input-widget')
  const box = widget.locator('.quick-input-box input')
  const rows = widget.locator('.quick-input-list .monaco-list-row')
  const row = (label: string) => rows.filter({ has: labelOf(page, label) }).first()
  /** The key goes to the box, wherever the focus is. */
  const accept = () => box.press('Enter')
  const texts = async () => (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim())
  return {
    async openPalette() {
      // While a dialog or an earlier list is closing, the key is lost.
      for (const end = Date.now() + limitMs; !(await box.isVisible()); ) {
        if (Date.now() > end) throw new Error('The command palette does not open.')
        await page.keyboard.press('F1')
        await box.waitFor({ timeout: 1000 }).catch(() => undefined)
      }
    },
    async pick(label, filter = label) {
      const choose = async () => {
        // A text that is there already would draw the rows anew, under the click.
        if (await row(label).isHidden()) await box.fill(filter, actionTimeout)
        await onRow(page, label, () => row(label).click(actionTimeout))
      }
      // Until its row is gone, what is typed next would go into this list.
      await insist(`the choice of "${label}"`, choose, () => row(label).isHidden())
    },
    async has(label, filter = label) {
      await box.fill(filter)
      return row(label)
        .waitFor({ timeout: 1000 })
        .then(
          () => true,
          () => false,
        )
    },
    filter: (text) => write(box, text),
    async type(text) {
      await write(box, text)
      await accept()
    },
    accept,
    cancel: () =>
      insist(
        'the box closed',
        () => page.keyboard.press('Escape'),
        () => widget.isHidden(),
      ),
    rows: texts,
    prompt: async () =>
      (await widget.locator('.quick-input-title, .quick-input-message').allInnerTexts()).join('\n').trim(),
    isPassword: async () => (await box.getAttribute('type')) === 'password',
    value: async () => ((await box.isVisible()) ? box.inputValue() : ''),
    waitForTitle: (title) => widget.locator('.quick-input-title', { hasText: title }).waitFor(),
    waitUntilOpen: () => box.waitFor(),
    waitUntilClosed: () => widget.waitFor({ state: 'hidden' }),
  }
}
