import type { Disposable } from '../core/ports.js'

/** One thing that is wrong in a setting; what is right beside it is used. */
export interface SettingProblem {
  /** E.g. `roundhouse.budgets[1].window`. */
  readonly path: string
  /** What is wrong and what follows from it. */
  readonly message: string
}

/** What a setting holds, as far as it is right. */
export interface ReadSetting<T> {
  readonly value: T
  readonly problems: readonly SettingProblem[]
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

/** Problems as they are found in one setting, of which the first hundred are described and the others counted. */
export interface ProblemList {
  add(path: string, message: () => string): void
  /** For an entry behind the last that is worth reading. */
  skip(): void
  /** So many were wrong that it is no list of this setting's entries, and to look at them all would take seconds. */
  readonly isHopeless: boolean
  list(): readonly SettingProblem[]
}

const mostDescribed = 100
const mostRead = 1_000

export function createProblemList(setting: string): ProblemList {
  const described: SettingProblem[] = []
  let found = 0
  let skipped = 0
  const sum = (): readonly SettingProblem[] => {
    const more = found - described.length
    const counts = [
      ...(more > 0 ? [`has ${more} more ${more === 1 ? 'problem' : 'problems'}`] : []),
      ...(skipped > 0 ? [`has ${skipped} more entries that were not read`] : []),
    ]
    return counts.length === 0 ? [] : [{ path: setting, message: `${counts.join(' and ')}.` }]
  }
  return {
    add(path, message) {
      found++
      if (described.length < mostDescribed) described.push({ path, message: message() })
    },
    skip: () => void skipped++,
    get isHopeless() {
      return found >= mostRead
    },
    list: () => [...described, ...sum()],
  }
}

const mostValues = 10_000

/** Whether a value is larger than anybody writes into a setting: to find all that is wrong in it would take seconds. */
export function isOversized(value: unknown): boolean {
  let left = mostValues
  const waiting: unknown[] = [value]
  while (waiting.length > 0 && left >= 0) {
    const next = waiting.pop()
    left--
    if (typeof next !== 'object' || next === null) continue
    const members: readonly unknown[] = Array.isArray(next) ? next : Object.values(next)
    if (members.length > left) return true
    for (const member of members) waiting.push(member)
  }
  return left < 0
}

/** What is wrong with an oversized value, to follow its name. */
export const oversized = `has more than ${mostValues} values`
