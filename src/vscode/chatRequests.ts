import * as vscode from 'vscode'
import type { AnswerLimit, Caller, Chat, ChatRequest, Message, ResponsePart } from '../core/chat.js'
import { isModelError, ModelError } from '../core/errors.js'
import { parseModelRef } from '../core/model.js'
import type { Clock, Log } from '../core/ports.js'
import type { TokenCounter } from '../core/tokens/estimate.js'
import type { LoadedTokenizers } from '../core/tokens/loadedTokenizers.js'
import type { Answered } from './answerers.js'
import { linkSignal } from './cancellation.js'
import type { ChatRequests, HostProvider } from './chatProvider.js'
import { toMessages, toToolMode, toTools } from './convert.js'
import { cacheOption, conversationOf, initiatorOf, toParameters } from './requestOptions.js'
import { createResponseReporter } from './responseReporter.js'
import { inertText } from './views/foreignText.js'

type CallerContext = Pick<Caller, 'workspace' | 'branch'>

export interface ChatRequestsOptions {
  readonly chat: Chat
  /** The request as the user wants it sent. Throws ModelError `cancelled`. */
  readonly confirmCost: (request: ChatRequest, signal: AbortSignal) => Promise<ChatRequest>
  readonly tokens: TokenCounter
  /** Absent where every count is an estimate. */
  readonly tokenizers?: Pick<LoadedTokenizers, 'find'>
  readonly clock: Clock
  readonly log: Log
  /** Told of an answer of Chat that ended at what a budget had left for it. */
  readonly onLimited: (limit: AnswerLimit) => void
  /** Told of a request in a conversation of the user's that failed. */
  readonly onFailed: (error: unknown) => void
  /** Where in the user's work a request comes from. */
  readonly readCallerContext: () => CallerContext
  /** Told of each answer in a conversation of the user's; gives what is to stand behind it. */
  readonly onAnswered: (answered: Answered) => string | undefined
}

type ResponseCall = Parameters<HostProvider['provideLanguageModelChatResponse']>

/**
 * Chat prints an error's stack, so ours has none: the user sees the one sentence. It takes a cancellation that it has
 * not asked for as a failure, stack and all.
 */
function hostError(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted && isCancelled(error)) return new vscode.CancellationError()
  const words = isModelError(error) ? error.message : 'The request failed; see the Roundhouse log.'
  const plain = new Error(inertText(words))
  plain.stack = ''
  return plain
}

function isCancelled(error: unknown): boolean {
  return isModelError(error) && error.code === 'cancelled'
}

function toRequest(
  [{ id: modelId }, messages, options]: ResponseCall,
  callerContext: CallerContext,
): ChatRequest {
  const model = parseModelRef(modelId)
  if (model === undefined) {
    throw new ModelError({ code: 'not-found', message: `“${modelId}” is not a Roundhouse model id.` })
  }
  const extension = initiatorOf(options)
  const conversation = conversationOf(options)
  const tools = toTools(options.tools ?? [])
  return {
    model,
    messages: toMessages(messages),
    ...(tools.length === 0 ? {} : { tools, toolMode: toToolMode(options.toolMode) }),
    parameters: toParameters(options),
    ...cacheOption(options),
    caller: {
      door: 'languageModel',
      ...callerContext,
      ...(extension === undefined ? {} : { extension }),
      ...(conversation === undefined ? {} : { conversation }),
    },
  }
}

async function countMessages(
  messages: readonly Message[],
  count: (message: Message) => number | Promise<number>,
): Promise<number> {
  const counts = await Promise.all(messages.map(async (message) => await count(message)))
  return counts.reduce((sum, tokens) => sum + tokens, 0)
}

/** Only who talks can go on: what another program has asked for is no conversation. */
function tellLimit({ onLimited }: ChatRequestsOptions, { caller }: ChatRequest, part: ResponsePart): void {
  if (part.type !== 'finish' || part.limitedBy === undefined || caller.conversation === undefined) return
  onLimited(part.limitedBy)
}

/** Other extensions read answers by program, and get nothing but the answer. */
function noteBehind({ onAnswered }: ChatRequestsOptions, answered: Answered): string | undefined {
  return answered.request.caller.conversation === undefined ? undefined : onAnswered(answered)
}

async function respond(options: ChatRequestsOptions, call: ResponseCall): Promise<void> {
  const [model, , , progress, token] = call
  const link = linkSignal(token)
  const reporter = createResponseReporter({ progress, modelId: model.id, clock: options.clock })
  try {
    const request = await options.confirmCost(toRequest(call, options.readCallerContext()), link.signal)
    let answering = request.model
    for await (const part of options.chat(request, link.signal)) {
      if (part.type === 'route') answering = part.model
      reporter.report(part)
      tellLimit(options, request, part)
    }
    reporter.end(noteBehind(options, { request, model: answering, isWhole: reporter.isWhole() }))
  } catch (error) {
    if (!isCancelled(error)) {
      options.log.error(`Request to ${model.id} failed`, error)
      if (conversationOf(call[2]) !== undefined) options.onFailed(error)
      await reporter.drain()
    }
    throw hostError(error, link.signal)
  } finally {
    reporter.dispose()
    link.dispose()
  }
}

/** Answers the host's requests by the core's Chat, and counts their tokens. */
export function createChatRequests(options: ChatRequestsOptions): ChatRequests {
  const { tokens } = options
  return {
    respond: (...call) => respond(options, call),
    count(model, text) {
      const tokenizer = options.tokenizers?.find(model.id)
      if (typeof text === 'string')
        return Promise.resolve(tokenizer?.count(text) ?? tokens.count(model.id, text))
      return countMessages(toMessages([text]), (message) =>
        tokenizer === undefined ? tokens.countMessage(model.id, message) : tokenizer.countMessage(message),
      )
    },
  }
}
