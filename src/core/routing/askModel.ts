import type { Chat, ChatRequest, ResponsePart } from '../chat.js'
import type { ModelError } from '../errors.js'
import { formatModelRef, type ModelRef } from '../model.js'
import type { Clock } from '../ports.js'
import type { EagerIterator } from '../relay.js'
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

/** An answer that has begun, so that no other model may be asked any more. */
export interface BegunAnswer {
  /** What was held back, with the route before it. */
  readonly first: readonly ResponsePart[]
  readonly rest: EagerIterator<ResponsePart>
  /** The rest has come to its end. */
  succeed(): void
  /** The rest has thrown. */
  fail(error: unknown): ModelError
  /** The reader went away in the middle. */
  leave(): void
}

/** Keeps what the caller must not see yet: until an answer begins, another model may still be asked. */
async function holdBack(parts: EagerIterator<ResponsePart>): Promise<readonly ResponsePart[]> {
  const held: ResponsePart[] = []
  for (;;) {
    const next = await parts.next()
    if (next.done === true) return []
    if (next.value.type === 'route') continue
    held.push(next.value)
    if (endsWaiting(next.value)) return held
  }
}

/** Asks one model once. Gives the failure back where the caller has seen nothing. */
export async function askModel(options: AskOptions, ask: Ask): Promise<BegunAnswer | ModelError> {
  const { breaker, clock } = options
  const { request, decision, signal } = ask
  const tried = begin(options, ask)
  const { model } = tried
  const start = clock.monotonic()
  const { plan, selectionMs } = decision
  const route = plan?.route.name
  const attempt = {
    requestId: decision.requestId,
    number: decision.tried.length,
    ...(route === undefined ? {} : { route }),
    ...(selectionMs === undefined || decision.tried.length > 1 ? {} : { selectionMs }),
  }
  const fail = (error: unknown): ModelError => {
    const failure = wrapError(error, { provider: undefined, model, signal })
    tried.failure = { code: failure.code, message: failure.message }
    tellBreaker(breaker, model, failure)
    return failure
  }
  const parts = options.attempt({ ...request, model, attempt }, signal)
  const rest: EagerIterator<ResponsePart> = parts[Symbol.asyncIterator]()
  const leave = () => breaker.release(model)
  const succeed = () => breaker.succeed(model)
  try {
    const held = await holdBack(rest)
    if (held.length === 0) return { first: held, rest, succeed, fail, leave }
    tried.firstPartMs = clock.monotonic() - start
    options.recent.addLatency(formatModelRef(model), tried.firstPartMs)
    decision.chosen = { model, reason: ask.reason() }
    breaker.begin(model)
    return { first: [{ type: 'route', ...decision.chosen }, ...held], rest, succeed, fail, leave }
  } catch (error) {
    return fail(error)
  }
}
