import { dayMs } from '../../core/durations.js'
import type { AttemptRecord } from '../../core/usage/attemptRecord.js'
import {
  flattenAttempt,
  flattenReport,
  flattenWithText,
  writeCsv,
  writeJson,
} from '../../core/usage/exports.js'
import { type ReportDimension, reportDimensions } from '../../core/usage/report.js'
import type { Period } from '../../core/usage/rollups.js'
import { budgetsKey, workspaceBudgetsKey } from '../policies/budgetKeys.js'
import { type SettingProblem, settingOfPath } from '../settingProblem.js'
import { budgetReport } from '../views/budgetReport.js'
import { changeReport } from '../views/changeReport.js'
import { countCalls } from '../views/format.js'
import { dimensionName, usageReport } from '../views/usageReport.js'
import { type UsagePeriod, usagePeriods } from './periods.js'
import type { CommandHandlers, CommandServices } from './services.js'

type UsageCommand =
  | 'roundhouse.showUsage'
  | 'roundhouse.exportUsage'
  | 'roundhouse.deleteUsage'
  | 'roundhouse.deleteTexts'
  | 'roundhouse.showBudgets'
  | 'roundhouse.showChanges'

const budgetSettings: ReadonlySet<string> = new Set([budgetsKey, workspaceBudgetsKey])

async function choosePeriod({ ui }: CommandServices, title: string): Promise<UsagePeriod | undefined> {
  const rows = usagePeriods.map((period) => ({
    label: period.name.replace(/^./, (letter) => letter.toUpperCase()),
    icon: 'calendar',
    value: period,
  }))
  const answer = await ui.pick({ title, placeholder: 'Of which time?', rows })
  return answer.kind === 'value' ? answer.value : undefined
}

const dimensionRows = reportDimensions.map((value) => ({
  label: `By ${dimensionName(value).toLowerCase()}`,
  value,
}))
const everyDimension = {
  label: 'By all of them at once',
  detail: 'For a spreadsheet that sums up by itself.',
  value: reportDimensions,
}

async function chooseDimension({ ui }: CommandServices, title: string): Promise<ReportDimension | undefined> {
  const answer = await ui.pick({ title, placeholder: 'A line for each what?', rows: dimensionRows })
  return answer.kind === 'value' ? answer.value : undefined
}

async function chooseDimensions({ ui }: CommandServices, title: string) {
  const rows = [everyDimension, ...dimensionRows.map(({ label, value }) => ({ label, value: [value] }))]
  const answer = await ui.pick<readonly ReportDimension[]>({
    title,
    placeholder: 'A line for each what?',
    rows,
  })
  return answer.kind === 'value' ? answer.value : undefined
}

async function showUsage(services: CommandServices): Promise<void> {
  const period = await choosePeriod(services, 'Show Usage')
  const by = period === undefined ? undefined : await chooseDimension(services, 'Show Usage')
  if (period === undefined || by === undefined) return
  const { report, budgets } = await services.loadPipeline()
  const now = services.clock.now()
  const timeZone = services.timeZone()
  const rows = report({ period: period.span(now, timeZone), by: [by], timeZone })
  await services.reports.show(
    'Usage',
    usageReport({ period: period.name, by, rows, budgets: budgets.status() }),
  )
}

interface ExportForm {
  readonly label: string
  readonly detail: string
  readonly extension: 'csv' | 'json'
  /** Sums, of whatever the user asks for; else every attempt. */
  readonly isSummed?: boolean
  readonly withTexts?: boolean
}

const exportForms: readonly ExportForm[] = [
  { label: 'Each call, CSV', detail: 'One line for each call of a model.', extension: 'csv' },
  { label: 'Each call, JSON', detail: 'One object for each call of a model.', extension: 'json' },
  { label: 'Sums, CSV', detail: 'One line for each day, model, caller, …', extension: 'csv', isSummed: true },
  {
    label: 'Sums, JSON',
    detail: 'One object for each day, model, caller, …',
    extension: 'json',
    isSummed: true,
  },
]

/** Offered where there are any. */
const textForm: ExportForm = {
  label: 'Each call with its prompt and answer, JSON',
  detail: 'Prompts and answers of the calls whose texts were kept. Mind where you save it.',
  extension: 'json',
  withTexts: true,
}

interface Wanted extends ExportForm {
  readonly by: readonly ReportDimension[] | undefined
  readonly period: Period
  readonly timeZone: string
}

async function collectRows(
  { loadPipeline }: CommandServices,
  { by, withTexts = false, period, timeZone }: Wanted,
) {
  const { report, attempts, texts } = await loadPipeline()
  if (by !== undefined) return flattenReport(report({ period, by, timeZone }))
  const flatten = (record: AttemptRecord) =>
    withTexts ? flattenWithText(record, texts.find(record)) : flattenAttempt(record)
  return Array.from(attempts(period), flatten)
}

async function exportUsage(services: CommandServices): Promise<void> {
  const period = await choosePeriod(services, 'Export Usage')
  if (period === undefined) return
  const { texts } = await services.loadPipeline()
  const forms = texts.count() === 0 ? exportForms : [...exportForms, textForm]
  const answer = await services.ui.pick({
    title: 'Export Usage',
    placeholder: 'In which form?',
    rows: forms.map((form) => ({ label: form.label, detail: form.detail, value: form })),
  })
  if (answer.kind !== 'value') return
  const { extension, isSummed = false } = answer.value
  const by = isSummed ? await chooseDimensions(services, 'Export Usage') : undefined
  if (isSummed && by === undefined) return
  const now = services.clock.now()
  const timeZone = services.timeZone()
  const span = period.span(now, timeZone)
  const rows = await collectRows(services, { ...answer.value, by, period: span, timeZone })
  const text = extension === 'csv' ? writeCsv(rows) : writeJson(rows)
  const path = await services.host.saveText(`roundhouse-usage.${extension}`, text)
  if (path !== undefined) services.ui.flash(`${rows.length} rows exported`)
}

async function deleteUsage(services: CommandServices): Promise<void> {
  const answer = await services.ui.input({
    title: 'Delete Old Usage',
    prompt: 'Delete what is older than so many days. What budgets count now stays.',
    value: '90',
    validate: (text) =>
      /^[1-9]\d{0,4}$/.test(text.trim()) ? undefined : 'Enter a number of days, at least 1.',
  })
  if (answer.kind !== 'value') return
  const days = Number(answer.value)
  const pressed = await services.ui.tell({
    level: 'warning',
    message: `Delete the usage of everything older than ${days} days? This cannot be undone.`,
    modal: true,
    buttons: ['Delete'],
  })
  if (pressed !== 'Delete') return
  const { purge } = await services.loadPipeline()
  const before = services.clock.now() - days * dayMs
  const deleted = await services.ui.progress('Deleting old usage…', async (signal) => purge(before, signal))
  services.ui.flash(`${deleted} calls deleted`)
}

async function deleteTexts({ ui, loadPipeline }: CommandServices): Promise<void> {
  const { texts } = await loadPipeline()
  const count = texts.count()
  if (count === 0) {
    await ui.tell({ level: 'info', message: 'No prompts and no answers are kept.' })
    return
  }
  const message = `Delete the kept prompts and answers of ${countCalls(count)}? This cannot be undone.`
  const pressed = await ui.tell({ level: 'warning', message, modal: true, buttons: ['Delete'] })
  if (pressed === 'Delete') ui.flash(`Prompts and answers of ${countCalls(texts.delete())} deleted`)
}

export function usageCommands(services: CommandServices): Pick<CommandHandlers, UsageCommand> {
  return {
    'roundhouse.showUsage': async () => showUsage(services),
    'roundhouse.exportUsage': async () => exportUsage(services),
    'roundhouse.deleteUsage': async () => deleteUsage(services),
    'roundhouse.deleteTexts': async () => deleteTexts(services),
    'roundhouse.showChanges': async () => {
      const { audit } = await services.loadPipeline()
      const now = services.clock.now()
      const entries = audit.read({ from: now - 365 * dayMs, to: now + 1 })
      await services.reports.show('Changes', changeReport(entries, services.timeZone()))
    },
    'roundhouse.showBudgets': async () => {
      const { budgets } = await services.loadPipeline()
      const ofBudgets = ({ path }: SettingProblem) => budgetSettings.has(settingOfPath(path))
      const problems = services.settingProblems.list().filter(ofBudgets)
      await services.reports.show('Budgets', budgetReport(budgets.status(), problems))
    },
  }
}
