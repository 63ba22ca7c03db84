import { describeTidying, tidyBaseUrl } from '../../core/baseUrl.js'
import { originOf } from '../../core/credentials/origin.js'
import type { Connection } from '../../core/provider.js'
import { addressOf, isMakersCloud, locationOfConnection } from '../../core/registry/location.js'
import { describeKey } from '../views/connectionStatus.js'
import { escapeIcons, shorten } from '../views/format.js'
import { templateTitle } from '../views/parameterWords.js'
import { inheritedBaseUrl, isEmbedded } from '../views/providerTraits.js'
import { connectionNodeId } from '../views/treeTarget.js'
import { askField, askKey, withField } from './connectionSteps.js'
import { checkUrl, formatField, parseList } from './fieldText.js'
import { type Configured, findConfigured } from './pickers.js'
import { askAfterFailure, checkCandidate, saveConnection } from './saveConnection.js'
import type { CommandServices } from './services.js'
import type { PickRow } from './ui.js'

/** One thing of a connection that can be changed. */
interface Aspect {
  readonly label: string
  readonly current: string
  readonly detail?: string
  readonly icon: string
  /** False ends the editing. */
  readonly change: () => Promise<boolean>
}

async function editName(services: CommandServices, { connection }: Configured): Promise<boolean> {
  const others = services.connections.list().filter((other) => other.id !== connection.id)
  const answer = await services.ui.input({
    title: `Edit ${connection.name}: Name`,
    prompt: 'How this connection is called in lists. Its id, with which model ids begin, stays.',
    value: connection.name,
    validate: (text) => {
      if (text.trim() === '') return 'Give it a name.'
      return others.some((other) => other.name === text.trim())
        ? 'Another connection has this name.'
        : undefined
    },
  })
  if (answer.kind === 'value') await services.connections.save({ ...connection, name: answer.value.trim() })
  return true
}

/** A key is only ever sent to the origin it was given for, so another origin needs it again. */
async function keyForNewOrigin(
  services: CommandServices,
  old: Configured,
  changed: Connection,
): Promise<{ readonly key?: string } | undefined> {
  const from = originOf(old.connection.baseUrl)
  const to = originOf(changed.baseUrl)
  if (old.provider.key === undefined || from === to) return {}
  const status = await services.credentials.status(old.connection)
  if (status.state !== 'stored' && status.state !== 'otherOrigin' && status.state !== 'environment') return {}
  const answer = await askKey(services, {
    title: `Edit ${changed.name}: Key`,
    provider: old.provider,
    reason: `The present key is for ${from ?? 'another address'} and is not sent to ${to ?? 'the new one'}: enter the key for the new address.`,
    mayBeEmpty: !old.provider.key.required,
  })
  if (answer.kind !== 'value') return undefined
  return answer.value === '' ? {} : { key: answer.value }
}

async function saveTested(
  services: CommandServices,
  changed: Configured,
  key: string | undefined,
): Promise<'done' | 'edit'> {
  const candidate = { ...changed, ...(key === undefined ? {} : { enteredKey: key }) }
  const check = await checkCandidate(services, candidate)
  if (check.kind === 'failed') {
    const verdict = await askAfterFailure(services, candidate, check.error)
    if (typeof verdict === 'object') {
      const connection = { ...changed.connection, baseUrl: verdict.baseUrl }
      return await saveTested(services, { ...changed, connection }, key)
    }
    if (verdict !== 'save') return verdict === 'edit' ? 'edit' : 'done'
  }
  await saveConnection(services, changed.connection, key)
  await services.rememberTest(changed.connection)
  return 'done'
}

async function editBaseUrl(services: CommandServices, configured: Configured): Promise<boolean> {
  const { connection, provider } = configured
  const inherited = inheritedBaseUrl(provider, services.environment)
  let url = connection.baseUrl ?? ''
  for (;;) {
    const answer = await services.ui.input({
      title: `Edit ${connection.name}: Address`,
      prompt: inherited === undefined ? 'The base URL of the API.' : `Leave it empty for ${inherited}.`,
      value: url,
      validate: (text) => (text.trim() === '' && inherited !== undefined ? undefined : checkUrl(text)),
    })
    if (answer.kind !== 'value') return true
    const tidy = tidyBaseUrl(answer.value)
    if (tidy.removed.length > 0) services.ui.flash(describeTidying(tidy))
    url = tidy.url === '' ? (inherited ?? '') : tidy.url
    if (url === connection.baseUrl) return true
    const { maker: _, ...rest } = connection
    const changed = { ...rest, ...addressOf(url, services.providers) }
    const key = await keyForNewOrigin(services, configured, changed)
    if (key === undefined) continue
    if ((await saveTested(services, { connection: changed, provider }, key.key)) === 'done') return true
  }
}

async function editPatterns(
  services: CommandServices,
  { connection }: Configured,
  which: 'include' | 'exclude',
): Promise<boolean> {
  const answer = await services.ui.input({
    title: `Edit ${connection.name}: ${which === 'include' ? 'Include' : 'Exclude'}`,
    prompt:
      which === 'include'
        ? 'Only models whose id matches one of these, separated by commas; * is any text. Empty: all of them.'
        : 'Models whose id matches one of these are left out, separated by commas; * is any text.',
    value: connection[which].join(', '),
    placeholder: 'gpt-5*, o4-mini',
  })
  if (answer.kind === 'value') {
    await services.connections.save({ ...connection, [which]: parseList(answer.value) })
  }
  return true
}

function fieldAspects(services: CommandServices, configured: Configured): readonly Aspect[] {
  const { connection, provider } = configured
  const own = provider.fields.filter((field) => field.id !== 'baseUrl' && field.type !== 'files')
  return own.map((field) => ({
    label: field.label,
    current: formatField(connection.fields[field.id]) || 'default',
    detail: field.description,
    icon: 'symbol-field',
    async change() {
      const title = `Edit ${connection.name}: ${field.label}`
      const answer = await askField(services, field, connection.fields[field.id], { title })
      if (answer.kind === 'value') {
        const fields = withField(connection.fields, field.id, answer.value)
        await services.connections.save({ ...connection, fields })
      }
      return true
    },
  }))
}

/** Leaves the editing for another command. */
function leave(services: CommandServices, command: string, connection: Connection): () => Promise<boolean> {
  return async () => {
    await services.host.execute(command, connectionNodeId(connection.id))
    return false
  }
}

const placeNames = {
  unsaid: 'as the provider’s do',
  local: 'on this machine or your network',
  cloud: 'in a cloud',
} as const

type Place = keyof typeof placeNames

const placeRows: readonly PickRow<Place>[] = [
  {
    label: 'On this machine or your network',
    detail: 'They cost nothing, and are asked where nothing may leave for a cloud.',
    icon: 'vm',
    value: 'local',
  },
  {
    label: 'In a cloud',
    detail: 'The server passes on what it is asked. State prices where a budget is to count them.',
    icon: 'cloud',
    value: 'cloud',
  },
  { label: 'Default', description: 'As the provider’s do', value: 'unsaid' },
]

async function editPlace(services: CommandServices, { connection }: Configured): Promise<boolean> {
  const answer = await services.ui.pick({
    title: `Edit ${connection.name}: Where Its Models Run`,
    placeholder: 'Only you know what stands behind a server of your own.',
    rows: placeRows.map((row) => ({ ...row, active: row.value === (connection.location ?? 'unsaid') })),
  })
  if (answer.kind !== 'value') return true
  const { location: _, ...rest } = connection
  const location = answer.value === 'unsaid' ? {} : { location: answer.value }
  await services.connections.save({ ...rest, ...location })
  return true
}

/** Where it is reached, and with what. */
function accessAspects(services: CommandServices, configured: Configured): readonly Aspect[] {
  const { connection, provider } = configured
  if (isEmbedded(provider)) {
    const change = leave(services, 'roundhouse.addModelFile', connection)
    return [{ label: 'Add a GGUF File…', current: '', icon: 'new-file', change }]
  }
  const address: Aspect = {
    label: 'Address',
    current: connection.baseUrl ?? '',
    icon: 'link',
    change: async () => editBaseUrl(services, configured),
  }
  const place: Aspect = {
    label: 'Where Its Models Run',
    current: placeNames[connection.location ?? 'unsaid'],
    icon: locationOfConnection(connection, provider) === 'local' ? 'vm' : 'cloud',
    change: async () => editPlace(services, configured),
  }
  const places = isMakersCloud(connection, provider) ? [] : [place]
  if (provider.key === undefined) return [address, ...places]
  const view = services.registry.view(connection.id)
  const current = (view === undefined ? undefined : describeKey(view)) ?? ''
  return [
    address,
    ...places,
    { label: 'Key', current, icon: 'key', change: leave(services, 'roundhouse.enterKey', connection) },
  ]
}

/** Which models it offers, and what is known of them. */
function modelAspects(services: CommandServices, configured: Configured): readonly Aspect[] {
  const { connection } = configured
  const overrides = Object.keys(connection.models).length
  return [
    {
      label: 'Include',
      current: connection.include.join(', ') || 'all models',
      icon: 'filter',
      change: async () => editPatterns(services, configured, 'include'),
    },
    {
      label: 'Exclude',
      current: connection.exclude.join(', ') || 'none',
      icon: 'eye-closed',
      change: async () => editPatterns(services, configured, 'exclude'),
    },
    {
      label: 'Parameter Template…',
      current: connection.template === undefined ? 'none' : templateTitle(connection.template),
      detail:
        'What requests carry: how freely words are chosen, how much is thought, how long an answer may be.',
      icon: 'settings',
      change: leave(services, 'roundhouse.chooseParameterTemplate', connection),
    },
    {
      label: 'Limits, Prices and Abilities of Models…',
      current: overrides === 0 ? 'no overrides' : `overrides for ${overrides}`,
      detail: 'Opens settings.json at roundhouse.connections: write them into “models”.',
      icon: 'json',
      change: leave(services, 'roundhouse.editConnectionsJson', connection),
    },
  ]
}

function aspectsOf(services: CommandServices, configured: Configured): readonly Aspect[] {
  const name: Aspect = {
    label: 'Name',
    current: configured.connection.name,
    icon: 'tag',
    change: async () => editName(services, configured),
  }
  return [
    name,
    ...accessAspects(services, configured),
    ...fieldAspects(services, configured),
    ...modelAspects(services, configured),
  ]
}

/** Shows what can be changed until the user has had enough; each change is saved at once. */
export async function editConnection(services: CommandServices, first: Configured): Promise<void> {
  let configured: Configured | undefined = first
  while (configured !== undefined) {
    const rows: PickRow<Aspect>[] = aspectsOf(services, configured).map((aspect) => ({
      label: aspect.label,
      description: escapeIcons(shorten(aspect.current, 60)),
      ...(aspect.detail === undefined ? {} : { detail: aspect.detail }),
      icon: aspect.icon,
      value: aspect,
    }))
    const title = `Edit ${configured.connection.name}`
    const answer = await services.ui.pick({ title, placeholder: 'What to change? Esc when done.', rows })
    if (answer.kind !== 'value' || !(await answer.value.change())) return
    configured = findConfigured(services, configured.connection.id)
  }
}
