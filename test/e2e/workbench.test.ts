import assert from 'node:assert/strict'
import { openWorkbench, type Workbench } from './harness.js'

describe('VS Code with the packed extension', () => {
  let workbench: Workbench

  before(async () => {
    workbench = await openWorkbench({ files: { 'notes.md': '# Notes\n' } })
  })

  after(async () => {
    await workbench.close()
  })

  it('opens its workbench on the folder', async () => {
    await workbench.page.getByRole('treeitem', { name: 'notes.md' }).waitFor()
    await workbench.screenshot('workbench')
  })

  it('lists Roundhouse among the extensions that run', async () => {
    // The list draws only the rows that fit in.
    await workbench.page.setViewportSize({ width: 1280, height: 2400 })
    await workbench.runCommand('Developer: Show Running Extensions')
    const rows = workbench.page.locator('.runtime-extensions-editor .extension')
    const row = rows.filter({ hasText: 'Roundhouse' }).filter({ hasText: /Activation: \d+ms/ })
    await row.waitFor()
    assert.equal(await row.count(), 1)
    await workbench.closeModalEditor()
  })

  it('logs no error of its own', () => {
    assert.deepEqual(workbench.consoleErrors(), [])
  })
})
