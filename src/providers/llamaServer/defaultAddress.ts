import { secondMs } from '../../core/durations.js'
import { isModelError, ModelError } from '../../core/errors.js'
import type { ListedModel } from '../../core/model.js'
import type { Provider, ProviderContext } from '../../core/provider.js'
import { arrayAt, textAt } from '../shared/json.js'
import type { DefaultAddress } from '../shared/lazyProvider.js'
import { createTransport } from '../shared/transport.js'
import { serverFacts } from './serverFacts.js'

const recogniseMs = 2 * secondMs

/** How a server that is loading, or wants a key, answers to a question for its models. */
const ownRefusals: readonly { readonly status: number; readonly message: RegExp }[] = [
  { status: 503, message: /loading model/i },
  { status: 401, message: /invalid api key/i },
]

/**
 * Finds the server of a connection that names no address: at the provider’s base URL, else where else one stands by default.
 * A key goes to the base URL alone, which it was given for.
 */
export function createDefaultAddress(provider: Provider, hold: (baseUrl: string) => void): DefaultAddress {
  const first = provider.baseUrl ?? ''
  const all = [first, ...(provider.otherBaseUrls ?? [])]
  let held: string | undefined
  const keep = (baseUrl: string, { log }: ProviderContext): void => {
    if (held !== baseUrl) log.info(`${provider.name} answers at ${baseUrl}.`)
    held = baseUrl
    hold(baseUrl)
  }
  const find = async (places: readonly string[], context: ProviderContext): Promise<string | undefined> => {
    const answers = await Promise.all(places.map((place) => isServer(at(place, context))))
    context.signal.throwIfAborted()
    return places.find((_, index) => answers[index] === true)
  }
  return {
    async place(context) {
      if (context.key !== undefined) return context
      const place = held ?? (await find(all, context))
      if (place === undefined) return context
      keep(place, context)
      return at(place, context)
    },
    async list(context) {
      const place = context.key === undefined ? (held ?? first) : first
      try {
        return await listAt(place)
      } catch (error) {
        if (!isModelError(error) || error.code === 'cancelled') throw error
        const others = all.filter((each) => each !== place)
        const other = await find(others, context)
        if (other === undefined) throw withMore(error, `Nothing answers at ${others.join(' or ')} either.`)
        if (context.key === undefined) return await listAt(other)
        throw withMore(error, `One answers at ${other}: make that the base URL, and enter the key for it.`)
      }

      async function listAt(baseUrl: string): Promise<readonly ListedModel[]> {
        const models = await provider.listModels(at(baseUrl, context))
        keep(baseUrl, context)
        return models
      }
    },
  }
}

function at(baseUrl: string, context: ProviderContext): ProviderContext {
  return { ...context, connection: { ...context.connection, baseUrl } }
}

/** Asked without key and headers: whoever listens there is not known yet. */
async function isServer(context: ProviderContext): Promise<boolean> {
  const { connection } = context
  const asked = { ...context, key: undefined, connection: { ...connection, fields: {} } }
  const transport = createTransport(asked, {
    provider: serverFacts,
    kind: 'list',
    timeouts: { totalMs: recogniseMs },
  })
  try {
    const list = await transport.json('models')
    return arrayAt(list, 'data').some((entry) => textAt(entry, 'owned_by') === 'llamacpp')
  } catch (thrown) {
    const error = transport.error(thrown)
    return ownRefusals.some(({ status, message }) => error.status === status && message.test(error.message))
  }
}

function withMore(error: ModelError, more: string): ModelError {
  const { code, message, provider, model, status, retryable, retryAfterMs, requestId, cause } = error
  return new ModelError({
    code,
    message: `${message} ${more}`,
    provider,
    model,
    status,
    retryable,
    retryAfterMs,
    requestId,
    cause,
  })
}
