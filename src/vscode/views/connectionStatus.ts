import { withoutCredentials } from '../../core/credentials/origin.js'
import { dayMs } from '../../core/durations.js'
import type { ConnectionView } from '../../core/registry/registry.js'
import { formatAge, formatModelCount, formatMoment } from './format.js'

export type StatusKind =
  | 'ready'
  | 'refreshing'
  | 'disabled'
  | 'keyMissing'
  | 'keyOtherOrigin'
  | 'keyUnreadable'
  | 'unreachable'
  | 'heldBack'

export interface ConnectionStatus {
  readonly kind: StatusKind
  /** A few words for a row, e.g. "unreachable since 14:02". */
  readonly words: string
  /** One or two sentences: what is so, and what to do. */
  readonly sentence: string
  /** Nothing can be asked of its models until the user acts. */
  readonly needsAction: boolean
}

interface StatusRow {
  readonly kind: StatusKind
  readonly holds: (view: ConnectionView) => boolean
  readonly describe: (view: ConnectionView, now: number) => Pick<ConnectionStatus, 'words' | 'sentence'>
  readonly needsAction: boolean
}

function addressOf({ connection: { baseUrl } }: ConnectionView): string {
  return baseUrl === undefined ? 'this address' : withoutCredentials(baseUrl)
}

function keyOriginOf(view: ConnectionView): string {
  return view.key.state === 'otherOrigin' ? view.key.origin : ''
}

function describeUnreachable(view: ConnectionView, now: number) {
  if (view.state.kind !== 'unreachable') return { words: '', sentence: '' }
  const since = formatMoment(view.state.since, now)
  const kept = view.models.length === 0 ? '' : ' The last list is still shown.'
  return { words: `unreachable since ${since}`, sentence: `${view.state.error.message}${kept}` }
}

/** The first row that holds describes the connection. */
const statusRows: readonly StatusRow[] = [
  {
    kind: 'disabled',
    holds: (view) => view.state.kind === 'disabled' || !view.connection.enabled,
    describe: () => ({
      words: 'disabled',
      sentence: 'Disabled: its models are not offered. Enable it to use them.',
    }),
    needsAction: true,
  },
  {
    kind: 'heldBack',
    holds: (view) => view.state.kind === 'heldBack',
    describe: () => ({
      words: 'held back: local only',
      sentence:
        'It runs in a cloud, and roundhouse.localOnly is on: nothing is sent to it. Turn the setting off to use its models.',
    }),
    needsAction: true,
  },
  {
    kind: 'keyOtherOrigin',
    holds: (view) => view.key.state === 'otherOrigin',
    describe: (view) => ({
      words: 'key is for another address',
      sentence: `The stored key was given for ${keyOriginOf(view)}, so it is not sent to ${addressOf(view)}. Enter the key for this address.`,
    }),
    needsAction: true,
  },
  {
    kind: 'keyUnreadable',
    holds: (view) => view.key.state === 'unavailable',
    describe: (view) => ({
      words: 'key cannot be read',
      sentence:
        `${view.key.state === 'unavailable' ? view.key.message : ''} Enter the key again, or see the log.`.trim(),
    }),
    needsAction: true,
  },
  {
    kind: 'keyMissing',
    holds: (view) => view.state.kind === 'noKey' || (view.key.state === 'missing' && view.key.required),
    describe: (view) => {
      const variables = view.provider.key?.environmentVariables ?? []
      const or = variables.length === 0 ? '' : ` Or set ${variables.join(' or ')} before VS Code starts.`
      return { words: 'no key', sentence: `Enter a key to use ${view.connection.name}.${or}` }
    },
    needsAction: true,
  },
  {
    kind: 'unreachable',
    holds: (view) => view.state.kind === 'unreachable',
    describe: describeUnreachable,
    needsAction: false,
  },
  {
    kind: 'refreshing',
    holds: (view) => view.state.kind === 'refreshing',
    describe: () => ({ words: 'refreshing…', sentence: 'Its list of models is being refreshed.' }),
    needsAction: false,
  },
]

const readyRow: StatusRow = {
  kind: 'ready',
  holds: () => true,
  describe: (view) => ({
    words: 'ready',
    sentence: `Ready with ${formatModelCount(view.models.length, view.leftOut)}.`,
  }),
  needsAction: false,
}

/** What a connection's state is, in words. `now`: milliseconds since the epoch. */
export function describeStatus(view: ConnectionView, now: number): ConnectionStatus {
  const row = statusRows.find((candidate) => candidate.holds(view)) ?? readyRow
  return { kind: row.kind, needsAction: row.needsAction, ...row.describe(view, now) }
}

/** Where the key comes from, in words; undefined where none is needed. */
export function describeKey(view: ConnectionView): string | undefined {
  switch (view.key.state) {
    case 'stored':
      return 'Key stored on this machine'
    case 'environment':
      return `Key from ${view.key.variable} of the environment`
    case 'missing':
      return view.key.required ? 'No key' : 'No key (not required)'
    case 'otherOrigin':
      return `Key stored for ${view.key.origin}`
    case 'unavailable':
      return 'Key cannot be read'
    case 'notNeeded':
      break
  }
  return undefined
}

const staleAfterMs = dayMs

/** "listed 3 h ago" where the list shown may be out of date; undefined where it is fresh or was never read. */
export function describeStaleness(view: ConnectionView, now: number): string | undefined {
  if (view.listedAt === undefined) return undefined
  const age = now - view.listedAt
  const waiting = view.state.kind === 'unreachable' || view.state.kind === 'noKey'
  return waiting || age >= staleAfterMs ? `listed ${formatAge(age)}` : undefined
}
