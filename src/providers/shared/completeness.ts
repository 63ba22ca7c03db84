import type { ResponsePart } from '../../core/chat.js'
import type { Usage } from '../../core/model.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { estimateUsage } from './estimate.js'
import { brokenOff } from './networkError.js'
import { cancellation } from './requestScope.js'
import type { Transport } from './transport.js'

export interface CompletenessOptions {
  readonly request: ProviderChatRequest
  readonly context: ProviderContext
  readonly transport: Transport
}

/**
 * Holds a provider's stream to its word. `batches` yields `finish` only after the provider's own end marker; a stream
 * that ends without it throws ModelError `incomplete`, whatever an SDK made of the cut. Usage is always yielded
 * before the end: the provider's own, else estimated; also before an error, where an answer had begun.
 */
export async function* ensureComplete(
  batches: AsyncIterable<readonly ResponsePart[]>,
  options: CompletenessOptions,
): AsyncIterable<ResponsePart> {
  const { context, transport } = options
  let usage: Usage | undefined
  let finish: ResponsePart | undefined
  let output = 0
  let failure: unknown
  try {
    for await (const batch of batches) {
      if (context.signal.aborted) break
      for (const part of batch) {
        if (part.type === 'usage') usage = part.usage
        else if (part.type === 'finish') finish = part
        // What has come already is not wanted any more, a tool call least of all.
        else if (context.signal.aborted) break
        else {
          output += lengthOf(part)
          yield part
        }
      }
    }
  } catch (thrown) {
    failure = context.signal.aborted ? cancellation(context.signal.reason) : transport.error(thrown)
  }
  if (context.signal.aborted) failure ??= cancellation(context.signal.reason)
  if (finish === undefined) failure ??= brokenOff(transport.subject)
  if (failure === undefined || output > 0 || usage !== undefined) {
    yield { type: 'usage', usage: usage ?? estimateUsage(options.request, output) }
  }
  if (failure !== undefined) throw failure
  if (finish !== undefined) yield finish
}

/** Characters; of a long answer, the text itself would fill the memory. */
function lengthOf(part: ResponsePart): number {
  if (part.type === 'text' || part.type === 'reasoning') return part.text.length
  return part.type === 'toolCall' ? part.name.length + JSON.stringify(part.input).length : 0
}
