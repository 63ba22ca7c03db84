import assert from 'node:assert/strict'
import { companionOf } from '../../../../../src/platform/llama/gguf/companion.js'
import { sourceProgram } from '../support.js'

describe('kinds of models', () => {
  it('are known as far as the engine knows them, so that no model is refused that it can run', async () => {
    const engine: { readonly GgufArchitectureType: Readonly<Record<string, string>> } = await import(
      sourceProgram.llamaModule
    )
    const names = Object.values(engine.GgufArchitectureType).filter((name) => name !== '(unknown)')
    assert.ok(names.length > 100)
    const unknown = names.filter((name) => {
      const values = new Map([['general.architecture', name]])
      const header = { version: 3, values, lists: new Map(), tensorCount: 1, dataStart: 64, dataBytes: 4 }
      return /does not know/.test(companionOf(header)?.what ?? '')
    })
    assert.deepEqual(unknown, [])
  })
})
