import type { Locator, Page } from 'playwright-core'
import { actionTimeout, insist } from './until.js'

/** What VS Code tells and asks outside its editors: notifications at the edge, dialogs in the middle. */
export interface Notices {
  /** Waits for the notification that has this text; resolves with all of its text. */
  waitFor(text: string): Promise<string>
  /** Presses a button of the notification that has this text, and waits until that is gone. */
  press(text: string, button: string): Promise<void>
  /** Closes whatever notifications are shown. */
  dismiss(): Promise<void>
  /** Waits until none is shown; what VS Code tells of work in progress stays for a second. */
  waitUntilNone(): Promise<void>
  /** Waits for the dialog that has this text; resolves with all of its text, buttons too. */
  dialog(text: string): Promise<string>
  /** Presses a button of the dialog that is open, and waits until it is closed. */
  answer(button: string): Promise<void>
}

export function createNotices(page: Page): Notices {
  const notice = (text: string) => page.locator('.notification-list-item', { hasText: text }).first()
  const dialog = page.locator('.monaco-dialog-box')
  const center = page.locator('.notifications-center')
  const clearAll = center.locator('.codicon-notifications-clear-all')
  const bell = page.locator('[id="status.notifications"]')
  /** VS Code keeps some from the screen (too many at once, or the keyboard is near them) and lists them behind the bell. */
  const find = (text: string) =>
    insist(
      `the notification "${text}"`,
      async () => {
        const isShown = await notice(text)
          .waitFor({ timeout: 5000 })
          .then(
            () => true,
            () => false,
          )
        if (!isShown && (await center.isHidden())) await bell.click(actionTimeout)
      },
      () => notice(text).isVisible(),
    )
  return {
    async waitFor(text) {
      await find(text)
      return plain(notice(text).locator('.notification-list-item-message'))
    },
    async press(text, button) {
      await find(text)
      await pressAway(notice(text), button)
    },
    async dismiss() {
      await insist(
        'the list of notifications closed',
        async () => ((await center.isVisible()) ? clearAll.click(actionTimeout) : undefined),
        () => center.isHidden(),
      )
      const closeButtons = page.locator('.notifications-toasts .codicon-notifications-clear')
      for (let open = await closeButtons.count(); open > 0; open = await closeButtons.count()) {
        await closeButtons
          .first()
          .click({ timeout: 2000 })
          .catch(() => undefined)
      }
    },
    waitUntilNone: () => notice('').waitFor({ state: 'hidden' }),
    async dialog(text) {
      await dialog.filter({ hasText: text }).waitFor()
      return plain(dialog)
    },
    async answer(button) {
      await dialog.waitFor()
      await pressAway(dialog, button)
    },
  }
}

/** Presses a button until what it stands in is gone. */
async function pressAway(box: Locator, button: string): Promise<void> {
  const found = box.getByRole('button', { name: button, exact: true })
  await insist(
    `the button "${button}"`,
    async () => ((await box.isVisible()) ? found.click(actionTimeout) : undefined),
    () => box.isHidden(),
  )
}

async function plain(element: Locator): Promise<string> {
  return (await element.innerText()).replaceAll(/\s+/g, ' ').trim()
}
