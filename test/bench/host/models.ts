// The models of one vendor as any other extension gets them.
import * as vscode from 'vscode'

const patienceMs = 30_000

/** Resolves when the vendor's first models are there, however they came. */
export async function awaitModels(vendor: string): Promise<vscode.LanguageModelChat[]> {
  let announce: () => void = () => {}
  const subscription = vscode.lm.onDidChangeChatModels(() => announce())
  const late = AbortSignal.timeout(patienceMs)
  try {
    while (!late.aborted) {
      const changed = new Promise<void>((resolve) => {
        announce = resolve
        setTimeout(resolve, 1_000)
      })
      const models = await vscode.lm.selectChatModels({ vendor })
      if (models.length > 0) return models
      await changed
    }
  } finally {
    subscription.dispose()
  }
  throw new Error(`${vendor} had no models after ${patienceMs / 1000} s.`)
}

/** A vendor's models by what the bench server calls them. */
export async function createModelFinder(vendor: string): Promise<(id: string) => vscode.LanguageModelChat> {
  const models = await awaitModels(vendor)
  return (id) => {
    const found = models.find((model) => model.id === id || model.id.endsWith(`/${id}`))
    if (found === undefined) {
      throw new Error(`${vendor} has no model ${id}, only ${models.map((model) => model.id).join(', ')}.`)
    }
    return found
  }
}
