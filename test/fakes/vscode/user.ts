import assert from 'node:assert/strict'
import { EventEmitter, QuickPickItemKind } from './values.js'

/** What the user does next. */
export type Move =
  /** Takes the row of this label. */
  | { readonly pick: string }
  | { readonly type: string }
  /** Presses the button of a message. */
  | { readonly press: string }
  | { readonly files: readonly string[] }

interface PickItem {
  readonly label: string
  readonly kind?: number
}

interface Told {
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
  readonly detail: string
  readonly isModal: boolean
  readonly buttons: readonly string[]
}

export interface FakeUser {
  /** Every message, the oldest first. */
  readonly told: readonly Told[]
  /** The rows of every list that was shown. */
  readonly lists: readonly (readonly string[])[]
  readonly flashes: readonly string[]
  /** To be made at the next questions, in turn. */
  plan(...moves: readonly Move[]): void
  /** Fails where a planned move was not made. */
  assertDone(): void
  /** Makes none of the planned moves that are left. */
  dropMoves(): void
  readonly dialogs: Dialogs
}

/** What VS Code's `window` has of them. */
interface Dialogs {
  show(level: Told['level'], message: string, rest: readonly unknown[]): Promise<string | undefined>
  createQuickPick(): object
  createInputBox(): object
  open(): Promise<readonly string[] | undefined>
  save(): Promise<string | undefined>
  flash(message: string): void
}

interface MessageOptions {
  readonly modal?: boolean
  readonly detail?: string
}

function isOptions(value: unknown): value is MessageOptions {
  return typeof value === 'object' && value !== null
}

/** Where the user's next moves are, and what was shown. */
interface Course {
  readonly moves: Move[]
  readonly told: Told[]
  readonly lists: (readonly string[])[]
  readonly flashes: string[]
}

function answerMessage({ moves, told }: Course, one: Told): string | undefined {
  told.push(one)
  const [move] = moves
  if (move === undefined || !('press' in move) || !one.buttons.includes(move.press)) return undefined
  moves.shift()
  return move.press
}

/** What quick picks and input boxes have in common. `answer` makes the user's move, and is false where there is none. */
function createBox<E extends object>(
  course: Course,
  extra: E,
  answer: (box: E & { value: string }) => boolean,
) {
  const [accepted, hidden] = [new EventEmitter<void>(), new EventEmitter<void>()]
  const [typed, button] = [new EventEmitter<string>(), new EventEmitter<unknown>()]
  const box = {
    value: '',
    buttons: [],
    validationMessage: new Array<string>().at(0),
    ...extra,
    onDidAccept: accepted.event,
    onDidHide: hidden.event,
    onDidChangeValue: typed.event,
    onDidTriggerButton: button.event,
    onDidTriggerItemButton: button.event,
    show() {
      queueMicrotask(() => {
        const isAnswered = answer(box)
        if (isAnswered) typed.fire(box.value)
        if (isAnswered) accepted.fire()
        // What is not accepted is given up.
        if (box.validationMessage !== undefined) course.flashes.push(box.validationMessage)
        if (!isAnswered || box.validationMessage !== undefined) hidden.fire()
      })
    },
    dispose() {},
  }
  return box
}

interface Rows {
  items: readonly PickItem[]
  activeItems: readonly PickItem[]
  selectedItems: readonly PickItem[]
}

function createQuickPick(course: Course): object {
  const extra: Rows = { items: [], activeItems: [], selectedItems: [] }
  return createBox(course, extra, (box) => {
    const rows = box.items.filter(({ kind }) => kind !== QuickPickItemKind.Separator)
    course.lists.push(rows.map(({ label }) => label))
    const [move] = course.moves
    if (move === undefined || !('pick' in move)) return false
    const row = rows.find(({ label }) => label === move.pick)
    assert.ok(row !== undefined, `no row “${move.pick}” among ${JSON.stringify(course.lists.at(-1))}`)
    course.moves.shift()
    box.selectedItems = [row]
    return true
  })
}

function createInputBox(course: Course): object {
  return createBox(course, {}, (box) => {
    const [move] = course.moves
    if (move === undefined || !('type' in move)) return false
    course.moves.shift()
    box.value = move.type
    return true
  })
}

/** Closes without an answer whatever it has no plan for, as a user does who looks elsewhere. */
export function createUser(): FakeUser {
  const course: Course = { moves: [], told: [], lists: [], flashes: [] }
  const { moves, ...seen } = course
  const takeFiles = async (): Promise<readonly string[] | undefined> => {
    const [move] = moves
    if (move === undefined || !('files' in move)) return undefined
    moves.shift()
    return move.files
  }
  return {
    ...seen,
    plan: (...next) => void moves.push(...next),
    assertDone: () => assert.deepEqual(moves, [], 'moves that nothing asked for'),
    dropMoves: () => void moves.splice(0),
    dialogs: {
      async show(level, message, rest) {
        const buttons = rest.filter((item) => typeof item === 'string')
        const { modal: isModal = false, detail = '' } = rest.find(isOptions) ?? {}
        return answerMessage(course, { level, message, detail, isModal, buttons })
      },
      createQuickPick: () => createQuickPick(course),
      createInputBox: () => createInputBox(course),
      open: takeFiles,
      save: async () => (await takeFiles())?.[0],
      flash: (message) => void course.flashes.push(message),
    },
  }
}
