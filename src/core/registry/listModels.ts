import { createAbortRace } from '../abortRace.js'
import { originOf } from '../credentials/origin.js'
import { ModelError } from '../errors.js'
import type { ListedModel } from '../model.js'
import type { Connection, Provider, ProviderPorts } from '../provider.js'
import { wrapError } from '../wrapError.js'

/** Milliseconds that a model list may take. */
export const listTimeLimitMs = 15_000

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

async function ask(options: ListOptions, signal: AbortSignal): Promise<readonly ListedModel[]> {
  const { connection, provider, ports } = options
  const key = typeof options.key === 'function' ? await options.key() : options.key
  signal.throwIfAborted()
  const listed = await provider.listModels({ ...ports, connection, key, signal })
  const byId = new Map(listed.map((model) => [model.id, model]))
  byId.delete('')
  return [...byId.values()]
}

/**
 * A connection's models by the provider's own list, each id once. Throws ModelError, `timeout` when the time limit
 * has passed and `cancelled` when the signal has aborted, even where the provider goes on regardless.
 */
export async function listModels(options: ListOptions): Promise<readonly ListedModel[]> {
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
