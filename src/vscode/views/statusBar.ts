import * as vscode from 'vscode'
import type { Clock, Disposable } from '../../core/ports.js'
import type { Answerers } from '../answerers.js'
import type { ActiveModel } from './activeModel.js'
import { plainLine } from './foreignText.js'
import { describeStatusBar } from './statusBarItem.js'

interface StatusBarSources {
  readonly activeModel: ActiveModel
  readonly answerers: Pick<Answerers, 'latest' | 'onDidChange'>
  readonly clock: Clock
}

/** Shows the active model; a click opens the switcher. */
export function createStatusBar({ activeModel, answerers, clock }: StatusBarSources): Disposable {
  const item = vscode.window.createStatusBarItem('roundhouse.model', vscode.StatusBarAlignment.Right, 100.5)
  item.name = 'Roundhouse Model'
  item.command = 'roundhouse.selectModel'
  const warningBackground = new vscode.ThemeColor('statusBarItem.warningBackground')
  let shown = ''
  const update = (): void => {
    const state = describeStatusBar(activeModel.get(), clock.now(), answerers.latest())
    const signature = JSON.stringify(state)
    if (signature === shown) return
    shown = signature
    item.text = state.text
    item.tooltip = new vscode.MarkdownString(state.tooltip)
    item.accessibilityInformation = { label: plainLine(state.spoken), role: 'button' }
    item.backgroundColor = state.warning ? warningBackground : undefined
  }
  const subscriptions = [activeModel.onDidChange(update), answerers.onDidChange(update)]
  update()
  item.show()
  return {
    dispose() {
      for (const subscription of subscriptions) subscription.dispose()
      item.dispose()
    },
  }
}
