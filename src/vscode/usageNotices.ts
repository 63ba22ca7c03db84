import type { AnswerLimit } from '../core/chat.js'
import type { Log } from '../core/ports.js'
import type { Alert } from '../core/usage/alerts.js'
import type { BudgetWarning } from '../core/usage/budgetWarnings.js'
import type { Host, Notice, Ui } from './commands/ui.js'
import { countCalls } from './views/format.js'

export interface UsageNoticesOptions {
  /** Loaded with the first notice. */
  readonly loadUi: () => Promise<Pick<Ui, 'tell'>>
  readonly host: Pick<Host, 'execute'>
  readonly log: Log
}

export interface UsageNotices {
  budget(warning: BudgetWarning): void
  /** An answer of Chat ended at what a budget had left for it. */
  limited(limit: AnswerLimit): void
  /** `silence` is called where the user wants to hear no more of it for a day. */
  alert(alert: Alert, silence: () => void): void
  /** Of so many calls, now that no more are to be. `remove` deletes them. */
  keptTexts(calls: number, remove: () => void): void
}

const showBudgets = 'Show Budgets'
const goOn = 'Go On'
/** What the user would write. */
const goOnQuery = 'Go on where you stopped.'
const showHealth = 'Show Health'
const silenceForADay = 'Silence for a Day'
const deleteThem = 'Delete Them'

/** What budgets and alerts have to say, as VS Code shows it. They themselves see to it that nothing is said twice. */
export function createUsageNotices({ loadUi, host, log }: UsageNoticesOptions): UsageNotices {
  async function ask(notice: Notice, actions: Readonly<Record<string, () => unknown>>): Promise<void> {
    const ui = await loadUi()
    const pressed = await ui.tell({ ...notice, buttons: Object.keys(actions) })
    if (pressed !== undefined) await actions[pressed]?.()
  }

  function show(notice: Notice, actions: Readonly<Record<string, () => unknown>>): void {
    ask(notice, actions).catch((error: unknown) => log.error(`A notice failed: ${notice.message}`, error))
  }

  return {
    budget({ message, share }) {
      const level = share >= 1 ? 'warning' : 'info'
      show({ level, message }, { [showBudgets]: () => host.execute('roundhouse.showBudgets') })
    },
    limited({ tokens, budget }) {
      const message = `The answer ended after ${tokens.toLocaleString('en')} tokens: the budget “${budget}” allowed no more at once.`
      show(
        { level: 'info', message },
        {
          [goOn]: () => host.execute('workbench.action.chat.open', { query: goOnQuery }),
          [showBudgets]: () => host.execute('roundhouse.showBudgets'),
        },
      )
    },
    keptTexts(calls, remove) {
      const message = `Prompts and answers are not kept any more. Those of ${countCalls(calls)} are still on this machine.`
      show({ level: 'info', message }, { [deleteThem]: remove })
    },
    alert({ message, rule }, silence) {
      show(
        { level: rule.severity, message },
        { [showHealth]: () => host.execute('roundhouse.showHealth'), [silenceForADay]: silence },
      )
    },
  }
}
