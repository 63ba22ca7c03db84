import type { Locator, Page } from 'playwright-core'
import { until } from './until.js'

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
      const { expanded } = await waitFor(label)
      if (expanded === false) await row(label).click()
      await waitFor(label, (found) => found.expanded !== false)
    },
    click: (label) => row(label).click(),
    tooltip: (label) => readTooltip(page, row(label)),
    async actions(label) {
      await row(label).hover()
      const labels = row(label).locator('.actions .action-label')
      return labels.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label') ?? ''))
    },
    async press(label, action) {
      await row(label).hover()
      await row(label).getByRole('button', { name: action, exact: true }).click()
    },
    choose: (label, item) => chooseFromMenu(page, row(label), item),
    async pressTitle(action) {
      await view.locator('.composite.title').hover()
      await view.locator('.composite.title').getByRole('button', { name: action, exact: true }).click()
    },
    waitForText: (text) => view.getByText(text).waitFor(),
    text: () => view.innerText(),
  }
}

async function chooseFromMenu(page: Page, row: Locator, item: string): Promise<void> {
  await row.click({ button: 'right' })
  const entry = page.locator('.monaco-menu').getByRole('menuitem', { name: item, exact: true })
  await entry.waitFor()
  // A menu that has only just opened takes no click.
  await until(`the choice of "${item}"`, async () => {
    await entry.click({ timeout: 1000 }).catch(() => undefined)
    return !(await entry.isVisible())
  })
}

/** While a window is loaded it brings back what was open, and then a click would close that. */
async function openView(page: Page, view: Locator): Promise<void> {
  const title = view.locator('.composite.title', { hasText: 'Roundhouse' })
  const icon = page.locator('.activitybar').getByRole('tab', { name: 'Roundhouse', exact: true })
  await until('the Models view', async () => {
    if (await title.isVisible()) return true
    await icon.click()
    return title.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    )
  })
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
async function readTooltip(page: Page, row: Locator): Promise<string> {
  const hover = page.locator('.workbench-hover-container .monaco-hover, .workbench-hover').first()
  await page.mouse.move(0, 0)
  await hover.waitFor({ state: 'hidden' })
  await row.locator('.label-name').hover()
  await hover.waitFor()
  return hover.innerText()
}
