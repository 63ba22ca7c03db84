import { ModelError } from '../errors.js'
import { createEmitter } from '../event.js'
import { isRecord, parseJson } from '../json.js'
import type { Environment, Log, SecretStore } from '../ports.js'
import { type Connection, environmentBaseUrl, type Provider, type ProviderTable } from '../provider.js'
import type { Credentials, KeyRefusal, KeyStatus } from './credentials.js'
import { originOf } from './origin.js'

export interface CredentialsOptions {
  readonly secrets: SecretStore
  readonly providers: ProviderTable
  readonly environment: Environment
  readonly log: Log
  /** Told of each key before anyone else sees it. */
  readonly register?: (secret: string) => void
}

const namePrefix = 'roundhouse.key.'

/** Bound to the connection by its name in the store, and to a server by the origin beside it. */
interface StoredKey {
  readonly origin: string
  readonly key: string
}

/** A status with the key that it speaks of; it never leaves this file. */
interface Finding {
  readonly status: KeyStatus
  readonly key?: string
}

function parseStoredKey(text: string): StoredKey | undefined {
  const value = parseJson(text)
  if (!isRecord(value)) return undefined
  const { origin, key } = value
  return typeof origin === 'string' && typeof key === 'string' && key !== '' ? { origin, key } : undefined
}

/** Where a key may go. A connection without a server keeps its key to its provider. */
function bindingOf(connection: Connection): string | undefined {
  return connection.baseUrl === undefined ? `provider:${connection.provider}` : originOf(connection.baseUrl)
}

/** The environment's key is for the provider's own server, or the one that it names too, wherever a connection points. */
function findInEnvironment(
  provider: Provider,
  connection: Connection,
  environment: Environment,
): Finding | undefined {
  const own = [provider.baseUrl, environmentBaseUrl(provider, environment)].map(originOf)
  const origin = originOf(connection.baseUrl)
  if (origin === undefined || !own.includes(origin)) return undefined
  for (const variable of provider.key?.environmentVariables ?? []) {
    const key = environment[variable]?.trim() ?? ''
    if (key !== '') return { status: { state: 'environment', variable }, key }
  }
  return undefined
}

function readStored(
  { log }: CredentialsOptions,
  connection: Connection,
  text: string,
): StoredKey | undefined {
  const stored = parseStoredKey(text)
  if (stored === undefined) log.warn(`The key stored for ${connection.name} is damaged; enter it again`)
  return stored
}

/** A key that was stored for this very server, else the environment's, else what stands in the way. */
function judge(
  options: CredentialsOptions,
  { connection, provider }: { readonly connection: Connection; readonly provider: Provider },
  text: string | undefined,
): Finding {
  const stored = text === undefined ? undefined : readStored(options, connection, text)
  if (stored !== undefined && stored.origin === bindingOf(connection))
    return { status: { state: 'stored' }, key: stored.key }
  if (stored !== undefined) return { status: { state: 'otherOrigin', origin: stored.origin } }
  const required = provider.key?.required === true
  return (
    findInEnvironment(provider, connection, options.environment) ?? { status: { state: 'missing', required } }
  )
}

interface Judged {
  readonly text: string | undefined
  readonly finding: Finding
}

/** What was found for the same connection and the same stored text is found again: each request asks. */
function createKeyFinder(options: CredentialsOptions) {
  const known = new WeakMap<Connection, Judged>()
  return async (connection: Connection): Promise<Finding> => {
    const provider = options.providers.find((row) => row.id === connection.provider)
    if (provider?.key === undefined) return { status: { state: 'notNeeded' } }
    let text: string | undefined
    try {
      text = await options.secrets.get(namePrefix + connection.id)
    } catch (error) {
      options.log.error(`The key of ${connection.name} could not be read`, error)
      const message =
        'The system’s key store could not be read. Unlock or repair it, then refresh the connection.'
      return { status: { state: 'unavailable', message } }
    }
    const judged = known.get(connection)
    if (judged !== undefined && judged.text === text) return judged.finding
    const finding = judge(options, { connection, provider }, text)
    known.set(connection, { text, finding })
    return finding
  }
}

function unauthorized(connection: Connection, message: string): ModelError {
  return new ModelError({ code: 'unauthorized', message, provider: connection.provider })
}

/** Why there is no key to send; undefined where none is needed. */
function explain(connection: Connection, status: KeyStatus): ModelError | undefined {
  if (status.state === 'unavailable') return unauthorized(connection, status.message)
  if (status.state === 'otherOrigin') {
    const present = originOf(connection.baseUrl) ?? 'another server'
    return unauthorized(
      connection,
      `The key of ${connection.name} was given for ${status.origin}, but the connection points to ${present}. Enter the key for this server, or restore the base URL.`,
    )
  }
  if (status.state !== 'missing' || !status.required) return undefined
  return unauthorized(connection, `${connection.name} has no key. Enter the key of this connection.`)
}

/** Why a key that is there is not given. */
const refusals: Readonly<Partial<Record<KeyStatus['state'], string>>> = {
  otherOrigin: 'given for another server',
  unavailable: 'key store not readable',
}

/** As it can stand in an HTTP header: pasted keys come with line ends and invisible characters. */
function cleanKey(connection: Connection, text: string): string {
  const key = text.trim()
  if (/^[\x21-\x7e]+$/.test(key)) return key
  const what = key === '' ? 'The key is empty' : 'The key has characters that no key has'
  throw new ModelError({
    code: 'invalid-request',
    message: `${what}. Copy it again from where it was made.`,
    provider: connection.provider,
  })
}

async function storeKey(options: CredentialsOptions, connection: Connection, text: string): Promise<void> {
  const key = cleanKey(connection, text)
  const origin = bindingOf(connection)
  if (origin === undefined) {
    throw new ModelError({
      code: 'invalid-request',
      message: `The base URL of ${connection.name} is no web address. Correct it before you give a key.`,
      provider: connection.provider,
    })
  }
  options.register?.(key)
  await guardStore(() => options.secrets.set(namePrefix + connection.id, JSON.stringify({ origin, key })))
}

async function guardStore(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (cause) {
    throw new ModelError({
      code: 'unauthorized',
      message: 'The system’s key store could not be written. Unlock or repair it, then try again.',
      cause,
    })
  }
}

/**
 * Keys, each bound to its connection's origin. They leave by `resolve` alone.
 * The secret store must announce its own changes as well as those of other windows.
 */
export function createCredentials(options: CredentialsOptions): Credentials {
  const changed = createEmitter<string>()
  const refused = createEmitter<KeyRefusal>()
  const findKey = createKeyFinder(options)
  const subscription = options.secrets.onDidChange((name) => {
    if (name.startsWith(namePrefix)) changed.fire(name.slice(namePrefix.length))
  })
  return {
    status: async (connection) => (await findKey(connection)).status,
    async resolve(connection) {
      const { status, key } = await findKey(connection)
      const obstacle = explain(connection, status)
      if (obstacle !== undefined) {
        const reason = refusals[status.state]
        if (reason !== undefined) refused.fire({ connectionId: connection.id, reason })
        throw obstacle
      }
      if (key !== undefined) options.register?.(key)
      return key
    },
    store: (connection, key) => storeKey(options, connection, key),
    forget: (connectionId) => guardStore(() => options.secrets.delete(namePrefix + connectionId)),
    onDidRefuse: refused.event,
    onDidChange: changed.event,
    dispose() {
      subscription.dispose()
      changed.dispose()
      refused.dispose()
    },
  }
}
