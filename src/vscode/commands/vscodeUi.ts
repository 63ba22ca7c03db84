import * as vscode from 'vscode'
import { linkSignal } from '../cancellation.js'
import { inertText, plainLine, visibleText } from '../views/foreignText.js'
import { escapeIcons } from '../views/format.js'
import type {
  Answer,
  FileQuestion,
  InputQuestion,
  Notice,
  PickQuestion,
  PickRow,
  StepPosition,
  Ui,
} from './ui.js'

const flashMs = 4000

function icon(id: string | undefined): { iconPath?: vscode.ThemeIcon } {
  return id === undefined ? {} : { iconPath: new vscode.ThemeIcon(id) }
}

interface RowItem<T> extends vscode.QuickPickItem {
  readonly row?: PickRow<T>
}

/** A heading becomes a separator before its row. */
function toItems<T>(rows: readonly PickRow<T>[]): RowItem<T>[] {
  return rows.flatMap((row) => {
    const item: RowItem<T> = {
      label: escapeIcons(row.label),
      ...icon(row.icon),
      ...(row.description === undefined ? {} : { description: escapeIcons(row.description) }),
      ...(row.detail === undefined ? {} : { detail: escapeIcons(row.detail) }),
      buttons: (row.buttons ?? []).map((button) => ({
        iconPath: new vscode.ThemeIcon(button.icon),
        tooltip: button.tooltip,
      })),
      row,
    }
    if (row.heading === undefined) return [item]
    return [{ label: escapeIcons(row.heading), kind: vscode.QuickPickItemKind.Separator }, item]
  })
}

/** Step numbers and the Back button, which quick picks and input boxes have in common. */
function place(
  box: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  position: StepPosition | undefined,
) {
  if (position === undefined) return
  box.step = position.step
  box.totalSteps = position.total
  if (position.canGoBack) box.buttons = [vscode.QuickInputButtons.Back]
}

interface Outcome<T> {
  readonly answer: (value: Answer<T>) => void
  readonly fail: (error: unknown) => void
}

/** Shows a box until it is answered or hidden, then disposes of it. */
async function ask<T>(
  box: vscode.QuickInput & { show(): void; dispose(): void },
  listen: (outcome: Outcome<T>) => void,
): Promise<Answer<T>> {
  try {
    return await new Promise<Answer<T>>((resolve, reject) => {
      listen({ answer: resolve, fail: reject })
      box.onDidHide(() => resolve({ kind: 'cancelled' }))
      box.show()
    })
  } finally {
    box.dispose()
  }
}

async function pick<T>(question: PickQuestion<T>): Promise<Answer<T>> {
  const box = vscode.window.createQuickPick<RowItem<T>>()
  box.title = plainLine(question.title)
  box.placeholder = plainLine(question.placeholder)
  box.matchOnDescription = true
  box.matchOnDetail = true
  box.ignoreFocusOut = question.position !== undefined
  place(box, question.position)
  const show = (rows: readonly PickRow<T>[]): void => {
    box.items = toItems(rows)
    const active = box.items.find((item) => item.row?.active === true)
    if (active !== undefined) box.activeItems = [active]
  }
  show(question.rows)
  return ask<T>(box, ({ answer, fail }) => {
    box.onDidTriggerButton(() => answer({ kind: 'back' }))
    box.onDidAccept(() => {
      const row = box.selectedItems[0]?.row ?? box.activeItems[0]?.row
      if (row !== undefined) answer({ kind: 'value', value: row.value })
    })
    const press = async (row: PickRow<T>, tooltip: string | undefined): Promise<void> => {
      const pressed = row.buttons?.find((candidate) => candidate.tooltip === tooltip)
      const outcome = pressed && (await question.onButton?.(pressed.id, row.value))
      if (outcome === 'close') answer({ kind: 'cancelled' })
      else if (outcome !== undefined) show(outcome)
    }
    box.onDidTriggerItemButton(({ item: { row }, button }) => {
      if (row !== undefined) press(row, button.tooltip).catch(fail)
    })
  })
}

async function input(question: InputQuestion): Promise<Answer<string>> {
  const box = vscode.window.createInputBox()
  box.title = plainLine(question.title)
  box.prompt = inertText(question.prompt)
  box.value = question.value ?? ''
  box.placeholder = question.placeholder
  box.password = question.password ?? false
  box.ignoreFocusOut = true
  place(box, question.position)
  const link = question.link
  const linkButton =
    link === undefined
      ? undefined
      : { iconPath: new vscode.ThemeIcon('link-external'), tooltip: link.tooltip }
  if (linkButton !== undefined) box.buttons = [...box.buttons, linkButton]
  return ask<string>(box, ({ answer, fail }) => {
    box.onDidTriggerButton((button) => {
      if (button !== linkButton || link === undefined) answer({ kind: 'back' })
      else vscode.env.openExternal(vscode.Uri.parse(link.url)).then(undefined, fail)
    })
    box.onDidChangeValue((text) => {
      // While typing only a complaint already made is updated: half a word is not yet wrong.
      if (box.validationMessage !== undefined) box.validationMessage = question.validate?.(text)
      question.onChange?.(text)
    })
    box.onDidAccept(() => {
      const problem = question.validate?.(box.value)
      box.validationMessage = problem
      if (problem === undefined) answer({ kind: 'value', value: box.value })
    })
  })
}

async function tell(notice: Notice): Promise<string | undefined> {
  const show = {
    info: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  }[notice.level]
  const options = {
    modal: notice.modal ?? false,
    ...(notice.detail === undefined ? {} : { detail: visibleText(notice.detail) }),
  }
  return show(inertText(notice.message), options, ...(notice.buttons ?? []))
}

async function progress<T>(title: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { Notification } = vscode.ProgressLocation
  const options = { location: Notification, title: inertText(title), cancellable: true }
  return vscode.window.withProgress(options, async (_report, token) => {
    const link = linkSignal(token)
    try {
      return await task(link.signal)
    } finally {
      link.dispose()
    }
  })
}

async function chooseFiles(question: FileQuestion): Promise<readonly string[]> {
  const filters = Object.fromEntries(
    Object.entries(question.filters).map(([name, endings]) => [name, [...endings]]),
  )
  const uris = await vscode.window.showOpenDialog({
    title: question.title,
    openLabel: question.openLabel,
    canSelectMany: true,
    filters,
  })
  return (uris ?? []).filter((uri) => uri.scheme === 'file').map((uri) => uri.fsPath)
}

/** The questions and notices of commands as VS Code shows them. */
export function createUi(): Ui {
  return {
    pick,
    input,
    tell,
    flash: (message, ms = flashMs) => void vscode.window.setStatusBarMessage(escapeIcons(message), ms),
    progress,
    chooseFiles,
  }
}
