import { canChat, formatModelRef, type ModelInfo, mayBeProposed } from '../../core/model.js'
import { contextWindowOf, escapeIcons, formatPricePair, formatTokens } from '../views/format.js'
import type { CommandServices } from './services.js'
import { runSteps, type Step } from './steps.js'
import type { PickRow, StepPosition } from './ui.js'

interface UtilitySetting {
  readonly key: string
  readonly title: string
  readonly placeholder: string
}

const utilitySettings: readonly UtilitySetting[] = [
  {
    key: 'chat.utilitySmallModel',
    title: 'Small Utility Model',
    placeholder: 'Writes titles, commit messages and other short texts: fast and cheap is best',
  },
  {
    key: 'chat.utilityModel',
    title: 'Utility Model',
    placeholder: 'Writes summaries and does other work in the background',
  },
]

/** Titles and summaries need a real model, with room for a conversation. */
const smallestContext = 8_000

function canServe(model: ModelInfo): boolean {
  return (
    canChat(model) && mayBeProposed(model) && (contextWindowOf(model) ?? smallestContext) >= smallestContext
  )
}

/** Local ones first: they cost nothing and nothing leaves the machine; then by price, unknown last. */
export function rankUtilityModels(models: readonly ModelInfo[]): readonly ModelInfo[] {
  const cost = (model: ModelInfo) =>
    model.location === 'local'
      ? -1
      : (model.pricing.output ?? model.pricing.input ?? Number.POSITIVE_INFINITY)
  return models
    .filter(canServe)
    .map((model) => ({ model, cost: cost(model) }))
    .toSorted((a, b) => (a.cost === b.cost ? 0 : a.cost - b.cost))
    .map(({ model }) => model)
}

function settingValue(model: ModelInfo): string {
  return `roundhouse/${formatModelRef(model)}`
}

function rowsFor(models: readonly ModelInfo[], current: unknown): readonly PickRow<string>[] {
  const ranked = rankUtilityModels(models)
  const proposed = ranked.find((model) => model.location === 'local')
  const rows = ranked.map((model) => {
    const window = contextWindowOf(model)
    const price =
      model.location === 'local' ? 'runs locally' : (formatPricePair(model.pricing) ?? 'price unknown')
    const isCurrent = settingValue(model) === current
    const notes = [...(isCurrent ? ['current'] : []), ...(model === proposed ? ['proposed'] : [])]
    return {
      label: escapeIcons(model.name),
      icon: model.location === 'local' ? 'vm' : 'cloud',
      description: notes.join(', '),
      detail: escapeIcons(
        [
          formatModelRef(model),
          window === undefined ? 'context unknown' : `${formatTokens(window)} context`,
          price,
        ].join(' · '),
      ),
      active: isCurrent || (model === proposed && !ranked.some((other) => settingValue(other) === current)),
      value: settingValue(model),
    }
  })
  return [
    ...rows,
    {
      heading: 'VS Code',
      label: 'Let VS Code Choose',
      description: 'Clears the setting',
      icon: 'clear-all',
      value: '',
    },
  ]
}

type Choices = Readonly<Record<string, string>>

function stepFor(services: CommandServices, setting: UtilitySetting): Step<Choices> {
  return async (choices: Choices, position: StepPosition) => {
    const current = choices[setting.key] ?? services.host.readSetting(setting.key)
    const answer = await services.ui.pick({
      title: setting.title,
      placeholder: setting.placeholder,
      rows: rowsFor(services.registry.models(), current),
      position,
    })
    return answer.kind === 'value'
      ? { kind: 'value', value: { ...choices, [setting.key]: answer.value } }
      : answer
  }
}

/** Sets the models with which VS Code writes titles and summaries; nothing is written before both are chosen. */
export async function setUtilityModels(services: CommandServices): Promise<void> {
  if (rankUtilityModels(services.registry.models()).length === 0) {
    const message = 'Utility work needs a real model. Add a connection or a GGUF file first.'
    const answer = await services.ui.tell({ level: 'info', message, buttons: ['Add Connection'] })
    if (answer === 'Add Connection') await services.host.execute('roundhouse.addConnection')
    return
  }
  const steps = utilitySettings.map((setting) => stepFor(services, setting))
  const draft: Choices = {}
  const choices = await runSteps({ draft, stepsFor: () => steps, totalIsKnown: () => true })
  if (choices === undefined) return
  for (const [key, value] of Object.entries(choices)) {
    await services.host.writeSetting(key, value === '' ? undefined : value)
  }
  services.ui.flash('Utility models are set')
}
