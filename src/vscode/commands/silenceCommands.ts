import type { Silence } from '../../core/usage/alertStore.js'
import { writeMoment } from '../../core/usage/budgetText.js'
import { escapeIcons } from '../views/format.js'
import type { CommandHandlers, CommandServices } from './services.js'
import type { PickRow } from './ui.js'

const any = '*'

function describe({ rule, subject }: Silence): string {
  const what = rule === any ? 'every alert' : rule
  return `${subject === any ? 'everything' : subject}: ${what}`
}

function rowsFor(silences: readonly Silence[], timeZone: string): readonly PickRow<readonly Silence[]>[] {
  const rows = silences.map((silence) => ({
    label: escapeIcons(describe(silence)),
    description: `silent until ${writeMoment(silence.until, timeZone)}`,
    icon: 'bell-slash',
    value: [silence],
  }))
  return silences.length < 2 ? rows : [...rows, { label: 'End All', icon: 'bell', value: silences }]
}

/** Lists what is silenced; the one that is picked, or all, can be told again. */
async function showSilences(services: CommandServices): Promise<void> {
  const { ui, timeZone } = services
  const { alerts } = await services.loadPipeline()
  const silences = alerts.silences()
  if (silences.length === 0) {
    await ui.tell({ level: 'info', message: 'No alert is silenced.' })
    return
  }
  const answer = await ui.pick({
    title: 'Silenced Alerts',
    placeholder: 'Pick one to hear of it again',
    rows: rowsFor(silences, timeZone()),
  })
  if (answer.kind !== 'value') return
  for (const { rule, subject } of answer.value) alerts.unsilence({ rule, subject })
  ui.flash(`No longer silenced: ${answer.value.map(describe).join('; ')}`)
}

export function silenceCommands(services: CommandServices): Pick<CommandHandlers, 'roundhouse.showSilences'> {
  return { 'roundhouse.showSilences': async () => showSilences(services) }
}
