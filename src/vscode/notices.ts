import { isModelError } from '../core/errors.js'
import { formatModelRef } from '../core/model.js'
import type { Log, Notice, NoticeAction, Notices } from '../core/ports.js'
import type { Ui } from './commands/ui.js'

type NoticeUi = Pick<Ui, 'tell' | 'progress' | 'flash'>

export interface NoticesOptions {
  /** Loaded with the first notice. */
  readonly loadUi: () => Promise<NoticeUi>
  readonly log: Log
}

async function act(ui: NoticeUi, action: NoticeAction): Promise<void> {
  try {
    await ui.progress(`${action.label}…`, (signal) => action.run(signal))
    ui.flash(`${action.label}: done.`)
  } catch (error) {
    if (isModelError(error) && error.code === 'cancelled') return
    const message = isModelError(error) ? error.message : 'It failed; see the Roundhouse log.'
    await ui.tell({ level: 'error', message })
    throw error
  }
}

async function show(ui: NoticeUi, { message, action }: Notice): Promise<void> {
  const buttons = action === undefined ? [] : [action.label]
  const pressed = await ui.tell({ level: 'warning', message, buttons })
  if (action !== undefined && pressed === action.label) await act(ui, action)
}

/** Warnings of providers as VS Code shows them: each code once for each model, as long as the window lives. */
export function createNotices({ loadUi, log }: NoticesOptions): Notices {
  const shown = new Set<string>()
  return {
    notice(notice) {
      const key = `${notice.code} ${notice.model === undefined ? '' : formatModelRef(notice.model)}`
      if (shown.has(key)) return
      shown.add(key)
      log.warn(notice.message)
      loadUi()
        .then((ui) => show(ui, notice))
        .catch((error: unknown) => log.error(`What the notice offered failed: ${notice.message}`, error))
    },
  }
}
