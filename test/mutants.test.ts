import assert from 'node:assert/strict'
import { readSources } from './architecture/sources.js'
import { declaredCommands, declaredSettings } from './fakes/vscode/settings.js'
import { applyCut } from './mutants/applyCut.js'
import { cuts } from './mutants/cuts.js'
import { findTests } from './mutants/tests.js'

const product = readSources('src')
const cutRows = new Set(cuts.map(({ row }) => row))

describe('the wires that npm run test:mutants cuts', () => {
  it('are those of every setting; a new one is added to test/mutants/cuts/settings.ts', () => {
    const missing = [...declaredSettings().keys()].filter((key) => !cutRows.has(key))
    assert.deepEqual(missing, [])
  })

  it('are those of every command; a new one is added to test/mutants/cuts/commands.ts', () => {
    const missing = declaredCommands().filter((id) => !cutRows.has(id))
    assert.deepEqual(missing, [])
  })

  it('are found where their rows say, each in one place', () => {
    const lost = cuts.flatMap((cut) => {
      try {
        const { path, text } = applyCut(cut, product)
        const before = product.find((source) => source.path === path)
        return before?.text === text ? [`${cut.row} is not cut: ${cut.symbol}`] : []
      } catch (error) {
        return [String(error)]
      }
    })
    assert.deepEqual(lost, [])
  })

  it('are each named by the title of a test', () => {
    const tests = findTests()
    const unnamed = [...cutRows].filter((row) => tests.naming(row).files.length === 0)
    assert.deepEqual(unnamed, [])
  })
})
