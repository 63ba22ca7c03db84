import { createAbortRace } from '../abortRace.js'
import { originOf } from '../credentials/origin.js'
import { ModelError } from '../errors.js'
import type { ListedModel } from '../model.js'
import type { Connection, Provider, ProviderPorts } from '../provider.js'
import { wrapError } from '../wrapError.js'

/** Milliseconds that a model list may take. */
export const listTimeLimitMs = 15_000

/** More models of one connection fill memory and windows, and help nobody choose. */
export const maximumListedModels = 20_000

/** A provider's list, as far as it is used. */
export interface ModelList {
  readonly models: readonly ListedModel[]
  /** How many more the provider listed; absent if none. */
  readonly leftOut?: number
}

export interface ListOptions {
  readonly connection: Connection
  readonly provider: Provider
  /** The key, or where it comes from: then its reading counts as part of the time. */
  readonly key: string | undefined | (() => Promise<string | undefined>)
  readonly ports: ProviderPorts
  readonly signal: AbortSignal
  readonly timeLimitMs?: number
}

function timeoutError({ connection, provider }: ListOptions, limit: number): ModelError {
  const origin = originOf(connection.baseUrl)
  const place = origin === undefined ? '' : ` at ${origin}`
  return new ModelError({
    code: 'timeout',
    message: `${provider.name}${place} did not answer within ${Math.round(limit / 1000)} seconds. Check that the address is right and that the server is running.`,
    provider: provider.id,
    retryable: true,
  })
}

async function ask(options: ListOptions, signal: AbortSignal): Promise<ModelList> {
  const { connection, provider, ports } = options
  const key = typeof options.key === 'function' ? await options.key() : options.key
  signal.throwIfAborted()
  const listed = await provider.listModels({ ...ports, connection, key, signal })
  const byId = new Map(listed.map((model) => [model.id, model]))
  byId.delete('')
  const models = [...byId.values()]
  const leftOut = models.length - maximumListedModels
  return leftOut > 0 ? { models: models.slice(0, maximumListedModels), leftOut } : { models }
}

/**
 * A connection's models by the provider's own list, each id once, `maximumListedModels` of them at most. Throws ModelError, `timeout` when the time limit
 * has passed and `cancelled` when the signal has aborted, even where the provider goes on regardless.
 */
export async function listModels(options: ListOptions): Promise<ModelList> {
  const limit = options.timeLimitMs ?? listTimeLimitMs
  const attempt = new AbortController()
  const signal = AbortSignal.any([options.signal, attempt.signal])
  const race = createAbortRace(signal)
  const timer = new AbortController()
  const overdue = options.ports.clock.sleep(limit, AbortSignal.any([options.signal, timer.signal]))
  overdue.then(
    () => attempt.abort(timeoutError(options, limit)),
    () => {},
  )
  try {
    return await race.run(ask(options, signal))
  } catch (error) {
    const cause = attempt.signal.aborted ? attempt.signal.reason : error
    throw wrapError(cause, { provider: options.provider, signal: options.signal })
  } finally {
    race.dispose()
    timer.abort()
    attempt.abort()
  }
}
