import type { Credentials, KeyStatus } from '../credentials/credentials.js'
import type { Event } from '../event.js'
import type { Disposable, Log } from '../ports.js'
import type { Connection } from '../provider.js'
import type { AttemptRecord } from './attemptRecord.js'
import type { Audit } from './audit.js'

export interface KeyWatchOptions {
  readonly audit: Pick<Audit, 'write' | 'writeFirst'>
  readonly credentials: Pick<Credentials, 'status' | 'onDidChange' | 'onDidRefuse'>
  readonly connections: () => readonly Connection[]
  /** Fires with the id of a connection whose key a server has refused at a test. */
  readonly onDidRefuseKey: Event<string>
  /** Each attempt of this window, at its end. */
  readonly onDidAttempt: Event<AttemptRecord>
  readonly log: Log
}

/** What begins a key's life: what was on record of an earlier key says nothing of this one. */
const beginnings = ['stored', 'rotated'] as const

type State = KeyStatus['state']

/** Kept apart from the events, so that a key that takes another's place is told from one where none was. */
function createKnownStates({ credentials, connections }: KeyWatchOptions) {
  const states = new Map<string, State>()
  const stateOf = async (connection: Connection | undefined): Promise<State> =>
    connection === undefined ? 'missing' : (await credentials.status(connection)).state
  const find = (id: string) => connections().find((connection) => connection.id === id)
  return {
    async readAll(): Promise<void> {
      for (const connection of connections())
        if (!states.has(connection.id)) states.set(connection.id, await stateOf(connection))
    },
    /** As it was, and as it is now. */
    async renew(id: string): Promise<readonly [State | undefined, State]> {
      const before = states.get(id)
      const now = await stateOf(find(id))
      states.set(id, now)
      return [before, now]
    },
    read: async (id: string) => await stateOf(find(id)),
  }
}

/** What this window has put on record of each key already. */
function createTold() {
  const told = new Set<string>()
  return {
    once(id: string, what: string, write: () => void): void {
      const name = `${id} ${what}`
      if (told.has(name)) return
      told.add(name)
      write()
    },
    forget(id: string): void {
      for (const name of told) if (name.startsWith(`${id} `)) told.delete(name)
    },
  }
}

/** Who asked, by the name of an extension where there is one. */
function callerOf({ caller }: AttemptRecord): string {
  return caller.extension ?? caller.door
}

/** Puts on record when a key was stored, rotated, removed, first used by whom, and refused by whom; never a key. */
export function watchKeys(options: KeyWatchOptions): Disposable {
  const { audit, credentials, log } = options
  const known = createKnownStates(options)
  const told = createTold()

  async function noteChange(id: string): Promise<void> {
    told.forget(id)
    const [before, now] = await known.renew(id)
    const isStored = now === 'stored' || now === 'otherOrigin'
    const action = !isStored
      ? 'removed'
      : before === 'stored' || before === 'otherOrigin'
        ? 'rotated'
        : 'stored'
    audit.write({ subject: 'key', name: id, action, detail: '', origin: 'secret storage' })
  }

  async function noteUse(record: AttemptRecord): Promise<void> {
    const { connection: id } = record.model
    const state = await known.read(id)
    if (state !== 'stored' && state !== 'environment') return
    const detail = `${callerOf(record)}${state === 'environment' ? ', from the environment' : ''}`
    const entry = { subject: 'key', name: id, action: 'first used by', detail, origin: 'request' } as const
    told.once(id, detail, () => audit.writeFirst(entry, beginnings))
  }

  const quietly = (work: Promise<void>, what: string): void => {
    work.catch((error: unknown) => log.error(`${what} could not be put on record`, error))
  }
  quietly(known.readAll(), 'What keys there are')
  const subscriptions = [
    credentials.onDidChange((id) => quietly(noteChange(id), 'A change of a key')),
    credentials.onDidRefuse(({ connectionId: id, reason: detail }) =>
      told.once(id, detail, () =>
        audit.write({ subject: 'key', name: id, action: 'read refused', detail, origin: 'request' }),
      ),
    ),
    options.onDidRefuseKey((id) =>
      audit.write({ subject: 'key', name: id, action: 'wrong', detail: 'at a test', origin: 'command' }),
    ),
    options.onDidAttempt((record) => {
      if (!record.isCacheHit) quietly(noteUse(record), 'The use of a key')
    }),
  ]
  return {
    dispose() {
      for (const subscription of subscriptions) subscription.dispose()
    },
  }
}
