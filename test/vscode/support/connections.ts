import * as vscode from 'vscode'

/** Milliseconds that VS Code has for whatever a test waits for. */
const limitMs = 30_000

/** Connections as a user writes them in settings.json; undefined brings back the default. */
export async function writeConnections(connections: readonly object[] | undefined): Promise<void> {
  const settings = vscode.workspace.getConfiguration('roundhouse')
  await settings.update('connections', connections, vscode.ConfigurationTarget.Global)
}

/** The connection of a fresh profile, with the model that comes with the extension. */
export function defaultConnections(): readonly object[] {
  return vscode.workspace.getConfiguration('roundhouse').inspect<object[]>('connections')?.defaultValue ?? []
}

/** Every test of the suite begins with the connections of a fresh profile. */
export function restoreConnections(): void {
  afterEach(() => writeConnections(undefined))
}

export type Models = readonly vscode.LanguageModelChat[]

/** Routes come and go with the models of all connections. */
export function isRoute({ id }: vscode.LanguageModelChat): boolean {
  return id === 'auto' || id.startsWith('auto/')
}

/** Waits until the models that other extensions see, routes aside, are such as `holds` says. */
export async function untilModels(what: string, holds: (models: Models) => boolean): Promise<Models> {
  const look = async (): Promise<Models | undefined> => {
    const all = await vscode.lm.selectChatModels({ vendor: 'roundhouse' })
    const models = all.filter((model) => !isRoute(model))
    return holds(models) ? models : undefined
  }
  return untilEvent(what, look, vscode.lm.onDidChangeChatModels)
}

/** Waits until the models of a connection are there. */
export async function untilListed(connectionId: string): Promise<Models> {
  const models = await untilModels(
    `models of ${connectionId}`,
    (all) => modelsOf(all, connectionId).length > 0,
  )
  return modelsOf(models, connectionId)
}

export function modelsOf(models: Models, connectionId: string): Models {
  return models.filter((model) => model.id.startsWith(`${connectionId}/`))
}

/** Looks now, and again at every event, until there is something to be seen. */
export async function untilEvent<T>(
  what: string,
  look: () => Promise<T | undefined>,
  event: vscode.Event<unknown>,
): Promise<T> {
  let subscription: vscode.Disposable | undefined
  const seen = new Promise<T>((resolve, reject) => {
    const check = (): void => {
      look().then((value) => value !== undefined && resolve(value), reject)
    }
    subscription = event(check)
    check()
  })
  try {
    return await within(what, seen)
  } finally {
    subscription?.dispose()
  }
}

/** Rejects when the promise takes too long, and says for what it was waited. */
export async function within<T>(what: string, promise: PromiseLike<T>, ms = limitMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${ms / 1000} s: ${what}.`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
