import type { Disposable } from '../core/ports.js'

/** One thing that is wrong in a setting; what is right beside it is used. */
export interface SettingProblem {
  /** E.g. `roundhouse.budgets[1].window`. */
  readonly path: string
  /** What is wrong and what follows from it. */
  readonly message: string
}

/** What is wrong now in some of the settings. */
export interface SettingProblems {
  readonly list: () => readonly SettingProblem[]
  readonly onDidChange: (listener: () => void) => Disposable
}

interface Checked {
  readonly problems: () => readonly SettingProblem[]
  readonly onDidChange: (listener: () => void) => Disposable
}

export function joinProblems(settings: readonly Checked[]): SettingProblems {
  return {
    list: () => settings.flatMap(({ problems }) => problems()),
    onDidChange(listener) {
      const subscriptions = settings.map(({ onDidChange }) => onDidChange(listener))
      return { dispose: () => subscriptions.forEach((subscription) => subscription.dispose()) }
    },
  }
}

/** The setting that a path is in: `roundhouse.budgets` of `roundhouse.budgets[1].window`. */
export function settingOfPath(path: string): string {
  return path.split('.').slice(0, 2).join('.').replace(/\[.*/, '')
}
