import type { Page } from 'playwright-core'

/** Roundhouse's entry in the status bar. */
export interface StatusBar {
  text(): Promise<string>
  /** What a screen reader says. */
  spoken(): Promise<string>
  click(): Promise<void>
}

export function createStatusBar(page: Page): StatusBar {
  const item = page.locator('[id="roundhouse.roundhouse.roundhouse.model"]')
  return {
    text: async () => (await item.innerText()).trim(),
    spoken: async () => (await item.getAttribute('aria-label')) ?? '',
    click: () => item.click(),
  }
}
