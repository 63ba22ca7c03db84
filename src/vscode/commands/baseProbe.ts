import { isModelError } from '../../core/errors.js'
import type { Connection, Provider } from '../../core/provider.js'
import type { CommandServices } from './services.js'

/** A connection as it would be, with the key that was entered for it, if any. */
export interface ProbedConnection {
  readonly connection: Connection
  readonly provider: Provider
  readonly enteredKey?: string
}

/** What a base URL that was entered without its end may lack, in the order in which servers have it. */
const endings = ['/v1', '/api/v1', '/openai/v1'] as const

/** What an address that is no API answers: nothing there, a page, or something that is no list of models. */
const elsewhere: ReadonlySet<string> = new Set(['not-found', 'provider-error', 'capability-unsupported'])

/** Milliseconds for each address: it is a question on top of the user's own. */
const probeMs = 5_000

const isVersioned = /\/v\d[\w.]*$/

/**
 * The base URL at which the server does list models, if a test of the given one has failed because it is no API's. The
 * same origin, so that the key goes to no other. Undefined if there is none.
 */
export async function findBaseUrl(
  services: CommandServices,
  { connection, provider, enteredKey }: ProbedConnection,
  error: unknown,
): Promise<string | undefined> {
  const base = connection.baseUrl?.replace(/\/+$/, '')
  if (base === undefined || isVersioned.test(base)) return undefined
  if (!isModelError(error) || !elsewhere.has(error.code)) return undefined
  const key = enteredKey ?? (await services.credentials.resolve(connection))
  for (const ending of endings) {
    const baseUrl = `${base}${ending}`
    const tried = { connection: { ...connection, baseUrl }, provider, key }
    const found = await services
      .testConnection({ ...tried, mayChat: async () => false }, AbortSignal.timeout(probeMs))
      .then(({ modelCount }) => modelCount > 0)
      .catch(() => false)
    if (found) return baseUrl
  }
  return undefined
}
