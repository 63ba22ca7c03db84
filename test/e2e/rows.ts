import type { Page } from 'playwright-core'

/** Whether the pointer's events of one action reached the row, or were kept from another one. */
interface Outcome {
  readonly reached: boolean
  readonly missed: boolean
}

/**
 * Does something with the pointer that may reach only a list's row with this label, and throws if it met another one.
 * VS Code gives the elements of a list that changes to other rows, and an element that was found by its label then
 * shows another row by the time it is clicked. What a click opens may cover the row before playwright is content with
 * the click; it counts then too.
 */
export async function onRow(page: Page, label: string, act: () => Promise<unknown>): Promise<void> {
  const guard = await page.evaluateHandle(guardRow, label)
  const error = await act().then(
    () => undefined,
    (cause: unknown) => ({ cause }),
  )
  const { reached, missed } = await guard.evaluate((armed) => armed.end())
  await guard.dispose()
  if (missed) throw new Error(`The row "${label}" moved away under the pointer.`)
  if (error !== undefined && !reached) throw error.cause
}

/** Runs in the page. */
function guardRow(label: string): { end(): Outcome } {
  let reached = false
  let missed = false
  const downs = ['pointerdown', 'mousedown']
  const whole = ['click', 'contextmenu']
  const types = [...downs, ...whole, 'pointerup', 'mouseup', 'auxclick']
  const plain = (text: string | null) => (text ?? '').replaceAll(/\s+/g, ' ').trim()
  const check = (event: Event) => {
    const row = event.target instanceof Element ? event.target.closest('.monaco-list-row') : null
    const names = [...(row?.querySelectorAll('.label-name') ?? [])]
    const isRow = names.some((name) => plain(name.textContent) === plain(label))
    if (isRow && !missed) {
      reached ||= whole.includes(event.type)
      return
    }
    // A menu that has just opened takes the rest of the click that opened it.
    if (row === null && !missed && !downs.includes(event.type)) return
    missed = !reached
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  for (const type of types) window.addEventListener(type, check, { capture: true })
  return {
    end() {
      for (const type of types) window.removeEventListener(type, check, { capture: true })
      return { reached, missed }
    },
  }
}
