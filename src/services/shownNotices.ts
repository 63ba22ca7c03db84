import type { Clock, Log } from '../core/ports.js'
import { createRetriedLoad } from '../core/retriedLoad.js'
import type { FailureNotices } from '../vscode/failureNotices.js'
import type { UsageNotices } from '../vscode/usageNotices.js'
import { executeCommand, loadUi } from './host.js'

interface ShownNotices {
  readonly notices: UsageNotices
  readonly failures: FailureNotices
}

/** What stands beside Chat. It is loaded with the first notice. */
export function createShownNotices(clock: Clock, log: Log): ShownNotices {
  const load = createRetriedLoad(async (): Promise<ShownNotices> => {
    const [{ createUsageNotices }, { createFailureNotices }] = await Promise.all([
      import('../vscode/usageNotices.js'),
      import('../vscode/failureNotices.js'),
    ])
    const common = { loadUi, host: { execute: executeCommand }, log }
    return { notices: createUsageNotices(common), failures: createFailureNotices({ ...common, clock }) }
  })
  const show = (tell: (shown: ShownNotices) => void): void =>
    void load().then(tell, (error: unknown) => log.error('A notice failed', error))
  return {
    notices: {
      budget: (warning) => show(({ notices }) => notices.budget(warning)),
      limited: (limit) => show(({ notices }) => notices.limited(limit)),
      alert: (alert, silence) => show(({ notices }) => notices.alert(alert, silence)),
      keptTexts: (calls, remove) => show(({ notices }) => notices.keptTexts(calls, remove)),
    },
    failures: {
      show: (error) => show(({ failures }) => failures.show(error)),
      wait: (model, ms) => show(({ failures }) => failures.wait(model, ms)),
    },
  }
}
