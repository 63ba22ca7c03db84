import type { FinishPart, ResponsePart } from '../../core/chat.js'
import { createAnswerGate, emptyAnswer } from '../../core/emptyAnswer.js'
import type { ModelError } from '../../core/errors.js'
import type { Usage } from '../../core/model.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { relay } from '../../core/relay.js'
import { createAnswerMeter } from './answerLimits.js'
import { completeUsage } from './estimate.js'
import { brokenOff } from './networkError.js'
import { cancellation } from './requestScope.js'
import { nameOf, type Subject } from './subject.js'
import type { Transport } from './transport.js'

export interface CompletenessOptions {
  readonly request: ProviderChatRequest
  readonly context: ProviderContext
  readonly transport: Transport
}

/**
 * Holds a provider's stream to its word. `batches` yields `finish` only after the provider's own end marker; a stream
 * that ends without it throws ModelError `incomplete`, whatever an SDK made of the cut, and one with nothing in
 * it `empty-response`. Usage is always yielded before the end: the provider's own, else estimated; also before an error, where an answer had begun. An answer that
 * is longer than `answerLimits` allows ends with ModelError `provider-error`.
 */
export function ensureComplete(
  batches: AsyncIterable<readonly ResponsePart[]>,
  options: CompletenessOptions,
): AsyncIterable<ResponsePart> {
  const { context, transport, request } = options
  const { signal } = context
  let usage: Usage | undefined
  let finish: FinishPart | undefined
  const gate = createAnswerGate()
  const meter = createAnswerMeter(transport.subject)
  const isBegun = (): boolean => meter.written() > 0 || usage !== undefined
  const told = (): ResponsePart => ({ type: 'usage', usage: completeUsage(usage, request, meter.written()) })
  return relay<readonly ResponsePart[], ResponsePart>(batches[Symbol.asyncIterator](), {
    see(batch) {
      // What has come already is not wanted any more, a tool call least of all.
      if (signal.aborted) throw cancellation(signal.reason)
      const shown: ResponsePart[] = []
      for (const part of batch) {
        if (part.type === 'usage') usage = part.usage
        else if (part.type === 'finish') finish = withQuote(part, transport)
        else {
          meter.add(part)
          shown.push(...gate.pass(part))
        }
      }
      return shown
    },
    wants: () => !signal.aborted,
    end() {
      if (signal.aborted) throw cancellation(signal.reason)
      if (finish === undefined) throw brokenOff(transport.subject)
      if (gate.isEmpty()) throw nothingSaid(transport.subject, finish)
      return [told(), finish]
    },
    fail: (error) => (signal.aborted ? cancellation(signal.reason) : transport.error(error)),
    farewell: () => (isBegun() ? [told()] : []),
  })
}

/** A server's own words, without what they may quote of the request. */
function withQuote(finish: FinishPart, transport: Transport): FinishPart {
  const { detail, ...rest } = finish
  if (detail === undefined) return finish
  const quote = transport.quote(detail)
  return quote === '' ? rest : { ...rest, detail: quote }
}

function nothingSaid(subject: Subject, { reason, detail }: FinishPart): ModelError {
  return emptyAnswer({
    who: nameOf(subject),
    provider: subject.provider,
    model: subject.model,
    reason,
    detail,
  })
}
