import * as z from 'zod/mini'
import { described } from '../described.js'
import type { WorkspaceValues } from '../settingPlaces.js'
import type { SettingProblem } from '../settingProblem.js'
import { workspaceBudgetsKey } from './budgetKeys.js'
import { budgetFields } from './budgetSchema.js'
import { type ListSetting, readList } from './listSetting.js'

/** What the setting `roundhouse.workspaceBudgets` may hold: what a workspace adds to the user's budgets. */

const { id, limit, unit, window, kind, unknownPrice } = budgetFields

const workspaceBudgetSchema = z.strictObject({
  id: described(
    id,
    'Short and unique in this list; it is the name shown, beside the word that the workspace set it.',
  ),
  limit,
  unit,
  window,
  kind,
  unknownPrice,
  scope: z.exactOptional(described(z.unknown(), 'Always this workspace, whatever stands here.')),
})

type WorkspaceBudgetEntry = z.infer<typeof workspaceBudgetSchema>

export const workspaceBudgetList: ListSetting<WorkspaceBudgetEntry> = {
  key: workspaceBudgetsKey,
  schema: workspaceBudgetSchema,
  nameOf: (entry) => entry.id,
}

/** Whoever writes the list is nobody the user has chosen, and each request is held against every entry. */
const mostEntries = 20
const mostProblems = 20
const longestMessage = 300

const misplaced = 'is for the settings of a workspace and is not used here; yours are `roundhouse.budgets`.'

export interface NamedBudgetEntry extends WorkspaceBudgetEntry {
  /** What no budget of the user and none of another place has: theirs have no slash. */
  readonly budgetId: string
}

export interface ReadWorkspaceBudgets {
  readonly value: readonly NamedBudgetEntry[]
  readonly problems: readonly SettingProblem[]
}

const key = workspaceBudgetsKey

function readPlace(value: unknown, prefix: string): ReadWorkspaceBudgets {
  const { entries, problems } = readList(
    workspaceBudgetList,
    Array.isArray(value) ? value.slice(0, mostEntries) : value,
  )
  return {
    value: entries.map((entry) => ({ ...entry, budgetId: `${prefix}/${entry.id}` })),
    problems,
  }
}

function clip({ path, message }: SettingProblem): SettingProblem {
  const isLong = message.length > longestMessage
  return {
    path: path.slice(0, longestMessage),
    message: isLong ? `${message.slice(0, longestMessage)}…` : message,
  }
}

/** Reads what comes with the workspace, entry by entry: what is wrong is told and not used, and all else holds. */
export function readWorkspaceBudgets({ user, workspace, folders }: WorkspaceValues): ReadWorkspaceBudgets {
  const places = [
    readPlace(workspace, 'workspace'),
    ...folders.map((value, index) => readPlace(value, `workspace/${index + 1}`)),
  ]
  const count = [workspace, ...folders].reduce<number>(
    (sum, value) => sum + (Array.isArray(value) ? value.length : 0),
    0,
  )
  const tooMany = `has ${count} entries; the first ${mostEntries} are read, and no more.`
  const problems = [
    ...(user === undefined ? [] : [{ path: key, message: misplaced }]),
    ...(count > mostEntries ? [{ path: key, message: tooMany }] : []),
    ...places.flatMap((place) => place.problems),
  ]
  return {
    value: places.flatMap((place) => place.value).slice(0, mostEntries),
    problems: problems.slice(0, mostProblems).map(clip),
  }
}
