import { secondMs, writeDuration } from '../core/durations.js'
import { isModelError } from '../core/errors.js'
import { formatModelRef, type ModelRef } from '../core/model.js'
import type { Clock, Log } from '../core/ports.js'
import { explainError } from './commands/errors.js'
import type { Host, Ui } from './commands/ui.js'
import { connectionNodeId } from './views/treeTarget.js'

export interface FailureNoticesOptions {
  /** Loaded with the first notice. */
  readonly loadUi: () => Promise<Pick<Ui, 'tell' | 'flash'>>
  readonly host: Pick<Host, 'execute'>
  readonly clock: Pick<Clock, 'monotonic'>
  readonly log: Log
}

export interface FailureNotices {
  /** Shows what a click can mend of a request of Chat that failed; Chat itself shows no buttons. */
  show(error: unknown): void
  /** Shows in the status bar that a request waits. */
  wait(model: ModelRef, ms: number): void
}

/** Milliseconds for which the same failure of the same model is not shown again. */
const pauseMs = 60 * secondMs
/** A shorter wait is over before it is read. */
const leastWaitMs = secondMs

/** What stands beside Chat when a request fails or waits. */
export function createFailureNotices({ loadUi, host, clock, log }: FailureNoticesOptions): FailureNotices {
  const shownAt = new Map<string, number>()

  function isNews(key: string): boolean {
    const now = clock.monotonic()
    for (const [known, at] of shownAt) if (now - at >= pauseMs) shownAt.delete(known)
    if (shownAt.has(key)) return false
    shownAt.set(key, now)
    return true
  }

  async function offer(error: unknown): Promise<void> {
    const notice = explainError(error, 'The request')
    const actions = (notice?.actions ?? []).filter(({ command }) => command !== 'roundhouse.showLog')
    if (notice === undefined || actions.length === 0 || !isModelError(error)) return
    const { connection = '', id = '' } = error.model ?? {}
    if (!isNews(`${error.code} ${connection}/${id}`)) return
    const ui = await loadUi()
    const buttons = actions.map(({ label }) => label)
    const pressed = await ui.tell({ level: 'warning', message: notice.message, buttons })
    const action = actions.find(({ label }) => label === pressed)
    if (action === undefined) return
    await host.execute(action.command, ...(connection === '' ? [] : [connectionNodeId(connection)]))
  }

  async function tryTo(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (failure) {
      log.error('A notice failed', failure)
    }
  }

  return {
    show: (error) => void tryTo(() => offer(error)),
    wait(model, ms) {
      if (ms < leastWaitMs) return
      const text = `${formatModelRef(model)} has to wait: again in ${writeDuration(ms)}`
      void tryTo(async () => (await loadUi()).flash(text, ms))
    },
  }
}
