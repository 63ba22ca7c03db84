import { type AbortRace, createAbortRace } from '../abortRace.js'
import type { Chat, ChatParameters, ChatRequest, ResponsePart } from '../chat.js'
import type { Credentials } from '../credentials/credentials.js'
import { cancelled, ModelError } from '../errors.js'
import { formatModelRef, type ModelInfo, type ModelRef } from '../model.js'
import { openLate } from '../openLate.js'
import { mergeParameters } from '../parameters/merge.js'
import type {
  Connection,
  Provider,
  ProviderChatRequest,
  ProviderContext,
  ProviderPorts,
  Served,
} from '../provider.js'
import type { RateLimits } from '../rateLimits.js'
import type { Registry } from '../registry/registry.js'
import { type EagerIterator, relay } from '../relay.js'
import { wrapError } from '../wrapError.js'

export interface AttemptOptions {
  readonly registry: Pick<Registry, 'find' | 'view' | 'refresh'>
  readonly credentials: Pick<Credentials, 'resolve'>
  readonly ports: ProviderPorts
  /** What the provider is asked for; a chat where absent. */
  readonly ask?: (target: Target, context: ProviderContext) => AsyncIterable<ResponsePart>
  /** What the user has set for a model; the request's own parameters are stronger. */
  readonly defaults?: (connection: Connection, modelId: string) => ChatParameters
  /** Told what each answer says about the provider's own limits. */
  readonly onRateLimits?: (model: ModelRef, limits: RateLimits) => void
}

/** Whom an attempt asks. */
export interface Target {
  readonly model: ModelInfo
  readonly connection: Connection
  readonly provider: Provider
}

function notFound(request: ChatRequest, message: string): ModelError {
  return new ModelError({ code: 'not-found', message, model: request.model })
}

/** The model, where need be after the first list of its connection. */
async function locate(options: AttemptOptions, request: ChatRequest, race: AbortRace): Promise<Target> {
  const { registry } = options
  const { connection: connectionId, id } = request.model
  const view = registry.view(connectionId)
  if (view === undefined) {
    throw notFound(
      request,
      `There is no connection "${connectionId}". Choose another model, or add the connection.`,
    )
  }
  const { connection, provider } = view
  if (!connection.enabled) {
    throw notFound(request, `${connection.name} is disabled. Enable the connection, or choose another model.`)
  }
  if (registry.find(request.model) === undefined && view.listedAt === undefined) {
    await race.run(registry.refresh(connectionId))
  }
  const model = registry.find(request.model)
  if (model !== undefined) return { model, connection, provider }
  const state = registry.view(connectionId)?.state
  if (state?.kind === 'unreachable') throw state.error
  throw notFound(
    request,
    `${connection.name} offers no model "${id}". Refresh its models, or choose another one.`,
  )
}

interface Call {
  readonly target: Target
  readonly request: ChatRequest
  readonly race: AbortRace
  /** Aborts with the caller's signal, or when the call is left. */
  readonly attempt: AbortController
  readonly onServed: (served: Served) => void
}

function buildRequest(
  options: AttemptOptions,
  { model, connection }: Target,
  request: ChatRequest,
): ProviderChatRequest {
  const parameters = mergeParameters([request.parameters, options.defaults?.(connection, model.id)])
  return {
    model,
    messages: request.messages,
    ...(request.tools === undefined ? {} : { tools: request.tools }),
    ...(request.toolMode === undefined ? {} : { toolMode: request.toolMode }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    ...(request.caller.conversation === undefined ? {} : { conversation: request.caller.conversation }),
  }
}

function incomplete({ provider, model }: Target): ModelError {
  return new ModelError({
    code: 'incomplete',
    message: `${provider.name} ended the answer of ${model.name} before it was complete. Ask again.`,
    provider: provider.id,
    model: { connection: model.connection, id: model.id },
    retryable: true,
  })
}

/** The parts of one call, each awaited no longer than its signal allows. */
function openCall(
  parts: EagerIterator<ResponsePart>,
  race: AbortRace,
  attempt: AbortController,
): AsyncIterable<ResponsePart> {
  let isWaiting = false
  let isOver = false
  const call: EagerIterator<ResponsePart> = {
    ready: () => parts.ready?.(),
    async next() {
      isWaiting = true
      const next = await race.run(parts.next())
      isWaiting = false
      isOver = next.done === true
      return next
    },
    /** Closes the provider's generator however the reader leaves; one that does not answer is left to its signal. */
    async return() {
      if (!isOver) {
        attempt.abort()
        const closed = parts.return?.()
        if (isWaiting) closed?.catch(() => {})
        else await closed
      }
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => call }
}

async function callProvider(
  options: AttemptOptions,
  { target, request, attempt, race, onServed }: Call,
): Promise<AsyncIterable<ResponsePart>> {
  const { provider, connection } = target
  const key = await race.run(options.credentials.resolve(connection))
  const context = {
    ...options.ports,
    connection,
    key,
    signal: attempt.signal,
    onRateLimits: (limits: RateLimits) => options.onRateLimits?.(request.model, limits),
    onServed,
  }
  const ask = options.ask ?? (() => provider.chat(buildRequest(options, target, request), context))
  return openCall(ask(target, context)[Symbol.asyncIterator](), race, attempt)
}

/**
 * Calls the provider of the model that a request names, once. The first part is `route`, the last is `finish`;
 * every failure is a ModelError that names provider and model.
 */
export function createAttempt(options: AttemptOptions): Chat {
  async function open(request: ChatRequest, signal: AbortSignal): Promise<AsyncIterable<ResponsePart>> {
    if (signal.aborted) throw cancelled(signal.reason)
    const attempt = new AbortController()
    const race = createAbortRace(signal, (reason) => attempt.abort(reason))
    const fail = (error: unknown): ModelError => {
      const provider = options.registry.view(request.model.connection)?.provider
      return wrapError(error, { provider, model: request.model, signal })
    }
    try {
      const target = await locate(options, request, race)
      // The key is read when the first part has been taken, and not before.
      let served: Served | undefined
      const onServed = (told: Served): void => void (served ??= told)
      const call = openLate(() => callProvider(options, { target, request, attempt, race, onServed }))
      return follow(call[Symbol.asyncIterator](), { request, target, race, fail, served: () => served })
    } catch (error) {
      race.dispose()
      throw fail(error)
    }
  }

  return (request, signal) => openLate(() => open(request, signal))
}

interface Following extends Pick<Call, 'request' | 'target' | 'race'> {
  readonly fail: (error: unknown) => ModelError
  readonly served: () => Served | undefined
}

function toldOf(served: Served | undefined): readonly ResponsePart[] {
  return served === undefined ? [] : [{ type: 'served', ...served }]
}

function follow(call: EagerIterator<ResponsePart>, { request, target, race, fail, served }: Following) {
  const { model } = request
  let finish: ResponsePart | undefined
  return relay<ResponsePart, ResponsePart>(call, {
    first: [{ type: 'route', model, reason: `${formatModelRef(model)} was asked for` }],
    see(part) {
      if (part.type !== 'finish') return part
      finish ??= part
      return undefined
    },
    end() {
      if (finish === undefined) throw incomplete(target)
      return [...toldOf(served()), finish]
    },
    fail,
    farewell: () => toldOf(served()),
    close: () => race.dispose(),
  })
}
