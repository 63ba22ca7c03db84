import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import type { ConsumerApi } from './consumer/extension.js'

describe('the real VS Code', () => {
  it('has Roundhouse installed from its package, not from the sources', () => {
    const extension = vscode.extensions.getExtension('roundhouse.roundhouse')
    assert.ok(extension !== undefined, 'roundhouse.roundhouse is not installed')
    assert.match(extension.extensionPath, /extensions.roundhouse\.roundhouse-/)
  })

  it('activates Roundhouse without an error', async () => {
    const extension = vscode.extensions.getExtension('roundhouse.roundhouse')
    await extension?.activate()
    assert.equal(extension?.isActive, true)
  })

  it('lets another extension find the model that comes with Roundhouse and ask it', async () => {
    const consumer = vscode.extensions.getExtension<ConsumerApi>('roundhouse-test.consumer')
    const api = await consumer?.activate()
    assert.ok(api !== undefined)
    const welcome = await findModel(api, 'Roundhouse Welcome')
    assert.match(await api.ask(welcome.id, 'Hello'), /^\W*Hello from Roundhouse!/)
  })
})

/** Waits until the model is offered: at the start of VS Code the list fills in the background. */
async function findModel(api: ConsumerApi, name: string): Promise<vscode.LanguageModelChat> {
  for (;;) {
    const change = nextChange()
    const model = (await api.listModels()).find((each) => each.name === name)
    if (model === undefined) await change.happened
    change.dispose()
    if (model !== undefined) return model
  }
}

function nextChange(): { happened: Promise<void>; dispose(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const listener = vscode.lm.onDidChangeChatModels(() => resolve())
  return { happened: promise, dispose: () => listener.dispose() }
}
