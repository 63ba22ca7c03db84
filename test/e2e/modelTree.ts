import type { Locator, Page } from 'playwright-core'
import { onRow } from './rows.js'
import { actionTimeout, insist, until } from './until.js'

interface TreeRow {
  readonly label: string
  readonly description: string
  /** What a screen reader says. */
  readonly spoken: string
  /** From 1. */
  readonly level: number
  /** The codicon. */
  readonly icon: string
  /** Undefined where there is nothing to expand. */
  readonly expanded: boolean | undefined
  readonly focused: boolean
}

/** The Models view behind Roundhouse's icon in the activity bar. */
export interface ModelTree {
  open(): Promise<void>
  rows(): Promise<TreeRow[]>
  /** Waits until a row with this label is as described; resolves with it. */
  waitFor(label: string, holds?: (row: TreeRow) => boolean): Promise<TreeRow>
  waitUntilGone(label: string): Promise<void>
  /** Opens a row, if it is closed. */
  expand(label: string): Promise<void>
  click(label: string): Promise<void>
  /** The text of the tooltip that comes when the pointer rests on a row. */
  tooltip(label: string): Promise<string>
  /** The names of the buttons on a row. */
  actions(label: string): Promise<string[]>
  /** Presses a button on a row. */
  press(label: string, action: string): Promise<void>
  /** Presses a key until the row with this label has the focus and is as described. */
  walk(key: string, label: string, holds?: (row: TreeRow) => boolean): Promise<void>
  /** Chooses from a row's context menu. */
  choose(label: string, item: string): Promise<void>
  /** Presses a button of the view's title. */
  pressTitle(action: string): Promise<void>
  /** Waits until the view shows this beside its rows. */
  waitForText(text: string): Promise<void>
  /** Everything that the view shows, as text. */
  text(): Promise<string>
}

export function createModelTree(page: Page): ModelTree {
  const view = page.locator('[id="workbench.parts.sidebar"]')
  const all = view.locator('.monaco-list-row')
  const row = (label: string) =>
    all.filter({ has: page.locator('.label-name').getByText(label, { exact: true }) }).first()
  const find = async (label: string) => (await readRows(all)).find((candidate) => candidate.label === label)
  const waitFor = async (
    label: string,
    holds: (found: TreeRow) => boolean = () => true,
  ): Promise<TreeRow> => {
    const isWanted = (found: TreeRow | undefined) => found !== undefined && holds(found)
    const found = await until(`the tree's row "${label}"`, () => find(label), isWanted)
    if (found === undefined) throw new Error(`The tree has no row "${label}".`)
    return found
  }
  const click = (label: string) => onRow(page, label, () => row(label).click(actionTimeout))
  return {
    open: () => openView(page, view),
    rows: () => readRows(all),
    waitFor,
    waitUntilGone: async (label) =>
      void (await until(
        `no row "${label}"`,
        () => find(label),
        (found) => found === undefined,
      )),
    async expand(label) {
      await waitFor(label)
      const isOpen = async () => (await find(label))?.expanded !== false
      const open = async () => ((await isOpen()) ? undefined : click(label))
      await insist(`the row "${label}" opened`, open, isOpen)
    },
    click: (label) => insist(`the click on "${label}"`, () => click(label)),
    tooltip: (label) => readTooltip(page, row(label), label),
    async actions(label) {
      const buttons = row(label).locator('.actions .action-label')
      const isShown = () => buttons.first().isVisible()
      await insist(`the buttons of "${label}"`, () => hoverAnew(page, row(label)), isShown)
      return buttons.evaluateAll((found) => found.map((button) => button.getAttribute('aria-label') ?? ''))
    },
    press: (label, action) =>
      insist(`"${action}" of "${label}"`, () =>
        onRow(page, label, () => pressButton(page, row(label), action)),
      ),
    walk: (key, label, holds = () => true) =>
      walk(page, view, { key, isThere: isFocused(all, label, holds) }),
    choose: (label, item) =>
      chooseFromMenu(page, item, () =>
        onRow(page, label, () => row(label).click({ ...actionTimeout, button: 'right' })),
      ),
    pressTitle: (action) =>
      insist(`the button "${action}"`, () => pressButton(page, view.locator('.composite.title'), action)),
    waitForText: (text) => view.getByText(text).waitFor(),
    text: () => view.innerText(),
  }
}

function isFocused(rows: Locator, label: string, holds: (row: TreeRow) => boolean) {
  return async () => (await readRows(rows)).some((row) => row.focused && row.label === label && holds(row))
}

interface Step {
  readonly key: string
  readonly isThere: () => Promise<boolean>
}

/** What was open before gives its focus back late, and a key pressed meanwhile goes there. */
async function walk(page: Page, view: Locator, { key, isThere }: Step): Promise<void> {
  const list = view.locator('.monaco-list').first()
  const press = async () => {
    const hasKeyboard = () => list.evaluate((element) => element.contains(document.activeElement))
    await insist(
      'the keyboard in the tree',
      async () => ((await hasKeyboard()) ? undefined : list.focus()),
      hasKeyboard,
    )
    await page.keyboard.press(key)
  }
  await insist(`${key} in the tree`, press, isThere)
}

/** A row that was under the pointer when it was drawn anew shows its buttons only when the pointer comes again. */
async function hoverAnew(page: Page, element: Locator): Promise<void> {
  await page.mouse.move(0, 0)
  await element.hover(actionTimeout)
}

async function pressButton(page: Page, row: Locator, action: string): Promise<void> {
  await hoverAnew(page, row)
  await row.getByRole('button', { name: action, exact: true }).click(actionTimeout)
}

/** A menu shows what it had when it was opened, and one that has only just opened takes no click. */
async function chooseFromMenu(page: Page, item: string, open: () => Promise<void>): Promise<void> {
  const menu = page.locator('.monaco-menu')
  const entry = menu.getByRole('menuitem', { name: item, exact: true })
  await insist(`the choice of "${item}"`, async () => {
    if (await menu.first().isVisible()) await page.keyboard.press('Escape')
    await open()
    await entry.waitFor(actionTimeout)
    const clicks = await page.evaluateHandle(countMenuClicks)
    await until(`the click on "${item}"`, async () => {
      await entry.click({ timeout: 1000 }).catch(() => undefined)
      return !(await entry.isVisible())
    })
    if ((await clicks.evaluate((counter) => counter.end())) === 0)
      throw new Error(`The menu closed before the click on "${item}".`)
  })
}

/** Runs in the page: how many clicks reach a menu. What a click opens may come before playwright knows of the click. */
function countMenuClicks() {
  let count = 0
  const note = (event: Event) => {
    const isMenu = (part: EventTarget) => part instanceof Element && part.matches('.monaco-menu')
    if (event.composedPath().some(isMenu)) count += 1
  }
  window.addEventListener('mouseup', note, { capture: true })
  return {
    end() {
      window.removeEventListener('mouseup', note, { capture: true })
      return count
    },
  }
}

/** While a window is loaded it brings back what was open, and then a click would close that. */
async function openView(page: Page, view: Locator): Promise<void> {
  const title = view.locator('.composite.title', { hasText: 'Roundhouse' })
  const icon = page.locator('.activitybar').getByRole('tab', { name: 'Roundhouse', exact: true })
  const isOpen = () => title.isVisible()
  await insist(
    'the Models view',
    async () => ((await isOpen()) ? undefined : icon.click(actionTimeout)),
    isOpen,
  )
}

async function readRows(rows: Locator): Promise<TreeRow[]> {
  return rows.evaluateAll((elements) =>
    elements.map((element) => {
      const text = (selector: string) => element.querySelector(selector)?.textContent ?? ''
      const icon = element.querySelector('.custom-view-tree-node-item-icon')?.className ?? ''
      const expanded = element.getAttribute('aria-expanded')
      return {
        label: text('.label-name'),
        description: text('.label-description'),
        spoken: element.getAttribute('aria-label') ?? '',
        level: Number(element.getAttribute('aria-level')),
        icon:
          /codicon-(?!colored|modifier)([\w-]+)/.exec(
            icon.replace('custom-view-tree-node-item-icon', ''),
          )?.[1] ?? '',
        expanded: expanded === null ? undefined : expanded === 'true',
        focused: element.classList.contains('focused'),
      }
    }),
  )
}

/** The pointer comes from elsewhere, so that an earlier tooltip is gone. */
async function readTooltip(page: Page, row: Locator, label: string): Promise<string> {
  const hover = page.locator('.workbench-hover-container .monaco-hover, .workbench-hover').first()
  const point = async () => {
    await page.mouse.move(0, 0)
    await hover.waitFor({ ...actionTimeout, state: 'hidden' })
    await row.locator('.label-name').hover(actionTimeout)
  }
  const pointed = page.locator('.monaco-list-row:hover .label-name').getByText(label, { exact: true })
  const isThere = async () => (await hover.isVisible()) && (await pointed.first().isVisible())
  await insist(`the tooltip of "${label}"`, point, isThere)
  // What the extension is asked for only now takes the place of VS Code's own word.
  return until(
    'the text of the tooltip',
    () => hover.innerText(),
    (text) => text !== '' && text !== 'Loading...',
  )
}
