import type { ModelInfo } from '../../core/model.js'
import type { CommandServices } from './services.js'
import { runSteps, type Step } from './steps.js'
import { chooseAgents } from './taskAgents.js'
import { applyTaskChange, canUndoTaskChange, type TaskChange, undoTaskChange } from './taskChanges.js'
import { rankForTask, realModels } from './taskRanks.js'
import { modelRows, settingValue } from './taskRows.js'
import { agentTable, type TaskRow, taskTable } from './taskTable.js'
import type { Answer, PickRow, StepPosition } from './ui.js'

type Choice =
  | { readonly kind: 'proposed' | 'agents' | 'undo' }
  | { readonly kind: 'task'; readonly task: TaskRow }

const noFiles: TaskChange['files'] = new Map()
const noSettings: TaskChange['settings'] = new Map()

/** The tasks that this VS Code has settings for. */
function knownTasks({ host }: CommandServices): readonly TaskRow[] {
  return taskTable.filter(({ key }) => host.hasSetting(key))
}

function proposals(services: CommandServices): ReadonlyMap<TaskRow, ModelInfo> {
  const models = realModels(services)
  const now = services.clock.now()
  return new Map(
    knownTasks(services).flatMap((task) => {
      const [best] = rankForTask(models, { ...task, now })
      return best === undefined ? [] : [[task, best] as const]
    }),
  )
}

/** True where there is a model to choose; else the user has been told how to get one. */
async function hasModel(services: CommandServices): Promise<boolean> {
  const options = { role: 'fast', needsTools: false, now: services.clock.now() } as const
  if (rankForTask(realModels(services), options).length > 0) return true
  const message = 'Tasks need a model of your own. Add a connection or a GGUF file first.'
  const answer = await services.ui.tell({ level: 'info', message, buttons: ['Add Connection'] })
  if (answer === 'Add Connection') await services.host.execute('roundhouse.addConnection')
  return false
}

/** One click restores what was there before. */
async function applyWithUndo(services: CommandServices, change: TaskChange, message: string): Promise<void> {
  await applyTaskChange(services, change)
  const answer = await services.ui.tell({ level: 'info', message, buttons: ['Undo'] })
  if (answer === 'Undo') await undo(services)
}

async function undo(services: CommandServices): Promise<void> {
  await undoTaskChange(services)
  services.ui.flash('The models for tasks are as they were before')
}

function describeCurrent(services: CommandServices, task: TaskRow): string {
  const value = services.host.readSetting(task.key)
  if (typeof value !== 'string' || value === '') return 'VS Code chooses'
  const model = realModels(services).find((each) => settingValue(each, task) === value)
  return model?.name ?? value
}

function mainRows(services: CommandServices): readonly PickRow<Choice>[] {
  const tasks = knownTasks(services)
  const proposed = [...proposals(services)].map(([{ title }, { name }]) => `${title}: ${name}`)
  return [
    ...(proposed.length === 0
      ? []
      : [
          {
            label: 'Use the Proposed Models',
            icon: 'sparkle',
            detail: proposed.join(' · '),
            value: { kind: 'proposed' },
          } as const,
        ]),
    ...tasks.map((task, index) => ({
      ...(index === 0 ? { heading: 'VS Code’s Tasks' } : {}),
      label: task.title,
      description: describeCurrent(services, task),
      detail: task.placeholder,
      value: { kind: 'task', task } as const,
    })),
    ...(services.host.agentFiles.folders().length === 0
      ? []
      : [
          {
            heading: 'Agents',
            label: `Agents: ${agentTable.map(({ name }) => name).join(', ')}`,
            detail: 'Writes three agents for Chat, each with a model or a route of its own',
            value: { kind: 'agents' },
          } as const,
        ]),
    ...(canUndoTaskChange(services)
      ? [
          {
            heading: 'Before',
            label: 'Undo the Last Change',
            icon: 'discard',
            value: { kind: 'undo' },
          } as const,
        ]
      : []),
  ]
}

/** The setting's value; undefined gives the choice back to VS Code. */
async function askForTask(
  services: CommandServices,
  task: TaskRow,
  asked: { readonly current: unknown; readonly position?: StepPosition },
): Promise<Answer<string | undefined>> {
  const models = realModels(services)
  const rows = modelRows({ ...task, models, current: asked.current, now: services.clock.now() })
  const answer = await services.ui.pick<string | undefined>({
    title: task.title,
    placeholder: task.placeholder,
    rows: [
      ...rows.map((row) => ({ ...row, value: settingValue(row.value, task) })),
      {
        heading: 'VS Code',
        label: 'Let VS Code Choose',
        description: 'Clears the setting',
        icon: 'clear-all',
        value: undefined,
      },
    ],
    ...(asked.position === undefined ? {} : { position: asked.position }),
  })
  return answer
}

async function setProposed(services: CommandServices): Promise<void> {
  const chosen = [...proposals(services)]
  const settings = new Map(chosen.map(([task, model]) => [task.key, settingValue(model, task)]))
  const words = chosen.map(([{ title }, { name }]) => `${title}: ${name}`).join('; ')
  await applyWithUndo(services, { settings, files: noFiles }, `Models for tasks are set. ${words}.`)
}

async function setOne(services: CommandServices, task: TaskRow): Promise<void> {
  const current = services.host.readSetting(task.key)
  const answer = await askForTask(services, task, { current })
  if (answer.kind !== 'value') return
  const settings = new Map([[task.key, answer.value]])
  const message = `${task.title}: ${answer.value ?? 'VS Code chooses'}.`
  await applyWithUndo(services, { settings, files: noFiles }, message)
}

async function setAgents(services: CommandServices): Promise<void> {
  const files = await chooseAgents(services)
  if (files === undefined) return
  const names = agentTable.map(({ name }) => name).join(', ')
  await applyWithUndo(
    services,
    { settings: noSettings, files },
    `The agents ${names} are in the list of agents in Chat.`,
  )
}

/** Sets the models with which VS Code does its tasks, and writes agents with models of their own. */
export async function setTaskModels(services: CommandServices): Promise<void> {
  if (!(await hasModel(services))) return
  const answer = await services.ui.pick({
    title: 'Set Models for Tasks',
    placeholder: 'Which task?',
    rows: mainRows(services),
  })
  if (answer.kind !== 'value') return
  const { value } = answer
  if (value.kind === 'task') await setOne(services, value.task)
  else if (value.kind === 'proposed') await setProposed(services)
  else if (value.kind === 'agents') await setAgents(services)
  else await undo(services)
}

type Choices = ReadonlyMap<string, string | undefined>

function stepFor(services: CommandServices, task: TaskRow): Step<Choices> {
  return async (choices, position) => {
    const current = choices.get(task.key) ?? services.host.readSetting(task.key)
    const answer = await askForTask(services, task, { current, position })
    return answer.kind === 'value'
      ? { kind: 'value', value: new Map([...choices, [task.key, answer.value]]) }
      : answer
  }
}

/** The tasks in the background alone, one after the other; nothing is written before all are chosen. */
export async function setUtilityModels(services: CommandServices): Promise<void> {
  if (!(await hasModel(services))) return
  const steps = taskTable.filter(({ isUtility }) => isUtility).map((task) => stepFor(services, task))
  const draft: Choices = new Map()
  const settings = await runSteps({ draft, stepsFor: () => steps, totalIsKnown: () => true })
  if (settings === undefined) return
  await applyWithUndo(services, { settings, files: noFiles }, 'Utility models are set.')
}
