import type { Chat, ChatRequest, Middleware, ResponsePart } from '../chat.js'
import { ModelError } from '../errors.js'
import { formatModelRef, type Usage } from '../model.js'
import type { ProviderContext } from '../provider.js'
import { type AttemptOptions, createAttempt, type Target } from './attempt.js'
import { createRetryBudget } from './backoff.js'
import { createRouter, type RouterOptions } from './router.js'

export interface ModelCallOptions {
  readonly attempt: Omit<AttemptOptions, 'ask'>
  /** What stands around each attempt of a chat: limits, budgets, the ledger. */
  readonly around: Middleware
  readonly router: Omit<RouterOptions, 'attempt' | 'decisions' | 'retries'>
}

/**
 * Asks one model for something that comes whole, under everything that holds for a chat: only local models where the
 * user wants that, requests at once, retries, circuit breaker, limits, budgets and ledger. Never another model than the
 * one that the request names. Throws ModelError.
 */
export type ModelCall = <T extends { readonly usage: Usage }>(
  request: ChatRequest,
  ask: (target: Target, context: ProviderContext) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>

/** There is nothing to explain about a model that was asked for by its own name, and there may be many such calls. */
const untold: RouterOptions['decisions'] = { add: () => {}, end: () => {} }

/** The usage that came last, as the meter has it: what it found not to be true is estimated. */
async function readUsage(parts: AsyncIterable<ResponsePart>): Promise<Usage | undefined> {
  let usage: Usage | undefined
  for await (const part of parts) if (part.type === 'usage') usage = part.usage
  return usage
}

/** A call is a chat of two parts, `usage` and `finish`: what was answered goes past it. */
export function createModelCall(options: ModelCallOptions): ModelCall {
  const retries = createRetryBudget()
  return async <T extends { readonly usage: Usage }>(
    request: ChatRequest,
    ask: (target: Target, context: ProviderContext) => Promise<T>,
    signal: AbortSignal,
  ) => {
    let answer: T | undefined
    const attempt: Chat = createAttempt({
      ...options.attempt,
      async *ask(target, context) {
        answer = await ask(target, context)
        yield { type: 'usage', usage: answer.usage }
        yield { type: 'finish', reason: 'stop' }
      },
    })
    const router = { ...options.router, decisions: untold, retries, attempt: options.around(attempt) }
    const usage = await readUsage(createRouter(router)(request, signal))
    if (answer === undefined) throw unanswered(request)
    return usage === undefined ? answer : { ...answer, usage }
  }
}

function unanswered({ model }: ChatRequest): ModelError {
  return new ModelError({
    code: 'incomplete',
    message: `${formatModelRef(model)} has not answered. Ask again.`,
    model,
    retryable: true,
  })
}
