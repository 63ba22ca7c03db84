import * as vscode from 'vscode'
import type { Clock, Disposable } from '../../core/ports.js'
import type { ActiveModel } from './activeModel.js'
import { plainLine } from './foreignText.js'
import { describeStatusBar } from './statusBarItem.js'

/** Shows the active model; a click opens the switcher. */
export function createStatusBar(activeModel: ActiveModel, clock: Clock): Disposable {
  const item = vscode.window.createStatusBarItem('roundhouse.model', vscode.StatusBarAlignment.Right, 100.5)
  item.name = 'Roundhouse Model'
  item.command = 'roundhouse.selectModel'
  const warningBackground = new vscode.ThemeColor('statusBarItem.warningBackground')
  let shown = ''
  const update = (): void => {
    const state = describeStatusBar(activeModel.get(), clock.now())
    const signature = JSON.stringify(state)
    if (signature === shown) return
    shown = signature
    item.text = state.text
    item.tooltip = new vscode.MarkdownString(state.tooltip)
    item.accessibilityInformation = { label: plainLine(state.spoken), role: 'button' }
    item.backgroundColor = state.warning ? warningBackground : undefined
  }
  const subscription = activeModel.onDidChange(update)
  update()
  item.show()
  return {
    dispose() {
      subscription.dispose()
      item.dispose()
    },
  }
}
