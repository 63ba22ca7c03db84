import type { Memory } from '../views/memory.js'

/** What the user answered. */
export type Answer<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'back' }
  | { readonly kind: 'cancelled' }

export interface StepPosition {
  /** From 1. */
  readonly step: number
  readonly total?: number
  readonly canGoBack: boolean
}

export interface RowButton {
  readonly id: string
  /** A codicon. */
  readonly icon: string
  readonly tooltip: string
}

export interface PickRow<T> {
  /** A heading above this row. */
  readonly heading?: string
  readonly label: string
  readonly description?: string
  readonly detail?: string
  /** A codicon. */
  readonly icon?: string
  readonly buttons?: readonly RowButton[]
  /** The row that has the focus at first. */
  readonly active?: boolean
  readonly value: T
}

export interface PickQuestion<T> {
  readonly title: string
  readonly placeholder: string
  readonly rows: readonly PickRow<T>[]
  readonly position?: StepPosition
  /** The list stays open unless the answer is `close`; rows in the answer replace the present ones. */
  readonly onButton?: (button: string, value: T) => Promise<readonly PickRow<T>[] | 'close' | undefined>
}

export interface InputQuestion {
  readonly title: string
  readonly prompt: string
  readonly value?: string
  readonly placeholder?: string
  readonly password?: boolean
  /** A page that helps to answer, behind a button. */
  readonly link?: { readonly url: string; readonly tooltip: string }
  /** What is wrong with the text, or undefined. */
  readonly validate?: (text: string) => string | undefined
  readonly onChange?: (text: string) => void
  readonly position?: StepPosition
}

export interface Notice {
  readonly level: 'info' | 'warning' | 'error'
  readonly message: string
  /** Small print of a modal notice. */
  readonly detail?: string
  /** Waits for an answer in the middle of the window. */
  readonly modal?: boolean
  readonly buttons?: readonly string[]
}

export interface FileQuestion {
  readonly title: string
  readonly openLabel: string
  readonly filters: Readonly<Record<string, readonly string[]>>
}

/** Everything that commands ask or tell the user. */
export interface Ui {
  pick<T>(question: PickQuestion<T>): Promise<Answer<T>>
  input(question: InputQuestion): Promise<Answer<string>>
  /** The button that was chosen; undefined where none was. */
  tell(notice: Notice): Promise<string | undefined>
  /** A line in the status bar that goes by itself, after four seconds by default. */
  flash(message: string, ms?: number): void
  /** Shows progress; the user's Cancel aborts the signal. */
  progress<T>(title: string, task: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Absolute paths; empty where the user chose none. */
  chooseFiles(question: FileQuestion): Promise<readonly string[]>
}

/** What commands have VS Code do. */
export interface Host {
  execute(command: string, ...args: unknown[]): Promise<unknown>
  openExternal(url: string): Promise<void>
  copy(text: string): Promise<void>
  /** Asks where, and writes; the path, or undefined where the user chose none. */
  saveText(name: string, text: string): Promise<string | undefined>
  /** A setting of VS Code itself, as the user set it. */
  readSetting(key: string): unknown
  /** Whether this VS Code has the setting, by its own or by an extension's word. */
  hasSetting(key: string): boolean
  /** Undefined removes the user's value. */
  writeSetting(key: string, value: unknown): Promise<void>
  /** Runs a command and closes the editors that it opened, in a window of their own or among the tabs. */
  executeAndClose(command: string, until: () => Promise<void>): Promise<void>
  /** Whether VS Code's own Chat extension runs; it is off until Chat was set up. */
  chatIsEnabled(): boolean
  /** Remembered on this machine. */
  readonly memory: Memory
  readonly agentFiles: AgentFiles
}

/** Where VS Code looks for agents of the user's own. */
export interface AgentFolder {
  readonly label: string
  /** Absolute, with `/` between its parts. */
  readonly path: string
}

/** The files that VS Code reads agents from. */
export interface AgentFiles {
  /** Those that the user's settings name; empty where this VS Code reads none. */
  folders(): readonly AgentFolder[]
  /** Undefined where there is no such file. */
  read(path: string): Promise<string | undefined>
  /** Makes the folder too; undefined deletes the file, where it is there. */
  write(path: string, text: string | undefined): Promise<void>
}
