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

  it('lets another extension ask for the models', async () => {
    const consumer = vscode.extensions.getExtension<ConsumerApi>('roundhouse-test.consumer')
    const api = await consumer?.activate()
    assert.ok(Array.isArray(await api?.listModels()))
  })
})
