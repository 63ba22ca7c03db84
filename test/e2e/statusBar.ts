import type { Page } from 'playwright-core'
import { actionTimeout, insist } from './until.js'

/** Roundhouse's entry in the status bar. */
export interface StatusBar {
  text(): Promise<string>
  /** What a screen reader says. */
  spoken(): Promise<string>
  openSwitcher(): Promise<void>
}

export function createStatusBar(page: Page): StatusBar {
  const item = page.locator('[id="roundhouse.roundhouse.roundhouse.model"]')
  const switcher = page.locator('.quick-input-title', { hasText: 'Select Model' })
  return {
    text: async () => (await item.innerText()).trim(),
    spoken: async () => (await item.getAttribute('aria-label')) ?? '',
    openSwitcher: () =>
      insist(
        'the switcher',
        () => item.click(actionTimeout),
        () => switcher.isVisible(),
      ),
  }
}
