import type { FinishReason, ResponsePart } from './chat.js'
import { ModelError } from './errors.js'
import { formatModelRef, type ModelRef } from './model.js'

/** Whether a part is something for the user. White space and unreadable reasoning are nothing. */
function saysSomething(part: ResponsePart): boolean {
  if (part.type === 'text' || part.type === 'reasoning') return /\S/.test(part.text)
  return part.type === 'toolCall' || (part.type === 'data' && part.data.byteLength > 0)
}

export interface AnswerGate {
  /** What may be shown now: nothing until the answer says something, then all that was held back. */
  pass(part: ResponsePart): readonly ResponsePart[]
  isEmpty(): boolean
}

/** Holds an answer back while it says nothing: where it ends so, a route may still ask the next model. */
export function createAnswerGate(): AnswerGate {
  let held: ResponsePart[] | undefined = []
  return {
    pass(part) {
      if (held === undefined) return [part]
      const all = [...held, part]
      held = saysSomething(part) ? undefined : all
      return held === undefined ? all : []
    },
    isEmpty: () => held !== undefined,
  }
}

export interface EmptyAnswer {
  /** Who was asked, as errors name it. */
  readonly who: string
  readonly provider: string
  readonly model: ModelRef | undefined
  readonly reason: FinishReason
  /** Why it was refused, in the server's words. */
  readonly detail?: string | undefined
}

/**
 * The error of an answer that ended with nothing in it: `empty-response`, or `content-filtered` where that is why. What
 * an output limit left nothing of is not worth the same request again.
 */
export function emptyAnswer({ who, provider, model, reason, detail }: EmptyAnswer): ModelError {
  const isFiltered = reason === 'contentFilter' || reason === 'refusal'
  const whose = model === undefined ? 'the model' : `the model ${formatModelRef(model)}`
  const why = detail === undefined ? '' : `: ${detail.replace(/[.\s]+$/, '')}`
  const message = isFiltered
    ? `${who} refused the answer of ${whose} by its content rules${why}. Change the request, or choose another model.`
    : reason === 'length'
      ? `${who} reached the output limit before ${whose} wrote anything. Allow a longer output, or choose another model.`
      : `${who} ended the answer of ${whose}, and nothing was in it. Try again, or choose another model.`
  return new ModelError({
    code: isFiltered ? 'content-filtered' : 'empty-response',
    message,
    provider,
    model: model === undefined ? undefined : { connection: model.connection, id: model.id },
    retryable: !isFiltered && reason !== 'length',
  })
}
