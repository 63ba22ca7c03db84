import { describeTidying, tidyBaseUrl } from '../../core/baseUrl.js'
import type { Connection, ConnectionField, FieldValue, Provider } from '../../core/provider.js'
import { isPlaceUnknown } from '../../core/registry/location.js'
import { escapeIcons } from '../views/format.js'
import { asksBaseUrl, inheritedBaseUrl, isEmbedded } from '../views/providerTraits.js'
import { type ConnectionDraft, connectionFromDraft, proposeName } from './connectionDraft.js'
import { checkUrl, formatField, parseField } from './fieldText.js'
import type { CommandServices } from './services.js'
import type { Step } from './steps.js'
import type { Answer, PickRow, StepPosition } from './ui.js'

/** Before the provider is chosen there is nothing to draft. */
export type AddDraft = { readonly chosen?: ConnectionDraft }

function mapAnswer<A, B>(answer: Answer<A>, change: (value: A) => B): Answer<B> {
  return answer.kind === 'value' ? { kind: 'value', value: change(answer.value) } : answer
}

/** A variable of the environment with which the provider would work at once. */
function foundVariable(provider: Provider, services: CommandServices): string | undefined {
  const names = [...(provider.key?.environmentVariables ?? []), provider.baseUrlVariable]
  return names.find((name) => name !== undefined && (services.environment[name] ?? '').trim() !== '')
}

/** Cloud before local; in each, what the environment already has comes first. */
function providerRows(services: CommandServices): readonly PickRow<Provider>[] {
  const headings = { cloud: 'Cloud', local: 'On this machine or your network' } as const
  return (['cloud', 'local'] as const).flatMap((location) => {
    const here = services.providers.filter((provider) => provider.location === location)
    const rows = here.map((provider) => ({ provider, variable: foundVariable(provider, services) }))
    const ordered = [
      ...rows.filter((row) => row.variable !== undefined),
      ...rows.filter((row) => row.variable === undefined),
    ]
    return ordered.map(({ provider, variable }, index) => ({
      ...(index === 0 ? { heading: headings[location] } : {}),
      label: provider.name,
      icon: location === 'local' ? 'vm' : 'cloud',
      ...(variable === undefined ? {} : { description: `${variable} found` }),
      detail: provider.description,
      value: provider,
    }))
  })
}

function providerStep(services: CommandServices): Step<AddDraft> {
  return async (draft, position) => {
    const answer = await services.ui.pick({
      title: 'Add Connection',
      placeholder: 'Which provider?',
      rows: providerRows(services).map((row) => ({ ...row, active: row.value === draft.chosen?.provider })),
      position,
    })
    return mapAnswer(answer, (provider) =>
      provider === draft.chosen?.provider ? draft : { chosen: { provider, fields: {} } },
    )
  }
}

type DraftStep = Step<ConnectionDraft>

function draftedConnection(services: CommandServices, draft: ConnectionDraft): Connection {
  const { providers, environment } = services
  return connectionFromDraft(draft, { existing: services.connections.list(), providers, environment })
}

function withoutEntry<K extends string, T extends Partial<Record<K, unknown>>>(
  value: T,
  name: K,
): Omit<T, K> {
  const { [name]: _removed, ...rest } = value
  return rest
}

function baseUrlStep(services: CommandServices): DraftStep {
  return async (draft, position) => {
    const { provider } = draft
    const inherited = inheritedBaseUrl(provider, services.environment)
    const answer = await services.ui.input({
      title: `Add ${provider.name}: Address`,
      prompt:
        inherited === undefined
          ? 'The base URL of the API, as its documentation gives it.'
          : `Where it answers; ${inherited} where nothing is changed.`,
      value: draft.baseUrl ?? inherited ?? '',
      placeholder: 'https://host:8000/v1',
      validate: (text) => (text.trim() === '' && inherited !== undefined ? undefined : checkUrl(text)),
      position,
    })
    return mapAnswer(answer, (text) => {
      const tidy = tidyBaseUrl(text)
      if (tidy.removed.length > 0) services.ui.flash(describeTidying(tidy))
      const { url } = tidy
      return url === '' || url === inherited ? withoutEntry(draft, 'baseUrl') : { ...draft, baseUrl: url }
    })
  }
}

/** A local provider's server that everyone can reach may be a rented one. */
function placeStep(services: CommandServices): DraftStep {
  return async (draft, position) => {
    const answer = await services.ui.pick<'local' | 'cloud'>({
      title: `Add ${draft.provider.name}: Whose Server?`,
      placeholder: `${draft.baseUrl ?? ''} is a public address. Who runs the server?`,
      rows: [
        {
          label: 'A cloud',
          description: 'Somebody else’s server: held back by “local only”',
          icon: 'cloud',
          value: 'cloud',
        },
        { label: 'I do, or my team', description: 'Counts as local', icon: 'vm', value: 'local' },
      ],
      position,
    })
    return mapAnswer(answer, (location) => ({ ...draft, location }))
  }
}

/** Asks for one value: undefined clears it. */
export async function askField(
  services: CommandServices,
  field: ConnectionField,
  current: FieldValue | undefined,
  asked: { readonly title: string; readonly position?: StepPosition },
): Promise<Answer<FieldValue | undefined>> {
  if (field.type === 'choice' || field.type === 'boolean') {
    const options = field.type === 'boolean' ? ['true', 'false'] : (field.options ?? [])
    const rows: PickRow<string>[] = options.map((option) => ({
      label: field.type === 'boolean' ? (option === 'true' ? 'Yes' : 'No') : escapeIcons(option),
      active: option === formatField(current),
      value: option,
    }))
    if (field.required !== true)
      rows.push({ label: 'Default', description: 'Leave it to the provider', value: '' })
    const picked = await services.ui.pick({ ...asked, placeholder: field.description, rows })
    return mapAnswer(picked, (text) => valueOf(field, text))
  }
  const typed = await services.ui.input({
    ...asked,
    prompt: field.description,
    value: formatField(current),
    ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
    validate: (text) => {
      const parsed = parseField(field, text)
      return parsed.kind === 'problem' ? parsed.problem : undefined
    },
  })
  return mapAnswer(typed, (text) => valueOf(field, text))
}

function valueOf(field: ConnectionField, text: string): FieldValue | undefined {
  const parsed = parseField(field, text)
  return parsed.kind === 'value' ? parsed.value : undefined
}

export function withField(
  fields: Readonly<Record<string, FieldValue>>,
  id: string,
  value: FieldValue | undefined,
): Readonly<Record<string, FieldValue>> {
  return value === undefined ? withoutEntry(fields, id) : { ...fields, [id]: value }
}

function fieldStep(services: CommandServices, field: ConnectionField): DraftStep {
  return async (draft, position) => {
    const title = `Add ${draft.provider.name}: ${field.label}`
    const answer = await askField(services, field, draft.fields[field.id], { title, position })
    return mapAnswer(answer, (value) => ({ ...draft, fields: withField(draft.fields, field.id, value) }))
  }
}

export interface KeyQuestion {
  readonly title: string
  readonly provider: Provider
  /** Why, where it is not the first key. */
  readonly reason?: string
  /** A variable that serves where nothing is entered. */
  readonly variable?: string
  readonly mayBeEmpty: boolean
  readonly value?: string
  readonly position?: StepPosition
}

/** A password box; the answer is trimmed and may be empty only where that is allowed. */
export async function askKey(services: CommandServices, question: KeyQuestion): Promise<Answer<string>> {
  const { provider, reason, variable, mayBeEmpty, value, position } = question
  const url = provider.key?.url
  const prompt = [
    reason,
    variable === undefined ? undefined : `Leave it empty to use ${variable} of the environment.`,
    url === undefined ? undefined : `Keys are made at ${url} (button above).`,
    'It is kept in VS Code’s secret storage on this machine.',
  ]
  const answer = await services.ui.input({
    title: question.title,
    prompt: prompt.filter((part) => part !== undefined).join(' '),
    placeholder: mayBeEmpty ? 'Key (may be left empty)' : 'Key',
    password: true,
    ...(value === undefined ? {} : { value }),
    ...(url === undefined ? {} : { link: { url, tooltip: `Get a key at ${url}` } }),
    ...(position === undefined ? {} : { position }),
    validate: (text) => {
      const key = text.trim()
      if (key === '') return mayBeEmpty ? undefined : 'Paste the key here.'
      return /\s/.test(key) ? 'A key has no spaces: look at what was pasted.' : undefined
    },
  })
  return mapAnswer(answer, (text) => text.trim())
}

export function keyStep(services: CommandServices): DraftStep {
  return async (draft, position) => {
    const { provider } = draft
    const status = await services.credentials.status(draftedConnection(services, draft))
    const answer = await askKey(services, {
      title: `Add ${provider.name}: Key`,
      provider,
      ...(status.state === 'environment' ? { variable: status.variable } : {}),
      mayBeEmpty: status.state === 'environment' || provider.key?.required !== true,
      ...(draft.key === undefined ? {} : { value: draft.key }),
      position,
    })
    return mapAnswer(answer, (key) => (key === '' ? withoutEntry(draft, 'key') : { ...draft, key }))
  }
}

export function nameStep(services: CommandServices): DraftStep {
  return async (draft, position) => {
    const taken = new Set(services.connections.list().map((connection) => connection.name))
    const answer = await services.ui.input({
      title: `Add ${draft.provider.name}: Name`,
      prompt: 'How this connection is called in lists, such as Work or Personal.',
      value: draft.name ?? proposeName(draft.provider, taken),
      validate: (text) => {
        if (text.trim() === '') return 'Give it a name.'
        return taken.has(text.trim()) ? 'Another connection has this name.' : undefined
      },
      position,
    })
    return mapAnswer(answer, (name) => ({ ...draft, name: name.trim() }))
  }
}

/** Fields that have steps of their own. */
const ownSteps = new Set(['baseUrl', 'files'])

function asksPlace(services: CommandServices, draft: ConnectionDraft): boolean {
  const { location: _, ...undecided } = draft
  return isPlaceUnknown(draftedConnection(services, undecided), draft.provider)
}

function draftSteps(services: CommandServices, draft: ConnectionDraft): readonly DraftStep[] {
  const { provider } = draft
  const named = services.connections.list().some((connection) => connection.provider === provider.id)
  const fields = provider.fields.filter((field) => field.asked === true && !ownSteps.has(field.id))
  return [
    ...(asksBaseUrl(provider) ? [baseUrlStep(services)] : []),
    ...(asksPlace(services, draft) ? [placeStep(services)] : []),
    ...fields.map((field) => fieldStep(services, field)),
    ...(provider.key === undefined ? [] : [keyStep(services)]),
    ...(named ? [nameStep(services)] : []),
  ]
}

function lift(step: DraftStep): Step<AddDraft> {
  return async (draft, position) => {
    if (draft.chosen === undefined) return { kind: 'cancelled' }
    return mapAnswer(await step(draft.chosen, position), (chosen) => ({ chosen }))
  }
}

/** Provider, address, fields, key, name: each where the provider has it. Embedded models are files, added elsewhere. */
export function addSteps(services: CommandServices): (draft: AddDraft) => readonly Step<AddDraft>[] {
  const first = providerStep(services)
  return (draft) =>
    draft.chosen === undefined || isEmbedded(draft.chosen.provider)
      ? [first]
      : [first, ...draftSteps(services, draft.chosen).map(lift)]
}
