import type { Clock, EmbeddedEngine, Environment, Log, Notices } from '../../src/core/ports.js'
import type { Connection, ProviderContext } from '../../src/core/provider.js'

export interface ProviderContextOptions {
  readonly provider: string
  readonly baseUrl?: string
  readonly key?: string
  readonly fields?: Connection['fields']
  readonly signal?: AbortSignal
  readonly clock?: Clock
  readonly log?: Log
  readonly notices?: Notices
  readonly environment?: Environment
  readonly models?: Connection['models']
  readonly onRateLimits?: ProviderContext['onRateLimits']
  readonly fetch?: ProviderContext['fetch']
  readonly localFetch?: ProviderContext['localFetch']
  readonly isLocalOnly?: ProviderContext['isLocalOnly']
}

/** What a provider gets, of the connection `work` ("Work"): the real fetch, and a clock that really passes. */
export function createProviderContext(options: ProviderContextOptions): ProviderContext {
  const { baseUrl, provider } = options
  return {
    connection: {
      id: 'work',
      name: 'Work',
      provider,
      enabled: true,
      fields: options.fields ?? {},
      include: [],
      exclude: [],
      models: options.models ?? {},
      ...(baseUrl === undefined ? {} : { baseUrl }),
    },
    key: options.key,
    fetch: options.fetch ?? fetch,
    engine: noEngine,
    isLocalOnly: options.isLocalOnly ?? (() => false),
    clock: options.clock ?? systemClock,
    log: options.log ?? silentLog,
    notices: options.notices ?? { notice: () => undefined },
    environment: options.environment ?? {},
    signal: options.signal ?? new AbortController().signal,
    ...(options.onRateLimits === undefined ? {} : { onRateLimits: options.onRateLimits }),
    ...(options.localFetch === undefined ? {} : { localFetch: options.localFetch }),
  }
}

const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  alarm(ms, ring) {
    const timer = setTimeout(ring, ms)
    return () => clearTimeout(timer)
  },
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, ms)
      signal?.addEventListener('abort', stop, { once: true })
    }),
}

const noEngine: EmbeddedEngine = {
  inspect: () => Promise.reject(new Error('There is no engine here.')),
  chat: () => {
    throw new Error('There is no engine here.')
  },
  countTokens: () => Promise.reject(new Error('There is no engine here.')),
  countLoaded: () => Promise.resolve(undefined),
  embed: () => Promise.reject(new Error('There is no engine here.')),
  rerank: () => Promise.reject(new Error('There is no engine here.')),
  dispose: () => undefined,
}

const silentLog: Log = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
