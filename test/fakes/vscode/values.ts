/** The classes and enumerations of VS Code's API that the product makes or reads, as VS Code has them. */

type Listener<T> = (event: T) => unknown

export class Disposable {
  readonly #release: () => unknown
  constructor(release: () => unknown) {
    this.#release = release
  }
  static from(...owned: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => owned.forEach((one) => one.dispose()))
  }
  dispose(): void {
    this.#release()
  }
}

export class EventEmitter<T> {
  readonly #listeners = new Set<Listener<T>>()
  readonly event = (listener: Listener<T>): Disposable => {
    const own = (event: T): unknown => listener(event)
    this.#listeners.add(own)
    return new Disposable(() => this.#listeners.delete(own))
  }
  fire(event: T): void {
    for (const listener of this.#listeners) listener(event)
  }
  dispose(): void {
    this.#listeners.clear()
  }
}

interface UriParts {
  readonly scheme: string
  readonly path: string
}

export class Uri implements UriParts {
  readonly scheme: string
  readonly path: string
  readonly #text: string
  constructor({ scheme, path }: UriParts, text = `${scheme}:${path}`) {
    this.scheme = scheme
    this.path = path
    this.#text = text
  }
  static from(parts: UriParts): Uri {
    return new Uri(parts)
  }
  static file(path: string): Uri {
    return new Uri({ scheme: 'file', path })
  }
  static parse(text: string): Uri {
    const { protocol, pathname } = new URL(text)
    return new Uri({ scheme: protocol.slice(0, -1), path: pathname }, text)
  }
  static joinPath({ scheme, path }: Uri, ...names: readonly string[]): Uri {
    return new Uri({ scheme, path: [path, ...names].join('/') })
  }
  get fsPath(): string {
    return this.path
  }
  toString(): string {
    return this.#text
  }
}

export class ThemeColor {
  readonly id: string
  constructor(id: string) {
    this.id = id
  }
}

export class ThemeIcon {
  readonly id: string
  readonly color: ThemeColor | undefined
  constructor(id: string, color?: ThemeColor) {
    this.id = id
    this.color = color
  }
}

export class MarkdownString {
  readonly value: string
  constructor(value: string) {
    this.value = value
  }
}

export class TreeItem {
  readonly label: string
  readonly collapsibleState: number
  constructor(label: string, collapsibleState: number) {
    this.label = label
    this.collapsibleState = collapsibleState
  }
}

export class CancellationError extends Error {
  override readonly name = 'Canceled'
}

export class CancellationTokenSource {
  readonly #cancelled = new EventEmitter<void>()
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.#cancelled.event }
  cancel(): void {
    this.token.isCancellationRequested = true
    this.#cancelled.fire()
  }
}

export class LanguageModelTextPart {
  readonly value: string
  constructor(value: string) {
    this.value = value
  }
}

export class LanguageModelPromptTsxPart {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

export class LanguageModelDataPart {
  readonly data: Uint8Array
  readonly mimeType: string
  constructor(data: Uint8Array, mimeType: string) {
    this.data = data
    this.mimeType = mimeType
  }
}

export class LanguageModelToolCallPart {
  readonly callId: string
  readonly name: string
  readonly input: object
  constructor(callId: string, name: string, input: object) {
    this.callId = callId
    this.name = name
    this.input = input
  }
}

export class LanguageModelToolResultPart {
  readonly callId: string
  readonly content: readonly unknown[]
  constructor(callId: string, content: readonly unknown[]) {
    this.callId = callId
    this.content = content
  }
}

export const LanguageModelChatMessageRole = { User: 1, Assistant: 2 } as const
export const LanguageModelChatToolMode = { Auto: 1, Required: 2 } as const
export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 } as const
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 } as const
export const StatusBarAlignment = { Left: 1, Right: 2 } as const
export const QuickPickItemKind = { Separator: -1, Default: 0 } as const
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 } as const
export const QuickInputButtons = { Back: { iconPath: new ThemeIcon('arrow-left') } } as const

export class LanguageModelChatMessage {
  readonly role: number
  readonly content: readonly unknown[]
  readonly name = undefined
  constructor(role: number, content: readonly unknown[]) {
    this.role = role
    this.content = content
  }
  static User(text: string): LanguageModelChatMessage {
    return new LanguageModelChatMessage(LanguageModelChatMessageRole.User, [new LanguageModelTextPart(text)])
  }
  static Assistant(text: string): LanguageModelChatMessage {
    return new LanguageModelChatMessage(LanguageModelChatMessageRole.Assistant, [
      new LanguageModelTextPart(text),
    ])
  }
}
