import type { Chat, ChatRequest, ResponsePart } from '../chat.js'
import type { ModelError } from '../errors.js'
import { formatModelRef, type ModelRef } from '../model.js'
import type { Clock } from '../ports.js'
import { wrapError } from '../wrapError.js'
import type { Breaker } from './breaker.js'
import type { Decision, TriedModel } from './decisions.js'
import type { RecentAnswers } from './recent.js'
import { strategies } from './strategies.js'

export interface AskOptions {
  readonly attempt: Chat
  readonly breaker: Breaker
  readonly recent: Pick<RecentAnswers, 'addLatency'>
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
}

export interface Ask {
  readonly request: ChatRequest
  readonly model: ModelRef
  readonly decision: Decision
  readonly signal: AbortSignal
  /** Said before the first part that the caller sees. */
  readonly reason: () => string
}

const visibleTypes: ReadonlySet<ResponsePart['type']> = new Set(['text', 'reasoning', 'toolCall', 'data'])

function endsWaiting({ type }: ResponsePart): boolean {
  return visibleTypes.has(type) || type === 'finish'
}

function tellBreaker(breaker: Breaker, model: ModelRef, error: ModelError): void {
  const { health } = strategies[error.code]
  if (health === 'sick') breaker.fail(model, error)
  else if (health === 'well') breaker.succeed(model)
  else breaker.release(model)
}

function begin({ clock }: AskOptions, { decision, model }: Ask): TriedModel {
  const tried: TriedModel = { model: { connection: model.connection, id: model.id }, at: clock.now() }
  decision.tried.push(tried)
  return tried
}

/** Keeps what the caller must not see yet: until an answer begins, another model may still be asked. */
async function* holdBack(
  parts: AsyncIterable<ResponsePart>,
  begins: () => ResponsePart,
): AsyncGenerator<ResponsePart> {
  let held: ResponsePart[] | undefined = []
  for await (const part of parts) {
    if (part.type === 'route') continue
    if (held === undefined) yield part
    else {
      held.push(part)
      if (!endsWaiting(part)) continue
      const ready: readonly ResponsePart[] = held
      held = undefined
      yield begins()
      yield* ready
    }
  }
}

/**
 * Asks one model once, with the route as the first part. Gives the failure back where the caller has seen nothing, and
 * throws it where something was seen.
 */
export async function* askModel(
  options: AskOptions,
  ask: Ask,
): AsyncGenerator<ResponsePart, ModelError | undefined> {
  const { breaker, clock } = options
  const { request, decision, signal } = ask
  const tried = begin(options, ask)
  const { model } = tried
  const start = clock.monotonic()
  const route = decision.plan?.route.name
  const attempt = {
    requestId: decision.requestId,
    number: decision.tried.length,
    ...(route === undefined ? {} : { route }),
  }
  let isKnown = false
  const begins = (): ResponsePart => {
    tried.firstPartMs = clock.monotonic() - start
    options.recent.addLatency(formatModelRef(model), tried.firstPartMs)
    decision.chosen = { model, reason: ask.reason() }
    breaker.succeed(model)
    return { type: 'route', ...decision.chosen }
  }
  try {
    yield* holdBack(options.attempt({ ...request, model, attempt }, signal), begins)
    isKnown = true
    return undefined
  } catch (error) {
    isKnown = true
    const failure = wrapError(error, { provider: undefined, model, signal })
    tried.failure = { code: failure.code, message: failure.message }
    tellBreaker(breaker, model, failure)
    if (tried.firstPartMs !== undefined) throw failure
    return failure
  } finally {
    // The reader went away in the middle.
    if (!isKnown) breaker.release(model)
  }
}
